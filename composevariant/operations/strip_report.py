"""What a strip only reports: what it kept, and what may miss the sidecar."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.references import SECTIONS
from composevariant.compose.services import pairs_of, services_of, text_of, texts_of
from composevariant.compose.volumes import placed_in
from composevariant.errors import did_you_mean
from composevariant.operations.outcome import Note
from composevariant.sidecars.patterns import fits, fits_image, fits_words
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.outcome import Workspace
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


def report(done: Stripped, workspace: Workspace) -> Iterator[Note]:
    """What there is to say about a strip beside what it took away."""
    if not done.chosen.sidecars and not done.chosen.kept:
        yield from _summary(done)
    yield from _unknown_names(done)
    yield from _spared(done)
    if done.after is not done.before:
        yield from _remains(done.after, done.preset)
    if done.chosen.sidecars:
        yield from _receivers(done)
        yield from _own_labels(done, workspace)


def _unknown_names(done: Stripped) -> Iterator[Note]:
    """Names in the overlay that no service has. A strip may find nothing, so they are doubted and not refused."""
    services, wanted = services_of(done.before), done.wanted
    for key, names in (("services", wanted.services), ("except", wanted.excepted)):
        for name in names:
            if name not in services:
                what = f'strip.{key}: no service is called "{name}"{did_you_mean(name, services)}'
                yield Note("warning", "", what, wanted.location)


def _summary(done: Stripped) -> Iterator[Note]:
    """What was removed where the project has no service that is the sidecar."""
    sorts = ("mount", "label", "variable")
    counts = [(f"leftover {sort}", sum(trace.sort == sort for trace in done.taken)) for sort in sorts]
    for target, section in SECTIONS.items():
        counts.append((target, _count(done.before, section) - _count(done.after, section)))
    said = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts if count)
    yield Note("note", "", f"no {done.preset.title} service found" + (f"; {said} removed" if said else ""))
    include = done.before.entry("include")
    if include:
        yield Note("note", "", f"no {done.preset.title} is looked for in included files", location_of(include.key))


def _count(tree: Mapping, section: str) -> int:
    node = tree.get(section)
    return len(node.entries) if isinstance(node, Mapping) else 0


def _spared(done: Stripped) -> Iterator[Note]:
    """Services that are the sidecar but excepted, and services that may be it, unless a trace explains that."""
    services = services_of(done.before)
    for name in services:
        if name in done.chosen.kept:
            yield Note("kept", name, f"{name} kept: excepted in the overlay", location_of(services[name]))
    explained = {trace.service for trace in done.taken}
    for suspect in done.chosen.candidates:
        if suspect.goes_by_the_name or suspect.name not in explained:
            what = f"{suspect.name} kept, though it may be {done.preset.title} ({suspect.reasons})"
            hint = f"`services: [{suspect.name}]` under strip removes it, `except` silences this"
            yield Note("kept", suspect.name, f"{what}; {hint}", location_of(services[suspect.name]))


def _remains(tree: Mapping, preset: Preset) -> Iterator[Note]:
    """Notes on services that stay: those that the sidecar sent to, and those that test it or read a file of its."""
    for name, service in services_of(tree).items():
        if fits_image(text_of(service.get("image")), preset.backends):
            what = f"{name} kept: a strip of {preset.title} does not remove what it sent to"
            yield Note("kept", name, what, location_of(service))
        healthcheck = service.get("healthcheck")
        test = healthcheck.get("test") if isinstance(healthcheck, Mapping) else None
        if any(fits(word, preset.match.commands) for text in texts_of(test) for word in re.findall(r"[\w-]+", text)):
            what = f"healthcheck kept, though it tests {preset.title}, which may be gone from the image"
            yield Note("warning", name, what, location_of(test))
        for setting in ("env_file", "label_file"):
            for file, node in _files(service.get(setting)):
                if fits_words(basename(file), preset.traces.files):
                    yield Note("kept", name, f"{setting} {file} kept", location_of(node))


def _receivers(done: Stripped) -> Iterator[Note]:
    """Removed sidecars with published ports that nobody took over: somebody outside the project may send to them."""
    from composevariant.operations.cascade.log_drivers import published_ports

    services = services_of(done.before)
    taken_over = published_ports(services_of(done.after).values())
    for name in done.chosen.sidecars:
        lost = sorted(published_ports([services[name]]) - taken_over)
        if lost:
            what = f"{name} published port {', '.join(lost)}: what is sent there now reaches no {done.preset.title}"
            yield Note("warning", name, what, location_of(services[name].get("ports")))


def _own_labels(done: Stripped, workspace: Workspace) -> Iterator[Note]:
    """Labels by which the configuration of a removed sidecar chose its services: used by it alone, or not."""
    names: dict[str, str] = {}
    services = services_of(done.before)
    prefixes = done.preset.traces.own_labels
    for sidecar in done.chosen.sidecars if prefixes else ():
        for file, text in _configurations(done.before, services[sidecar], done.preset, workspace):
            for prefix in prefixes:
                found: list[str] = re.findall(re.escape(prefix) + r"([\w./-]*\w)", text)
                names |= dict.fromkeys(found, file)
    for user, service in services_of(done.after).items() if names else ():
        for pair in pairs_of(service.get("labels")):
            if pair.key in names:
                what = f"label {pair.key} kept, by which {names[pair.key]} chose the service"
                hint = f"services.{user}.labels[{pair.key}] under remove takes it away"
                yield Note("warning", user, f"{what}; {hint}", location_of(pair.node))


def _configurations(tree: Mapping, service: Mapping, preset: Preset, workspace: Workspace) -> Iterator[tuple[str, str]]:
    """The configuration files of a sidecar that are part of the project, with their texts."""
    for _, mount, _ in placed_in(service):
        if not fits(mount.target, preset.match.mounts) and not fits_words(basename(mount.source), preset.match.sources):
            continue
        if mount.type == "config":
            configs = tree.get("configs")
            config = configs.get(mount.source) if isinstance(configs, Mapping) else None
            content = text_of(config.get("content")) if isinstance(config, Mapping) else ""
            file = text_of(config.get("file")) if isinstance(config, Mapping) else ""
            yield f"configs.{mount.source}", content or _text(file, workspace)
        elif mount.type == "bind":
            yield mount.source, _text(mount.source, workspace)


def _text(file: str, workspace: Workspace) -> str:
    return (workspace.read_text(normpath(file)) or "") if file.startswith(".") or file[:1].isalnum() else ""


def _files(node: Node | None) -> Iterator[tuple[str, Node]]:
    for item in node.items if isinstance(node, Sequence) else [node] if node is not None else []:
        path = item.get("path") if isinstance(item, Mapping) else item
        if text_of(path):
            yield text_of(path), item
