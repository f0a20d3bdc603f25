"""What a strip only reports: what it kept, and what may miss the sidecar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.references import SECTIONS
from composevariant.compose.services import pairs_of, services_of
from composevariant.errors import did_you_mean
from composevariant.findings import Note, note
from composevariant.operations.strip_remains import remains
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.outcome import Context
    from composevariant.operations.strip_remains import Stripped


_TRACES: Final = {"mount": "mount", "label": "label", "variable": "variable", "logging": "log driver"}


def report(done: Stripped, context: Context) -> Iterator[Note]:
    """What there is to say about a strip beside what it took away."""
    if not done.chosen.sidecars and not done.chosen.kept:
        yield from _summary(done)
    if done.before.entry("include"):
        from composevariant.operations.strip_includes import included

        yield from included(done, context.folders)
    yield from _unknown_names(done)
    yield from _spared(done)
    if done.after is not done.before:
        yield from remains(done, context)
        if context.folders:
            yield from _surroundings(done, context.folders, context.bases)
    if done.chosen.kept:
        yield from _advice(done, context)
    if done.chosen.sidecars:
        yield from _receivers(done)
    if done.chosen.sidecars and context.folders:
        yield from _own_labels(done, context.folders)


def _advice(done: Stripped, context: Context) -> Iterator[Note]:
    """What is wrong with a sidecar that stays."""
    from composevariant.sidecars.advice import advice_on
    from composevariant.sidecars.presets import find_preset

    whole = find_preset(done.wanted.sidecar, context, whole=True)
    read = context.folders.glance if context.folders else context.workspace.read_text
    names = [name for name in services_of(done.after) if name in done.chosen.kept]
    yield from advice_on(done.after, names, whole, read)


def _surroundings(done: Stripped, folders: Folders, bases: Iterable[str]) -> Iterator[Note]:
    from composevariant.operations.strip_outside import outside

    if done.chosen.sidecars:
        from composevariant.operations.strip_overrides import overrides

        yield from overrides(done, folders, bases)
    yield from outside(done, folders)


def _unknown_names(done: Stripped) -> Iterator[Note]:
    """Names in the overlay that no service has. A strip may find nothing, so they are doubted and not refused."""
    services, wanted = services_of(done.before), done.wanted
    for key, names in (("services", wanted.services), ("except", wanted.excepted)):
        for name in names:
            if name not in services:
                meant = did_you_mean(name, services)
                yield note("strip.unknown-name", "warning", (), wanted.location, key=key, name=name, meant=meant)


def _summary(done: Stripped) -> Iterator[Note]:
    """What was removed where the project has no service that is the sidecar."""
    counts = [(f"leftover {name}", sum(trace.sort == sort for trace in done.taken)) for sort, name in _TRACES.items()]
    for target, section in SECTIONS.items():
        counts.append((target, _count(done.before, section) - _count(done.after, section)))
    said = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts if count)
    yield note("strip.none-removed" if said else "strip.none", "note", (), sidecar=done.preset.title, removed=said)


def _count(tree: Mapping, section: str) -> int:
    node = tree.get(section)
    return len(node.entries) if isinstance(node, Mapping) else 0


def _spared(done: Stripped) -> Iterator[Note]:
    """Services that are the sidecar but excepted, and services that may be it, unless a trace explains that."""
    services = services_of(done.before)
    for name in services:
        if name in done.chosen.kept:
            yield note("strip.excepted", "kept", ("services", name), location_of(services[name]))
    explained = {trace.service for trace in done.taken}
    for suspect in done.chosen.candidates:
        if suspect.goes_by_the_name or suspect.name not in explained:
            path, where = ("services", suspect.name), location_of(services[suspect.name])
            yield note("strip.suspect", "kept", path, where, sidecar=done.preset.title, reasons=suspect.reasons)


def _receivers(done: Stripped) -> Iterator[Note]:
    """Removed sidecars with published ports that nobody took over: somebody outside the project may send to them."""
    from composevariant.operations.cascade.log_drivers import published_ports

    services = services_of(done.before)
    taken_over = published_ports(services_of(done.after).values())
    for name in done.chosen.sidecars:
        lost = sorted(published_ports([services[name]]) - taken_over)
        if lost:
            where = location_of(services[name].get("ports"))
            ports, sidecar = ", ".join(lost), done.preset.title
            yield note("strip.port", "warning", ("services", name, "ports"), where, ports=ports, sidecar=sidecar)


def _own_labels(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Labels by which the configuration of a removed sidecar chose its services: used by it alone, or not."""
    from composevariant.sidecars.configurations import configurations

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
