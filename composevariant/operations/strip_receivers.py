"""Repairing services that sent to a sidecar: where they name it, and what tells them that nobody listens any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.hosts import hosts_in
from composevariant.compose.services import pairs_of, services_of
from composevariant.operations.cascade.log_drivers import published_ports, pushes_elsewhere, pushes_to
from composevariant.operations.outcome import Note
from composevariant.paths import put
from composevariant.sidecars.traces import Trace
from composevariant.tree import Mapping, Scalar, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Node


def endpoints(services: Table[str, Mapping], hosts: frozenset[str]) -> Iterator[Trace]:
    """The variables of these services that are the address of one of the hosts, which are gone, and nothing else.

    One whose value depends on the environment may be another address there.
    """
    for name, service in services.items() if hosts else ():
        for pair in pairs_of(service.get("environment")):
            value = pair.value
            if isinstance(pair.holder, Scalar) and "$" not in pair.holder.text and "," not in value:
                for host in hosts_in(value, hosts, pair.key):
                    path = ("services", name, "environment", pair.position)
                    yield Trace("variable", name, pair.key, path, pair.node, host)


def driver_is_kept(trace: Trace, services: Table[str, Mapping]) -> Note | None:
    """A note on a `logging` that has a listener: a service that stays, or one outside of the project."""
    service = services[trace.service]
    where = location_of(trace.node)
    address = pushes_to(service, services, published_ports(services.values()))
    if address:
        return Note("kept", trace.service, f"logging kept: it pushes to {address}, where a service listens", where)
    address = pushes_elsewhere(service)
    if not address:
        return None
    what = f"logging kept: it pushes to {address}, outside of the project"
    hint = f"services.{trace.service}.logging under remove takes it away"
    return Note("warning", trace.service, f"{what}; {hint}", where)


def with_variables(tree: Mapping, preset: Preset, taken: Iterable[Trace]) -> tuple[Mapping, list[Note]]:
    """The tree with the preset's variables on each service that loses one; what a service says itself stays."""
    users = dict.fromkeys(trace.service for trace in taken if trace.sort == "variable") if preset.instead else {}
    services, changed = services_of(tree), list[str]()
    for user in users:
        environment = services[user].get("environment")
        has = {pair.key for pair in pairs_of(environment)}
        missing = [(name, value) for name, value in preset.instead if name not in has]
        if missing and isinstance(environment, Mapping | Sequence):
            tree = put(tree, ("services", user, "environment"), _with_pairs(environment, missing))
            changed.append(user)
    names = ", ".join(f"{name}={value}" for name, value in preset.instead)
    what = f"{names} set on {', '.join(changed)}, which looked for {preset.title}"
    return tree, [Note("note", "", what)] if changed else []


def _with_pairs(environment: Mapping | Sequence, pairs: Collection[tuple[str, str]]) -> Node:
    if isinstance(environment, Sequence):
        return environment.with_items((*environment.items, *(string(f"{name}={value}") for name, value in pairs)))
    for name, value in pairs:
        environment = environment.with_value(name, string(value))
    return environment
