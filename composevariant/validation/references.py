"""Undefined references, dependency cycles, and services merged with the services that they extend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import SECTIONS
from composevariant.compose.merge import resolve_extends
from composevariant.errors import ComposeVariantError, did_you_mean
from composevariant.findings import Problem, place_of, shown
from composevariant.tree import Mapping, items_at, location_of, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.compose import Reference

    Edges = dict[str, dict[str, Reference]]

_INSIDE_BUILD: Final = ("additional_contexts", "build.secrets")
_MOST_HINTS: Final = 100


def undefined_references(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """Report references to undefined names.

    Files with `include` are skipped, because other files may define the names.
    """
    if has_include(root):
        return
    defined = {target: set(mapping_at(root, section).names()) for target, section in SECTIONS.items()}
    defined["network"] |= {"default"}
    missing = (reference for reference in found if reference.name not in defined[reference.target])
    for count, reference in enumerate(missing):
        # Comparing thousands of undefined names with all defined names would take minutes.
        known = defined[reference.target] - {reference.user} if count < _MOST_HINTS else set()
        yield _undefined(root, reference, did_you_mean(reference.name, known))


def contexts_not_buildable(
    root: Mapping, services: Table[str, Mapping], found: Iterable[Reference]
) -> Iterator[Problem]:
    """Report build contexts `service:NAME` whose service has no build."""
    for reference in found:
        target = services.get(reference.name) if reference.kind == "additional_contexts" else None
        if target is not None and not target.entry("build") and not target.entry("extends"):
            yield reference_problem(root, reference, "additional-contexts", "a service without build; add build to it")


def has_include(root: Mapping) -> bool:
    """Return whether the file includes other files."""
    return bool(items_at(root, "include"))


def reference_problem(root: Mapping, reference: Reference, check: str, wrong: str) -> Problem:
    """Return a problem at a reference, with the message `<setting> names "<name>", <wrong>`."""
    path = reference.path
    setting = path[: 4 if reference.kind in _INSIDE_BUILD else 3]
    place = location_of(reference.node) or place_of(root, path)
    message = f'{shown(setting)} names "{reference.name}", {wrong}'
    return Problem(f"reference.{check}", "error", path, message, place, (reference.name,))


def _undefined(root: Mapping, reference: Reference, hint: str) -> Problem:
    if reference.target == "service":
        wrong = f"which is not a service{hint}"
    else:
        wrong = f"which is not defined under {SECTIONS[reference.target]}{hint or '; define it there'}"
    return reference_problem(root, reference, reference.kind.replace("_", "-").replace(".", "-"), wrong)


# Cycles of services that wait for each other or extend each other.

_WAITING: Final = ("depends_on", "links", "volumes_from", "network_mode", "ipc", "pid", "uts", "cgroup")
"""The settings that make a service wait for another service, as in compose-go 2.9.1, `loader/normalize.go`."""


def dependency_cycles(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """Report each cycle of services that wait for each other."""
    for cycle in _cycles(_edges(reference for reference in found if reference.kind in _WAITING)):
        yield _problem(root, cycle, "cycle", "which in turn waits for this service")


def extends_cycles(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """Report each cycle of services that extend each other."""
    for cycle in _cycles(_edges(reference for reference in found if reference.kind == "extends")):
        yield _problem(root, cycle, "extends-cycle", "which in turn extends this service")


def _problem(root: Mapping, cycle: list[Reference], check: str, wrong: str) -> Problem:
    way = " -> ".join((cycle[0].user, *(reference.name for reference in cycle)))
    return reference_problem(root, cycle[0], check, f"{wrong}: {way}; remove one of these")


def _edges(found: Iterable[Reference]) -> Edges:
    edges: Edges = {}
    for reference in found:
        edges.setdefault(reference.user, {}).setdefault(reference.name, reference)
    return edges


def _cycles(edges: Edges) -> Iterator[list[Reference]]:
    """Yield a cycle for each edge that closes a cycle. A loop is used because a chain may be too long for recursion."""
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
    """Rotate a cycle so that it begins with the alphabetically first service, regardless of the order in the file."""
    first = min(range(len(cycle)), key=lambda index: cycle[index].user)
    return cycle[first:] + cycle[:first]


# Services merged with the services that they extend. Compose checks the merged services for contradictions.


class Inherited(NamedTuple):
    """Services merged with the services that they extend, and the problems of services that cannot be merged."""

    services: dict[str, Mapping]
    problems: list[Problem]


def merge_extended(root: Mapping, heirs: Table[str, Mapping], services: Table[str, Mapping]) -> Inherited:
    """Merge the `heirs` with the services that they extend. An `extends` that names another file is kept."""
    whole = Inherited({}, [])
    for name, heir in heirs.items():
        try:
            whole.services[name] = resolve_extends(heir, services, services)
        except ComposeVariantError as error:
            path = ("services", name, "extends")
            message = f"{shown(path[:2])} cannot extend that service: {error.message}"
            whole.problems.append(Problem("service.extends", "error", path, message, place_of(root, path)))
    return whole
