"""The same change in many services, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of
from composevariant.inference.asked import Asked, Each
from composevariant.tree import node_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.inference.asked import Names
    from composevariant.tree import Mapping, Node

_ENOUGH = 3
"""So many services make a change worth an `each` of its own, one less if that is all of them."""
_SERVICE = 2
"""The length of the path of a service."""


class Factored(NamedTuple):
    """What stays on its own, and what many services share."""

    asked: Asked
    each: tuple[Each, ...]
    globs: Names


def factored(asked: Asked, base: Mapping, wanted: Mapping) -> Factored:
    """Take out of what is asked for what three or more services have in common; new services are left alone."""
    known = set(services_of(base))
    removed = _groups(((path, None) for path in asked.removed), known)
    merged = _groups(asked.merged, known)
    replaced = _groups(asked.replaced, known)
    globs = tuple(
        f"services.*{_below(path)}" for (path, _), names in removed.items() if _is_everywhere(path, names, base)
    )
    every = set(services_of(wanted))
    shared: dict[tuple[str, ...], Asked] = {}
    taken: set[tuple[str, Names]] = set()
    for kind, groups in (("removed", removed), ("merged", merged), ("replaced", replaced)):
        for (path, _), members in groups.items():
            names = tuple(members)
            if kind == "removed" and f"services.*{_below(path)}" in globs:
                taken |= {(kind, ("services", name, *path)) for name in names}
            elif len(names) >= (_ENOUGH if set(names) != every else _ENOUGH - 1):
                taken |= {(kind, ("services", name, *path)) for name in names}
                shared[names] = shared.get(names, Asked()) + _one(kind, path, next(iter(members.values())))
    left = Asked(
        tuple(path for path in asked.removed if ("removed", path) not in taken),
        tuple((path, value) for path, value in asked.merged if ("merged", path) not in taken),
        tuple((path, value) for path, value in asked.replaced if ("replaced", path) not in taken),
    )
    each = tuple(Each(() if set(names) == every else names, one) for names, one in shared.items())
    return Factored(left, each, globs)


def _groups(
    told: Iterable[tuple[Names, Node | None]], known: set[str]
) -> dict[tuple[Names, str], dict[str, Node | None]]:
    """The changes of services by what they are, with the services that share them."""
    groups: dict[tuple[Names, str], dict[str, Node | None]] = {}
    for path, value in told:
        if path[0] == "services" and len(path) > _SERVICE and path[1] in known:
            groups.setdefault((path[2:], node_text(value) if value is not None else ""), {})[path[1]] = value
    return groups


def _is_everywhere(path: Names, names: dict[str, Node | None], base: Mapping) -> bool:
    """Whether every service that has a setting loses it. Only for settings that stand directly in a service."""
    having = [name for name, service in services_of(base).items() if len(path) == 1 and service.entry(path[0])]
    return len(names) > 1 and set(having) == set(names)


def _below(path: Names) -> str:
    from composevariant.path_syntax import literal, write_step

    return "".join(write_step(step) for step in literal(*path))


def _one(kind: str, path: Names, value: Node | None) -> Asked:
    if value is None:
        return Asked(removed=(path,))
    return Asked(merged=((path, value),)) if kind == "merged" else Asked(replaced=((path, value),))
