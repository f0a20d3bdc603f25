"""Reading nodes from a tree, and putting nodes into one: what does not change stays the same object."""

from __future__ import annotations

from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Final

from composevariant.scalars import go_text
from composevariant.tree import Entry, Mapping, Scalar, Sequence, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as ReadOnlyDict

    from composevariant.tree import Node

RESET: Final = "!reset"
OVERRIDE: Final = "!override"


def value_at(node: Node | None, *keys: str | int) -> Node | None:
    """The value below these keys of mappings; None if there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) and isinstance(key, str) else None
    return node


def mapping_at(node: Node | None, *keys: str) -> Mapping:
    """The mapping below these keys; an empty one if there is none."""
    found = value_at(node, *keys)
    return found if isinstance(found, Mapping) else Mapping()


def items_at(node: Node | None, *keys: str) -> tuple[Node, ...]:
    """The items of the list below these keys; none if there is no list."""
    found = value_at(node, *keys)
    return found.items if isinstance(found, Sequence) else ()


def go_text_of(node: Node | None) -> str:
    """The text of a scalar as Go prints it; "" for anything else."""
    return go_text(node.meaning, node.text) if isinstance(node, Scalar) else ""


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.meaning.kind == "null"


def in_place_of(new: Node, old: Node) -> Node:
    """`new` as what stands where `old` stood; `old` itself when both mean the same.

    A tag of Compose's on `old` keeps working: where it replaced or removed what a service gets by `extends`, `new`
    replaces that.
    """
    if old.tag in (RESET, OVERRIDE):
        new = replace(new, tag=RESET if is_null(new) else OVERRIDE)
    return old if same(old, new) else replace(new, origin=old.origin or old)


def with_values(mapping: Mapping, values: ReadOnlyDict[str, Node], added: Iterable[Entry] = ()) -> Mapping:
    """The mapping with other values under some of its keys, and with new entries: one pass, however many change."""
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
    """The list with other items; the list itself if they are the same objects."""
    new = tuple(items)
    unchanged = len(new) == len(node.items) and all(map(is_, new, node.items))
    return node if unchanged else node.with_items(new)


def with_scalars(node: Node, change: Callable[[Scalar], Scalar]) -> Node:
    """The node with every value in it changed. Parts in which nothing changes are the same objects."""
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


def detached(node: Node) -> Node:
    """A node of one document for use in another, where what came to it through `<<` is its own."""
    if isinstance(node, Mapping):
        entries = tuple(Entry(entry.key, detached(entry.value)) for entry in node.entries)
        kept = all(new.value is old.value and not old.inherited for new, old in zip(entries, node.entries, strict=True))
        return node if kept else replace(node, entries=entries)
    if isinstance(node, Sequence):
        items = tuple(map(detached, node.items))
        return node if all(map(is_, items, node.items)) else replace(node, items=items)
    return node
