"""Repairing services that sent to a sidecar: where they name it, and what tells them that nobody listens any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.services import pairs_of, services_of, with_services
from composevariant.findings import Note, note
from composevariant.operations.cascade.log_drivers import published_ports, pushes_elsewhere, pushes_to
from composevariant.sidecars.traces import Trace
from composevariant.tree import Mapping, Scalar, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Node
    from composevariant.tree_edits import Path


_ADDRESS: Final = re.compile(
    r"(?P<scheme>[\w.+:-]+://)?(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?P<port>:\d+)?(?:[/?#]\S*)?", re.ASCII
)
_ADDRESS_KEY: Final = re.compile(r"host|server|addr|endpoint|url|uri", re.IGNORECASE)


def endpoints(services: Table[str, Mapping], hosts: frozenset[str]) -> Iterator[Trace]:
    """The variables of these services that are the address of one of the hosts, which are gone, and nothing else.

    One whose value depends on the environment may be another address there.
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


def heard(traces: Iterable[Trace], services: Table[str, Mapping]) -> Iterator[tuple[Path, Note]]:
    """Those `logging` that have a listener, a service that stays or one outside of the project, with a note on each."""
    ports = published_ports(services.values())
    for trace in traces:
        service, where = services[trace.service], location_of(trace.node)
        address, elsewhere = pushes_to(service, services, ports), pushes_elsewhere(service)
        if address:
            yield trace.path, note("strip.logs-inside", "kept", trace.path, where, address=address)
        elif elsewhere:
            names = {"address": elsewhere, "user": trace.service}
            yield trace.path, note("strip.logs-outside", "warning", trace.path, where, **names)


def with_variables(tree: Mapping, preset: Preset, taken: Iterable[Trace]) -> tuple[Mapping, list[Note]]:
    """The tree with the preset's variables on each service that loses one; what a service says itself stays."""
    services, changed = services_of(tree), dict[str, Mapping]()
    for user in dict.fromkeys(trace.service for trace in taken if trace.sort == "variable"):
        environment = services[user].get("environment")
        has = {pair.key for pair in pairs_of(environment)}
        missing = [(name, value) for name, value in preset.instead if name not in has]
        if missing and isinstance(environment, Mapping | Sequence):
            changed[user] = services[user].with_value("environment", _with_pairs(environment, missing))
    names = ", ".join(f"{name}={value}" for name, value in preset.instead)
    users, title = ", ".join(changed), preset.title
    said = note("strip.instead", "note", (), variables=names, services=users, sidecar=title)
    return with_services(tree, changed), [said] if changed else []


def _with_pairs(environment: Mapping | Sequence, pairs: Collection[tuple[str, str]]) -> Node:
    if isinstance(environment, Sequence):
        return environment.with_items((*environment.items, *(string(f"{name}={value}") for name, value in pairs)))
    for name, value in pairs:
        environment = environment.with_value(name, string(value))
    return environment
