"""Remove the traces of a sidecar from the remaining services, or decide to keep them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import mounts_in, pairs_of, services_of, text_of, with_services
from composevariant.errors import ComposeVariantError, Refused
from composevariant.findings import Note, keyed, note
from composevariant.operations.context import Outcome
from composevariant.operations.waits import jobs_of
from composevariant.sidecars import Trace, fits, fits_image, traces_of
from composevariant.text import pattern
from composevariant.tree import Mapping, Scalar, Sequence, delete, location_of, string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.compose import Mount
    from composevariant.operations.strip.selection import Chosen
    from composevariant.overlay import Strip
    from composevariant.sidecars import Match, Preset
    from composevariant.tree import Node, Path


class TraceRemoval(NamedTuple):
    """The tree without the traces, the removed traces, and the notes."""

    tree: Mapping
    taken: tuple[Trace, ...]
    notes: tuple[Note, ...]


class LostWithSidecar(NamedTuple):
    """Log folders and hosts that disappear with the sidecar."""

    logs: Collection[str] = ()
    """The volumes and folders through which services shared their logs with the sidecar, if these are removed."""
    hosts: frozenset[str] = frozenset()
    """The hosts to which services sent data, if the sidecar is a receiver."""


def without_traces(tree: Mapping, wanted: Strip, chosen: Chosen, preset: Preset, lost: LostWithSidecar) -> TraceRemoval:
    """Return the tree without labels, variables, mounts and log drivers that only the sidecar needs."""
    services = services_of(tree)
    others = {name: service for name, service in services.items() if name not in chosen.untouchable}
    found = [trace for name, service in others.items() for trace in traces_of(name, service, preset.traces)]
    found += [*log_mounts(others, lost.logs), *endpoints(others, lost.hosts)]
    read = {placed.mount.source for name in chosen.kept for placed in mounts_in(services[name])}
    jobs = _jobs(services, preset) if any(trace.sort == "variable" for trace in found) else set()
    drivers = notes_on_used_drivers([trace for trace in found if trace.sort == "logging"], services)
    taken: dict[Path, Trace] = {}
    notes = list(drivers.values())
    for trace in found:
        why = _reason_to_keep(trace, jobs, read)
        if why:
            notes.append(_note(why, "kept", trace, sidecar=preset.title))
        elif trace.path in drivers:
            continue
        elif trace.sort != "label" or _removes_labels(wanted, chosen):
            taken.setdefault(trace.path, trace)
    notes += map(_removal_note, taken.values())
    notes += _notes_on_kept_labels([trace for trace in found if trace.sort == "label"], taken, wanted, chosen, preset)
    if preset.instead:
        tree, changes = with_variables(tree, preset, taken.values())
        notes += changes
    return TraceRemoval(delete(tree, taken, prune=True), tuple(taken.values()), tuple(notes))


def _reason_to_keep(trace: Trace, jobs: Collection[str], read: Collection[str]) -> str:
    """Return the id of the message for a trace that is kept, or an empty string for a trace that is removed."""
    if trace.sort == "variable" and trace.service in jobs:
        return "strip.trace-job"
    if trace.sort == "mount" and trace.source and trace.source in read:
        return "strip.trace-shared"
    return ""


def _jobs(services: dict[str, Mapping], preset: Preset) -> set[str]:
    """Return the services that run once and the services to which the sidecar sends data.

    Their variables for the sidecar often contain a password that these services create.
    """
    jobs = jobs_of(services)
    for name, service in services.items():
        by_hand = not text_of(service.get("restart")) and service.entry("profiles") is not None
        if by_hand or fits_image(text_of(service.get("image")), preset.backends):
            jobs.add(name)
    return jobs


def _removes_labels(wanted: Strip, chosen: Chosen) -> bool:
    """Return whether labels are removed.

    By default, they are removed only if the sidecar was removed, because a sidecar outside the project may use them.
    """
    if wanted.labels is not None:
        return wanted.labels == "remove"
    return bool(chosen.sidecars) and not chosen.kept


def _notes_on_kept_labels(
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


def _removal_note(trace: Trace) -> Note:
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
    """Return the tree without unused top-level `x-` keys that are named after the sidecar."""
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
    """Yield the `id` of all nodes inside the given nodes, and of the nodes that these replaced."""
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


# Services that send to a sidecar, through addresses in variables or through log drivers.

_ADDRESS: Final = pattern(
    r"(?P<scheme>[\w.+:-]+://)?(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?P<port>:\d+)?(?:[/?#]\S*)?", re.ASCII
)
_ADDRESS_KEY: Final = pattern(r"host|server|addr|endpoint|url|uri", re.IGNORECASE)


def endpoints(services: Table[str, Mapping], hosts: frozenset[str]) -> Iterator[Trace]:
    """Yield the variables whose entire value is the address of one of the removed hosts.

    Values that depend on the environment are omitted, because they may resolve to another address.
    """
    for name, service in services.items() if hosts else ():
        for pair in pairs_of(service.get("environment")):
            depends = not isinstance(pair.holder, Scalar) or "$" in pair.holder.text
            found = None if depends else _ADDRESS.fullmatch(pair.value)
            if found is None or found["host"] not in hosts:
                continue
            if found["scheme"] or found["port"] or _ADDRESS_KEY.search(pair.key):
                path = ("services", name, "environment", pair.position)
                yield Trace("variable", name, pair.key, path, pair.node, found["host"])


def notes_on_used_drivers(traces: Collection[Trace], services: Table[str, Mapping]) -> dict[Path, Note]:
    """Return, by path, a note for each `logging` that sends to a remaining service or to a host outside the project."""
    if not traces:
        return {}
    from composevariant.operations.remove.mentions import log_address, published_ports, remote_log_host

    ports = published_ports(services.values())
    notes: dict[Path, Note] = {}
    for trace in traces:
        service, where = services[trace.service], location_of(trace.node)
        address, elsewhere = log_address(service, services, ports), remote_log_host(service)
        if address:
            notes[trace.path] = note("strip.logs-inside", "kept", trace.path, where, address=address)
        elif elsewhere:
            names = {"address": elsewhere, "user": trace.service}
            notes[trace.path] = note("strip.logs-outside", "warning", trace.path, where, **names)
    return notes


def with_variables(tree: Mapping, preset: Preset, taken: Iterable[Trace]) -> tuple[Mapping, list[Note]]:
    """Return the tree with the preset's `instead` variables set in each service that loses a variable.

    Variables that the service sets itself are kept.
    """
    services, changed = services_of(tree), dict[str, Mapping]()
    for user in dict.fromkeys(trace.service for trace in taken if trace.sort == "variable"):
        environment = services[user].get("environment")
        has = {pair.key for pair in pairs_of(environment)}
        missing = [(name, value) for name, value in preset.instead if name not in has]
        if missing and isinstance(environment, Mapping | Sequence):
            changed[user] = services[user].with_value("environment", _with_pairs(environment, missing))
    names = ", ".join(f"{name}={value}" for name, value in preset.instead)
    users, title = ", ".join(changed), preset.title
    change = note("strip.instead", "note", (), variables=names, services=users, sidecar=title)
    return with_services(tree, changed), [change] if changed else []


def _with_pairs(environment: Mapping | Sequence, pairs: Collection[tuple[str, str]]) -> Node:
    if isinstance(environment, Sequence):
        return environment.with_items((*environment.items, *(string(f"{name}={value}") for name, value in pairs)))
    for name, value in pairs:
        environment = environment.with_value(name, string(value))
    return environment


# Mounts through which services share log files with a sidecar.


def shared_sources(services: Table[str, Mapping], sidecars: Collection[str], match: Match) -> frozenset[str]:
    """Return the volumes and folders of the project that the sidecars read.

    Files of the machine, which many services mount, and the sidecar's own directories are omitted.
    """
    mounts = [placed.mount for name in sidecars for placed in mounts_in(services[name])]
    read = (mount for mount in mounts if _is_of_the_project(mount) and not fits(mount.target, match.mounts))
    return frozenset(mount.source for mount in read)


def log_mounts(services: Table[str, Mapping], shared: Collection[str]) -> list[Trace]:
    """Return the writable mounts of the shared volumes and folders."""
    return [
        Trace("mount", name, mount.target, ("services", name, *path), node, mount.source)
        for name, service in services.items()
        for path, mount, node in (mounts_in(service) if shared else ())
        if mount.source in shared and not mount.read_only
    ]


def log_volume_refusals(services: Table[str, Mapping], shared: Collection[str]) -> list[ComposeVariantError]:
    """Return an error for each log mount that another service also uses or that its service needs to write logs."""
    users: dict[str, list[str]] = {}
    for name, service in services.items() if shared else ():
        for source in {placed.mount.source for placed in mounts_in(service)}:
            users.setdefault(source, []).append(name)
    errors: list[ComposeVariantError] = []
    for trace in log_mounts(services, shared):
        others = [name for name in users[trace.source] if name != trace.service]
        why = ""
        if others:
            why = f"{', '.join(others)} uses it as well"
        elif text_of(services[trace.service].get("read_only")) == "true":
            why = "its file system is read-only, so the log files need it"
        if why:
            what = f"the mount of {trace.source} in {trace.service} cannot be removed: {why}"
            errors.append(Refused(what, location_of(trace.node), "write `log_volumes: keep` under strip"))
    return errors


def _is_of_the_project(mount: Mount) -> bool:
    return bool(mount.source) and (mount.type == "volume" or (mount.type == "bind" and mount.source.startswith(".")))
