"""Taking the traces of a sidecar off the services that stay, and deciding which are to stay as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose.services import services_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.findings import Note, keyed, note
from composevariant.operations.outcome import Outcome
from composevariant.paths import delete
from composevariant.sidecars.patterns import fits, fits_image
from composevariant.sidecars.traces import Trace, traces_of
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from composevariant.overlay import Strip
    from composevariant.sidecars.chosen import Chosen
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Node
    from composevariant.tree_edits import Path


class Traced(NamedTuple):
    """The tree without the traces, what was taken and what there is to say."""

    tree: Mapping
    taken: tuple[Trace, ...]
    notes: tuple[Note, ...]


class Lost(NamedTuple):
    """What services lose with the sidecar beside its traces."""

    logs: Collection[str] = ()
    """The volumes and folders through which they handed their logs to it, if these go as well."""
    hosts: frozenset[str] = frozenset()
    """The hosts that they sent to, if it is a sidecar that is sent to."""


def without_traces(tree: Mapping, wanted: Strip, chosen: Chosen, preset: Preset, lost: Lost) -> Traced:
    """The tree without labels, variables, mounts and log drivers that are there for the sidecar alone."""
    services = services_of(tree)
    others = {name: service for name, service in services.items() if name not in chosen.untouchable}
    found = [trace for name, service in others.items() for trace in traces_of(name, service, preset.traces)]
    found += [*_log_mounts(others, lost.logs), *_endpoints(others, lost.hosts)]
    read = {placed.mount.source for name in chosen.kept for placed in placed_in(services[name])}
    jobs = _jobs(services, preset) if any(trace.sort == "variable" for trace in found) else set()
    heard = _heard([trace for trace in found if trace.sort == "logging"], services)
    taken: dict[Path, Trace] = {}
    notes = list(heard.values())
    for trace in found:
        why = _reason_to_keep(trace, jobs, read)
        if why:
            notes.append(_note(why, "kept", trace, sidecar=preset.title))
        elif trace.path in heard:
            continue
        elif trace.sort != "label" or _labels_go(wanted, chosen):
            taken.setdefault(trace.path, trace)
    notes += map(_farewell, taken.values())
    notes += _labels_kept([trace for trace in found if trace.sort == "label"], taken, wanted, chosen, preset)
    if preset.instead:
        from composevariant.operations.strip_receivers import with_variables

        tree, said = with_variables(tree, preset, taken.values())
        notes += said
    return Traced(delete(tree, taken, prune=True), tuple(taken.values()), tuple(notes))


def _endpoints(services: dict[str, Mapping], hosts: frozenset[str]) -> list[Trace]:
    if not hosts:
        return []
    from composevariant.operations.strip_receivers import endpoints

    return list(endpoints(services, hosts))


def _heard(drivers: list[Trace], services: dict[str, Mapping]) -> dict[Path, Note]:
    if not drivers:
        return {}
    from composevariant.operations.strip_receivers import heard

    return dict(heard(drivers, services))


def _log_mounts(services: dict[str, Mapping], shared: Collection[str]) -> list[Trace]:
    if not shared:
        return []
    from composevariant.sidecars.log_volumes import log_mounts

    return log_mounts(services, shared)


def _reason_to_keep(trace: Trace, jobs: Collection[str], read: Collection[str]) -> str:
    """The message for a trace that stays."""
    if trace.sort == "variable" and trace.service in jobs:
        return "strip.trace-job"
    if trace.sort == "mount" and trace.source and trace.source in read:
        return "strip.trace-shared"
    return ""


def _jobs(services: dict[str, Mapping], preset: Preset) -> set[str]:
    """Services that run once, or that the sidecar sends to: what they know of it is often a password to create."""
    jobs: set[str] = set()
    for name, service in services.items():
        restart = text_of(service.get("restart"))
        by_hand = not restart and service.entry("profiles") is not None
        if restart == "no" or by_hand or fits_image(text_of(service.get("image")), preset.backends):
            jobs.add(name)
        depends_on = service.get("depends_on")
        for other, settings in depends_on.items() if isinstance(depends_on, Mapping) else ():
            condition = settings.get("condition") if isinstance(settings, Mapping) else None
            if text_of(condition) == "service_completed_successfully":
                jobs.add(other)
    return jobs


def _labels_go(wanted: Strip, chosen: Chosen) -> bool:
    """Labels speak to a sidecar that may run outside the project: without one in it, they stay unless asked for."""
    if wanted.labels is not None:
        return wanted.labels == "remove"
    return bool(chosen.sidecars) and not chosen.kept


def _labels_kept(
    labels: list[Trace], taken: Collection[Path], wanted: Strip, chosen: Chosen, preset: Preset
) -> Iterator[Note]:
    kept = [trace for trace in labels if trace.path not in taken]
    if not kept:
        return
    where = location_of(kept[0].node)
    names = {"sidecar": preset.title, "services": ", ".join(dict.fromkeys(trace.service for trace in kept))}
    if wanted.labels == "keep" or chosen.kept:
        yield note("strip.labels", "kept", (), where, **names)
    else:
        yield note("strip.labels-outside", "warning", (), where, **names)


def _farewell(trace: Trace) -> Note:
    if trace.sort == "logging":
        return note("strip.driver", "warning", trace.path, location_of(trace.node), driver=trace.name)
    if trace.sort == "variable" and trace.source:
        return _note("strip.trace-host", "removed", trace, host=trace.source)
    return _note("strip.trace", "removed", trace)


def _note(message: str, kind: Literal["removed", "kept"], trace: Trace, **more: str) -> Note:
    mount = trace.sort == "mount" and trace.source
    name = f"{trace.source}:{trace.name}" if mount else trace.name
    path = keyed(trace.path, trace.node)
    return note(message, kind, path, location_of(trace.node), sort=trace.sort, name=name, **more)


def without_fragments(tree: Mapping, preset: Preset) -> Outcome:
    """The tree without the top-level `x-` keys that are called like the sidecar and of which nothing is used."""
    doomed = [entry for entry in tree.entries if fits(entry.name, preset.traces.fragments)]
    if not doomed:
        return Outcome(tree)
    used = set(_all_nodes(entry.value for entry in tree.entries if entry not in doomed))
    unused = [entry for entry in doomed if used.isdisjoint(_all_nodes([entry.value]))]
    notes = tuple(
        note("strip.fragment", "removed", (entry.name,), location_of(entry.key), name=entry.name) for entry in unused
    )
    return Outcome(delete(tree, [(entry.name,) for entry in unused]), notes)


def _all_nodes(nodes: Iterable[Node]) -> Iterator[int]:
    """The identities of all nodes below these, and of those that they took the place of."""
    waiting, seen = list(nodes), set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield id(node)
        if node.origin is not None:
            yield id(node.origin)
        if isinstance(node, Mapping):
            waiting += (entry.value for entry in node.entries)
        elif isinstance(node, Sequence):
            waiting += node.items
