"""Putting nodes into a tree so that what does not change stays the same object, and what changes knows its past."""

from __future__ import annotations

from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Final

from composevariant.tree import Entry, Mapping, Scalar, Sequence, same

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as ReadOnlyDict

    from composevariant.tree import Node

RESET: Final = "!reset"
OVERRIDE: Final = "!override"


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
