"""What the overlays of several variants have in common, as an overlay of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.tree import Entry, Mapping, Sequence, node_text

if TYPE_CHECKING:
    from collections.abc import Sequence as List

    from composevariant.tree import Node

_LISTS = ("strip", "remove", "each")
_NESTED = ("compose", "replace")


class Shared(NamedTuple):
    """One overlay for all, and what each has beside it."""

    common: Mapping
    own: tuple[Mapping, ...]


def shared(overlays: List[Mapping]) -> Shared:
    """Take out what all of the overlays ask for. Where that is nothing, `common` is empty."""
    first, *others = overlays
    common = []
    for entry in first.entries:
        value: Node | None = entry.value
        for overlay in others:
            other = overlay.get(entry.name)
            value = None if value is None or other is None else _both(entry.name, value, other)
        if value is not None:
            common.append(Entry(entry.key, value))
    whole = Mapping(tuple(common))
    return Shared(whole, tuple(_without(overlay, whole) for overlay in overlays))


def _both(key: str, one: Node, other: Node) -> Node | None:
    """What two overlays have in common under a key; None for nothing."""
    if key in _LISTS and isinstance(one, Sequence) and isinstance(other, Sequence):
        known = {node_text(item) for item in other.items}
        items = tuple(item for item in one.items if node_text(item) in known)
        return one.with_items(items) if items else None
    if key in _NESTED:
        return _nested(one, other)
    return one if node_text(one) == node_text(other) else None


def _nested(one: Node, other: Node) -> Node | None:
    if node_text(one) == node_text(other):
        return one
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return None
    entries = []
    for entry in one.entries:
        there = other.get(entry.name)
        value = _nested(entry.value, there) if there is not None else None
        if value is not None:
            entries.append(Entry(entry.key, value))
    return one.with_entries(tuple(entries)) if entries else None


def _without(overlay: Mapping, common: Mapping) -> Mapping:
    entries = []
    for entry in overlay.entries:
        there = common.get(entry.name)
        value = entry.value if there is None else _less(entry.name, entry.value, there)
        if value is not None:
            entries.append(Entry(entry.key, value))
    return Mapping(tuple(entries))


def _less(key: str, value: Node, common: Node) -> Node | None:
    if key in _LISTS and isinstance(value, Sequence) and isinstance(common, Sequence):
        known = {node_text(item) for item in common.items}
        items = tuple(item for item in value.items if node_text(item) not in known)
        return value.with_items(items) if items else None
    return _rest(value, common)


def _rest(value: Node, common: Node) -> Node | None:
    if node_text(value) == node_text(common) or not isinstance(value, Mapping) or not isinstance(common, Mapping):
        return None
    entries = []
    for entry in value.entries:
        there = common.get(entry.name)
        rest = entry.value if there is None else _rest(entry.value, there)
        if rest is not None:
            entries.append(Entry(entry.key, rest))
    return value.with_entries(tuple(entries)) if entries else None
