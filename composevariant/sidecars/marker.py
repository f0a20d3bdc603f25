"""The labels that record the changes made by `add`, so that `strip` can undo exactly these changes.

A sidecar added by `add` has labels with the name of the preset, the service that the sidecar serves, and the paths that
`add` wrote elsewhere. Served services are not labelled, because their labels may be a list, a mapping or missing.
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
"""The length of the path to a top-level definition."""


def label(service: Mapping, name: str) -> str:
    """Return the value of a label, or an empty string if the label is not set."""
    return next((pair.value for pair in pairs_of(service.get("labels")) if pair.key == name), "")


def added_paths(service: Mapping) -> list[str]:
    """Return the paths that `add` wrote in other places for this service, including new parent mappings and lists."""
    return label(service, ADDED).split()


def added_by_add(services: Table[str, Mapping], names: Collection[str]) -> list[str]:
    """Return the names of the services that `add` wrote."""
    return [name for name in names if name in services and label(services[name], SIDECAR)]


def remove_added(tree: Mapping, sidecars: Collection[str], before: Mapping) -> tuple[Mapping, tuple[Note, ...]]:
    """Remove the settings that `add` wrote in other places for these sidecars.

    The labels of the sidecars are read from `before`.

    Entries that another added sidecar needs are kept, as are volumes that a service uses.
    """
    services = services_of(before)
    shared = {path for name, service in services.items() if name not in sidecars for path in added_paths(service)}
    written = dict.fromkeys(path for name in sidecars for path in added_paths(services[name]) if path not in shared)
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
    """Return whether a path is a top-level definition that a service uses."""
    if len(path) != _TOP_LEVEL or path[0] == "services":
        return False
    return any((SECTIONS[found.target], found.name) == path for found in references(tree))
