"""Read and change nodes of a tree. A changed tree is a new tree that shares all unchanged nodes."""

from __future__ import annotations

from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Final

from composevariant.tree.nodes import Entry, Mapping, Path, Scalar, Sequence, go_text, same, string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as ReadOnlyDict

    from composevariant.tree.nodes import Node


def get(tree: Node, path: Path) -> Node:
    """Return the node at a path.

    Raises:
        KeyError: No node is at the path.
    """
    node = tree
    for key in path:
        child = _child(node, key)
        if child is None:
            raise KeyError(path)
        node = child
    return node


def _child(node: Node, key: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(key, str):
        return node.get(key)
    if isinstance(node, Sequence) and isinstance(key, int) and 0 <= key < len(node.items):
        return node.items[key]
    return None


def put(tree: Mapping, path: Path, value: Node) -> Mapping:
    """Return the tree with `value` at a path, replacing any old value. Missing mappings are created.

    Raises:
        KeyError: A scalar is in the middle of the path, or a list has no item at the given position.
    """
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        raise KeyError(path)
    return tree.with_value(key, _put_below(tree.get(key), rest, value), string(key))


def _put_below(node: Node | None, path: Path, value: Node) -> Node:
    if not path:
        return value if node is None or node is value else replace(value, origin=node.origin or node)
    if node is None:
        return put(Mapping(), path, value)
    if isinstance(node, Scalar) and node.meaning.kind == "null":
        return put(Mapping(origin=node.origin or node), path, value)
    if isinstance(node, Mapping):
        return put(node, path, value)
    key, rest = path[0], path[1:]
    if isinstance(node, Scalar) or isinstance(key, str) or not 0 <= key < len(node.items):
        raise KeyError(path)
    new = _put_below(node.items[key], rest, value)
    return node.with_items((*node.items[:key], new, *node.items[key + 1 :]))


def delete(tree: Mapping, paths: Iterable[Path], *, prune: bool = False) -> Mapping:
    """Return the tree without the nodes at these paths. Paths that do not exist in `tree` are ignored.

    With `prune`, keys whose list or mapping becomes empty are also removed. Compose rejects many of these (such as an
    empty `volumes: {}` in a service), and the others have no effect. A service, volume, network of a service or list
    item is kept because its name was chosen by a user and means something without any settings. `services` is also
    kept. A value with `!override` becomes `!reset`, so that it still removes the inherited value.
    """
    kept = _without(tree, (), paths, prune=prune)
    return kept if isinstance(kept, Mapping) else tree


def _without(node: Node, at: Path, removed: Iterable[Path], *, prune: bool) -> Node:
    below: dict[str | int, list[Path]] = {}
    for path in removed:
        below.setdefault(path[0], []).append(path[1:])
    if isinstance(node, Mapping):
        entries = []
        for entry in node.entries:
            value = _left_of(entry.value, (*at, entry.name), below.get(entry.name), prune=prune)
            if value is not None:
                entries.append(entry if value is entry.value else Entry(entry.key, value, entry.inherited))
        return node if tuple(entries) == node.entries else node.with_entries(tuple(entries))
    if isinstance(node, Sequence):
        left = [_left_of(item, (*at, index), below.get(index), prune=prune) for index, item in enumerate(node.items)]
        items = tuple(item for item in left if item is not None)
        return node if items == node.items else node.with_items(items)
    return node


def _left_of(node: Node, at: Path, removed: list[Path] | None, *, prune: bool) -> Node | None:
    if removed is None:
        return node
    if () in removed:
        return None
    left = _without(node, at, removed, prune=prune)
    if not prune or left is node or not _is_empty(left) or _is_named(at):
        return left
    return Scalar("null", tag=RESET, origin=node) if node.tag == OVERRIDE else None


def _is_empty(node: Node) -> bool:
    return not (node.entries if isinstance(node, Mapping) else node.items if isinstance(node, Sequence) else True)


def _is_named(path: Path) -> bool:
    """Return whether the last key of a path was chosen by a user, not by Compose."""
    match path:
        case ("services",) | ("services" | "volumes" | "networks" | "configs" | "secrets" | "models", _):
            return True
        case ("services", _, "networks" | "depends_on" | "models" | "ulimits", _):
            return True
        case _:
            return isinstance(path[-1], int)


RESET: Final = "!reset"

OVERRIDE: Final = "!override"


def value_at(node: Node | None, *keys: str | int) -> Node | None:
    """Return the value under these nested keys, or None if the value is missing."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) and isinstance(key, str) else None
    return node


def mapping_at(node: Node | None, *keys: str) -> Mapping:
    """Return the mapping under these nested keys, or an empty mapping if it is missing."""
    found = value_at(node, *keys)
    return found if isinstance(found, Mapping) else Mapping()


def items_at(node: Node | None, *keys: str) -> tuple[Node, ...]:
    """Return the items of the list under these nested keys, or an empty list if the list is missing."""
    found = value_at(node, *keys)
    return found.items if isinstance(found, Sequence) else ()


def go_text_of(node: Node | None) -> str:
    """Return the text of a scalar as Go prints it, or an empty string for any other node."""
    return go_text(node.meaning, node.text) if isinstance(node, Scalar) else ""


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.meaning.kind == "null"


def in_place_of(new: Node, old: Node) -> Node:
    """Return `new` as the replacement of `old`, or `old` itself if both are equal.

    If `old` has a `!reset` or `!override` tag, the returned node has the same tag, so that it also replaces the value
    that the service inherits by `extends`.
    """
    if old.tag in (RESET, OVERRIDE):
        new = replace(new, tag=RESET if is_null(new) else OVERRIDE)
    return old if same(old, new) else replace(new, origin=old.origin or old)


def with_values(mapping: Mapping, values: ReadOnlyDict[str, Node], added: Iterable[Entry] = ()) -> Mapping:
    """Return the mapping with the values of some keys replaced and new entries added, in one pass."""
    changed = {}
    for name, value in values.items():
        entry = mapping.entry(name)
        if entry is not None and entry.value is not value:
            changed[id(entry)] = Entry(entry.key, value, entry.inherited)
    new = tuple(added)
    if not changed and not new:
        return mapping
    return mapping.with_entries((*(changed.get(id(entry), entry) for entry in mapping.entries), *new))


def with_items(node: Sequence, items: Iterable[Node]) -> Sequence:
    """Return the list with other items, or the list itself if the items are the same objects."""
    new = tuple(items)
    unchanged = len(new) == len(node.items) and all(map(is_, new, node.items))
    return node if unchanged else node.with_items(new)


def with_scalars(node: Node, change: Callable[[Scalar], Scalar]) -> Node:
    """Return the node with `change` applied to every scalar value. Unchanged parts are the same objects."""
    if isinstance(node, Scalar):
        return change(node)
    if isinstance(node, Sequence):
        return with_items(node, (with_scalars(item, change) for item in node.items))
    values = [with_scalars(entry.value, change) for entry in node.entries]
    if all(new is entry.value for new, entry in zip(values, node.entries, strict=True)):
        return node
    return node.with_entries(
        tuple(Entry(entry.key, new, entry.inherited) for new, entry in zip(values, node.entries, strict=True))
    )


def detach(node: Node) -> Node:
    """Return a node for use in another document. Entries merged by `<<` become ordinary entries."""
    if isinstance(node, Mapping):
        entries = tuple(Entry(entry.key, detach(entry.value)) for entry in node.entries)
        kept = all(new.value is old.value and not old.inherited for new, old in zip(entries, node.entries, strict=True))
        return node if kept else replace(node, entries=entries)
    if isinstance(node, Sequence):
        items = tuple(map(detach, node.items))
        return node if all(map(is_, items, node.items)) else replace(node, items=items)
    return node
