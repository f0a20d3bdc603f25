"""What a strip leaves on the services that stay, because it is of use without the sidecar, or may be: it says so."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import pairs_of, services_of, text_of, texts_of
from composevariant.findings import Note, keyed, note
from composevariant.sidecars.built_from import dockerfile_of
from composevariant.sidecars.patterns import fits, fits_image, fits_words, may_fit
from composevariant.source import Location
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Files, Folders
    from composevariant.operations.outcome import Context
    from composevariant.overlay import Strip
    from composevariant.sidecars.chosen import Chosen
    from composevariant.sidecars.preset import Preset
    from composevariant.sidecars.traces import Trace
    from composevariant.tree import Node


class Stripped(NamedTuple):
    """A strip that was done."""

    before: Mapping
    after: Mapping
    wanted: Strip
    preset: Preset
    chosen: Chosen
    taken: tuple[Trace, ...]
    """The traces that were taken off services."""


_FOR_SHIPPERS: Final = ("labels", "labels-regex", "env", "env-regex", "tag")
"""Options of log drivers that write into each line what it is about."""


def remains(done: Stripped, context: Context) -> Iterator[Note]:
    """Notes on the services that stay: what the sidecar sent to, tests of it, and what was written for it."""
    preset = done.preset
    for name, service in services_of(done.after).items():
        if fits_image(text_of(service.get("image")), preset.backends):
            yield note("strip.backend", "kept", ("services", name), location_of(service), sidecar=preset.title)
        elif fits_image(text_of(service.get("image")), preset.match.app_images):
            where = location_of(service.get("image"))
            yield note("strip.image", "warning", ("services", name, "image"), where, sidecar=preset.title)
        yield from _tests(name, service, preset)
        yield from _files_of_variables(name, service, preset, context.folders)
        if service.entry("build") and preset.traces.labels:
            yield from _labels_of_image(name, service, preset, context.workspace)
        if done.chosen.sidecars and preset.sort == "collector":
            yield from _log_options(name, service)
    if done.chosen.sidecars and done.wanted.log_volumes == "keep":
        yield from _log_mounts(done)


def _tests(name: str, service: Mapping, preset: Preset) -> Iterator[Note]:
    healthcheck = service.get("healthcheck")
    test = healthcheck.get("test") if isinstance(healthcheck, Mapping) else None
    if any(fits(word, preset.match.commands) for text in texts_of(test) for word in re.findall(r"[\w-]+", text)):
        path = ("services", name, "healthcheck", "test")
        yield note("strip.test", "warning", path, location_of(test), sidecar=preset.title)


def _files_of_variables(name: str, service: Mapping, preset: Preset, folders: Folders | None) -> Iterator[Note]:
    """Files of variables and labels: those that are called after the sidecar, and labels for it in any of them."""
    for setting in ("env_file", "label_file"):
        for file, node in _files(service.get(setting)):
            if fits_words(basename(file), preset.traces.files):
                path = ("services", name, setting)
                yield note("strip.file", "kept", path, location_of(node), setting=setting, file=file)
            if setting == "label_file" and folders:
                yield from _labels_in(name, normpath(file), folders.glance(normpath(file)) or "", preset)


def _labels_in(name: str, file: str, text: str, preset: Preset) -> Iterator[Note]:
    for number, line in enumerate(text.splitlines(), 1):
        key = line.partition("=")[0].strip()
        if fits(key, preset.traces.labels):
            where = Location(file, number, 1)
            yield note("strip.label-file", "warning", ("services", name, "label_file"), where, label=key)


def _labels_of_image(name: str, service: Mapping, preset: Preset, workspace: Files) -> Iterator[Note]:
    """Labels that the service's own Dockerfile sets."""
    file, text = dockerfile_of(service.get("build"), workspace)
    for number, line in enumerate(text.splitlines() if may_fit(text, preset.traces.labels) else (), 1):
        for key in re.findall(r"([\w./-]+)[\"']?[= ]", line):
            if fits(key, preset.traces.labels):
                where = Location(file, number, 1) if file else location_of(service.get("build"))
                yield note("strip.image-label", "warning", ("services", name, "build"), where, label=key)


def _files(node: Node | None) -> Iterator[tuple[str, Node]]:
    for item in node.items if isinstance(node, Sequence) else [node] if node is not None else []:
        path = item.get("path") if isinstance(item, Mapping) else item
        if text_of(path):
            yield text_of(path), item


def _log_options(name: str, service: Mapping) -> Iterator[Note]:
    logging = service.get("logging")
    options = logging.get("options") if isinstance(logging, Mapping) else None
    found = [pair.key for pair in pairs_of(options) if pair.key in _FOR_SHIPPERS]
    if found:
        path = ("services", name, "logging", "options")
        yield note("strip.log-options", "kept", path, location_of(options), options=", ".join(found))


def _log_mounts(done: Stripped) -> Iterator[Note]:
    """Volumes and folders through which services handed their log files to the sidecar."""
    from composevariant.sidecars.log_volumes import log_mounts, shared_sources

    shared = shared_sources(services_of(done.before), done.chosen.sidecars, done.preset.match)
    for trace in log_mounts(services_of(done.after), shared):
        path, mount = keyed(trace.path, trace.node), f"{trace.source}:{trace.name}"
        yield note("strip.log-mount", "kept", path, location_of(trace.node), mount=mount, sidecar=done.preset.title)
