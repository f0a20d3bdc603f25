"""The notes on a strip, which report kept settings with the reason and settings that may still need the sidecar."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import SECTIONS, pairs_of, services_of, text_of, texts_of
from composevariant.errors import did_you_mean
from composevariant.findings import Note, keyed, listed, note, phrase
from composevariant.operations.strip.selection import configurations
from composevariant.operations.strip.traces import log_mounts, shared_sources
from composevariant.sidecars import dockerfile_of, fits, fits_image, fits_words, may_fit
from composevariant.source import Location
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Files, Folders
    from composevariant.operations.context import Context
    from composevariant.operations.strip.selection import Chosen
    from composevariant.overlay import Strip
    from composevariant.sidecars import Preset, Trace
    from composevariant.tree import Node

_TRACES: Final = {"mount": "mount", "label": "label", "variable": "variable", "logging": "log driver"}


def report(done: Stripped, context: Context) -> Iterator[Note]:
    """Yield the notes on a strip, except the notes on removed settings and services."""
    if not done.chosen.sidecars and not done.chosen.kept:
        yield from _nothing_found_note(done)
    if done.before.entry("include"):
        from composevariant.operations.strip.outside import notes_on_includes

        yield from notes_on_includes(done, context.folders)
    yield from _unknown_names(done)
    yield from _notes_on_kept_sidecars(done)
    if done.after is not done.before:
        yield from notes_on_remains(done, context)
        if context.folders:
            from composevariant.operations.strip.outside import notes_on_files, override_file_warnings

            yield from override_file_warnings(done, context.folders, context.bases) if done.chosen.sidecars else ()
            yield from notes_on_files(done, context.folders)
    if done.chosen.kept:
        yield from _advice(done, context)
    if done.chosen.sidecars:
        yield from _port_warnings(done)
    if done.chosen.sidecars and context.folders:
        yield from _own_labels(done, context.folders)


def _advice(done: Stripped, context: Context) -> Iterator[Note]:
    """Yield the preset's advice on sidecars that are kept."""
    from composevariant.operations.strip.networks import advice_on
    from composevariant.sidecars import find_preset

    whole = find_preset(done.wanted.sidecar, context, whole=True)
    read = context.folders.glance if context.folders else context.workspace.read_text
    names = [name for name in services_of(done.after) if name in done.chosen.kept]
    yield from advice_on(done.after, names, whole, read)


def _unknown_names(done: Stripped) -> Iterator[Note]:
    """Yield a warning for each unknown service name.

    This is not an error, because a strip is allowed to find nothing.
    """
    services, wanted = services_of(done.before), done.wanted
    for key, names in (("services", wanted.services), ("except", wanted.excepted)):
        for name in names:
            if name not in services:
                meant = did_you_mean(name, services)
                yield note("strip.unknown-name", "warning", (), wanted.location, key=key, name=name, meant=meant)


def _nothing_found_note(done: Stripped) -> Iterator[Note]:
    """Yield one note with the number of removed settings and definitions, used if no service is the sidecar."""
    leftovers = {name: sum(trace.sort == sort for trace in done.taken) for sort, name in _TRACES.items()}
    definitions = {
        target: _count(done.before, section) - _count(done.after, section) for target, section in SECTIONS.items()
    }
    removed = [
        phrase(one if count == 1 else many, sort=name, count=str(count))
        for counts, one, many in (
            (leftovers, "strip.one-leftover", "strip.leftovers"),
            (definitions, "strip.one", "strip.several"),
        )
        for name, count in counts.items()
        if count
    ]
    if removed:
        yield note("strip.none-removed", "note", (), sidecar=done.preset.title, removed=listed(*removed))
    else:
        yield note("strip.none", "note", (), sidecar=done.preset.title)


def _count(tree: Mapping, section: str) -> int:
    node = tree.get(section)
    return len(node.entries) if isinstance(node, Mapping) else 0


def _notes_on_kept_sidecars(done: Stripped) -> Iterator[Note]:
    """Yield a note for each excepted sidecar and for each service that may be the sidecar.

    A service is not reported if it only resembles the sidecar because of traces that were removed.
    """
    services = services_of(done.before)
    for name in services:
        if name in done.chosen.kept:
            yield note("strip.excepted", "kept", ("services", name), location_of(services[name]))
    explained = {trace.service for trace in done.taken}
    for suspect in done.chosen.candidates:
        if suspect.has_sidecar_name or suspect.name not in explained:
            path, where = ("services", suspect.name), location_of(services[suspect.name])
            yield note("strip.suspect", "kept", path, where, sidecar=done.preset.title, reasons=suspect.reasons)


def _port_warnings(done: Stripped) -> Iterator[Note]:
    """Yield a warning for each removed sidecar whose published ports no remaining service publishes."""
    from composevariant.operations.remove.mentions import published_ports

    services = services_of(done.before)
    taken_over = published_ports(services_of(done.after).values())
    for name in done.chosen.sidecars:
        lost = sorted(published_ports([services[name]]) - taken_over)
        if lost:
            where = location_of(services[name].get("ports"))
            ports, sidecar = ", ".join(lost), done.preset.title
            yield note("strip.port", "warning", ("services", name, "ports"), where, ports=ports, sidecar=sidecar)


def _own_labels(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Yield a warning for each label that the configuration of a removed sidecar used to select services."""
    names: dict[str, str] = {}
    services = services_of(done.before)
    prefixes = done.preset.traces.own_labels
    for sidecar in done.chosen.sidecars if prefixes else ():
        for file, text in configurations(done.before, services[sidecar], done.preset.match, folders.glance):
            for prefix in prefixes:
                found: list[str] = re.findall(re.escape(prefix) + r"([\w./-]*\w)", text)
                names |= dict.fromkeys(found, file)
    for user, service in services_of(done.after).items() if names else ():
        for pair in pairs_of(service.get("labels")):
            if pair.key in names:
                path, file = ("services", user, "labels", pair.key), names[pair.key]
                where = location_of(pair.node)
                yield note("strip.own-label", "warning", path, where, label=pair.key, file=file, user=user)


# Settings that `strip` keeps because they are, or may be, useful without the sidecar.


class Stripped(NamedTuple):
    """A finished strip."""

    before: Mapping
    after: Mapping
    wanted: Strip
    preset: Preset
    chosen: Chosen
    taken: tuple[Trace, ...]
    """The traces that were removed from services."""


_FOR_SHIPPERS: Final = ("labels", "labels-regex", "env", "env-regex", "tag")
"""The options of log drivers that add attributes to each log line."""


def notes_on_remains(done: Stripped, context: Context) -> Iterator[Note]:
    """Yield notes on remaining services that the sidecar sends to, that test it, or that have settings for it."""
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
    """Yield notes on `env_file` and `label_file` entries named after the sidecar and on its labels in label files."""
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
    """Yield a warning for each label in the Dockerfile of the service that is meant for the sidecar."""
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
    """Yield a note for each mount through which a service shared its log files with the sidecar."""
    shared = shared_sources(services_of(done.before), done.chosen.sidecars, done.preset.match)
    for trace in log_mounts(services_of(done.after), shared):
        path, mount = keyed(trace.path, trace.node), f"{trace.source}:{trace.name}"
        yield note("strip.log-mount", "kept", path, location_of(trace.node), mount=mount, sidecar=done.preset.title)
