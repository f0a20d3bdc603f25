"""The labels by which what `add` made is known again, and taken back exactly.

A service that `add` made carries the preset's name, the service it is for, and the paths of what `add` wrote elsewhere.
Nothing marks the services that are served: their labels may be a list or a mapping, or there may be none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import SECTIONS, identity, pairs_of, references, services_of
from composevariant.findings import Note, keyed, note
from composevariant.tree import Mapping, Sequence, delete, find, format_path, get, location_of, parse_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Table

    from composevariant.tree import Path

SIDECAR: Final = "composevariant.sidecar"
FOR: Final = "composevariant.for"
ADDED: Final = "composevariant.added"
_TOP_LEVEL: Final = 2
"""How many steps lead to a definition at the top level."""


def label(service: Mapping, name: str) -> str:
    """The value of a label; "" where there is none."""
    return next((pair.value for pair in pairs_of(service.get("labels")) if pair.key == name), "")


def record(service: Mapping) -> list[str]:
    """The paths of what `add` wrote elsewhere for this service: things, and what was made to hold them."""
    return label(service, ADDED).split()


def made_by_add(services: Table[str, Mapping], names: Collection[str]) -> list[str]:
    """Those of the services that `add` made."""
    return [name for name in names if name in services and label(services[name], SIDECAR)]


def taken_back(tree: Mapping, sidecars: Collection[str], before: Mapping) -> tuple[Mapping, tuple[Note, ...]]:
    """The tree without what `add` wrote for these services, which `before` still has; they themselves stay or are gone.

    What another service that `add` made counts on stays, and so does a volume that somebody uses.
    """
    services = services_of(before)
    shared = {path for name, service in services.items() if name not in sidecars for path in record(service)}
    written = dict.fromkeys(path for name in sidecars for path in record(services[name]) if path not in shared)
    if not written:
        return tree, ()
    patterns = sorted((parse_path(path) for path in written), key=len, reverse=True)
    notes: list[Note] = []
    for pattern in patterns:
        for path in find(tree, pattern, identity):
            holds = any(other != pattern and other[: len(pattern)] == pattern for other in patterns)
            if (holds and _is_filled(tree, path)) or _is_used(tree, path):
                continue
            if not holds:
                node, setting = get(tree, path), format_path(path, tree, identity)
                notes.append(note("strip.added", "removed", keyed(path, node), location_of(node), setting=setting))
            tree = delete(tree, [path])
    return tree, tuple(notes)


def _is_filled(tree: Mapping, path: Path) -> bool:
    node = get(tree, path)
    return bool(node.entries if isinstance(node, Mapping) else node.items if isinstance(node, Sequence) else True)


def _is_used(tree: Mapping, path: Path) -> bool:
    """Whether this is a definition at the top level that a service names."""
    if len(path) != _TOP_LEVEL or path[0] == "services":
        return False
    return any((SECTIONS[found.target], found.name) == path for found in references(tree))
