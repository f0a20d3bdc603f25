"""Services that wait for each other, and services that extend each other: Compose can start neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.validation.references import reference_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.compose.references import Reference
    from composevariant.tree import Mapping
    from composevariant.validation.problem import Problem

    Edges = dict[str, dict[str, Reference]]

_WAITING: Final = ("depends_on", "links", "volumes_from", "network_mode", "ipc", "pid", "uts", "cgroup")
"""Each makes the one service wait for the other, see compose-go 2.9.1, `loader/normalize.go`."""


def dependency_cycles(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """One problem for each circle of services that wait for each other."""
    for cycle in _cycles(_edges(reference for reference in found if reference.kind in _WAITING)):
        yield _problem(root, cycle, "cycle", "which in the end waits for this service")


def extends_cycles(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """One problem for each circle of services that extend each other."""
    for cycle in _cycles(_edges(reference for reference in found if reference.kind == "extends")):
        yield _problem(root, cycle, "extends-cycle", "which in the end extends this service")


def _problem(root: Mapping, cycle: list[Reference], check: str, wrong: str) -> Problem:
    way = " -> ".join((cycle[0].user, *(reference.name for reference in cycle)))
    return reference_problem(root, cycle[0], check, f"{wrong}: {way}; remove one of these")


def _edges(found: Iterable[Reference]) -> Edges:
    edges: Edges = {}
    for reference in found:
        edges.setdefault(reference.user, {}).setdefault(reference.name, reference)
    return edges


def _cycles(edges: Edges) -> Iterator[list[Reference]]:
    """The circles, one for each edge that closes one. Without recursion: a chain may be thousands of services long."""
    done: set[str] = set()
    for start in edges:
        trail: list[Reference] = []
        depths = {} if start in done else {start: 0}
        waiting = [iter(edges[name].values()) for name in depths]
        while waiting:
            reference = next(waiting[-1], None)
            if reference is None:
                waiting.pop()
                finished = trail.pop().name if trail else start
                done.add(finished)
                del depths[finished]
            elif reference.name in depths:
                yield _from_first_name([*trail[depths[reference.name] :], reference])
            elif reference.name in edges and reference.name not in done:
                trail.append(reference)
                depths[reference.name] = len(trail)
                waiting.append(iter(edges[reference.name].values()))


def _from_first_name(cycle: list[Reference]) -> list[Reference]:
    """The same circle, begun where it always begins, whatever the order of the services in the file."""
    first = min(range(len(cycle)), key=lambda index: cycle[index].user)
    return cycle[first:] + cycle[:first]
