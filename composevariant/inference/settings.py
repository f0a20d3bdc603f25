"""The shortest `remove`, `compose` and `replace` requests that turn one version of a setting into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import canonical_pairs, identity, key_rule, notation_of
from composevariant.compose.merge import merge
from composevariant.errors import ComposeVariantError
from composevariant.inference.change_requests import ChangeRequest, Names, nested
from composevariant.inference.meaning import is_equal
from composevariant.tree import Entry, Mapping, Scalar, Sequence, delete, find, get, literal, node_text, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as List

    from composevariant.tree import Node


def request_changes(before: Node | None, after: Node | None, path: Names) -> ChangeRequest:
    """Return the changes that turn `before` at a path from the root into `after`; none if both mean the same.

    None is a missing setting.
    """
    if is_equal(before, after, path):
        return ChangeRequest()
    if after is None:
        return ChangeRequest(removed=(path,))
    if before is None:
        return ChangeRequest(merged=((path, after),))
    exact = ChangeRequest(replaced=((path, after),))
    found = [asked for asked in _in_parts(before, after, path) if _gives(before, asked, after, path)]
    return min([*found, exact], key=lambda asked: asked.cost)


def _in_parts(before: Node, after: Node, path: Names) -> Iterator[ChangeRequest]:
    """Candidates smaller than a full replacement. The caller checks each by merging it."""
    notation = notation_of(path)
    if notation == "pairs" and not isinstance(before, Scalar) and not isinstance(after, Scalar):
        yield _pairs(before, after, path)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = dict.fromkeys((*before.names(), *after.names()))
        yield sum(
            (request_changes(before.get(name), after.get(name), (*path, name)) for name in names), ChangeRequest()
        )
    elif isinstance(before, Sequence) and isinstance(after, Sequence):
        yield from _items(before, after, path)
    elif isinstance(before, Scalar):
        yield ChangeRequest(merged=((path, after),))
    if isinstance(before, Mapping):
        yield ChangeRequest(merged=((path, after),))


def _pairs(before: Node, after: Node, path: Names) -> ChangeRequest:
    old = {pair.key: pair for pair in canonical_pairs(before)}
    new = {pair.key: pair for pair in canonical_pairs(after)}
    gone = tuple((*path, key) for key in old if key not in new)
    changed = [key for key, pair in new.items() if key not in old or old[key].text != pair.text]
    if not changed:
        return ChangeRequest(removed=gone)
    if isinstance(after, Mapping):
        entries = {entry.name: entry for entry in after.entries}
        changes: Node = Mapping(tuple(entries[key] for key in changed if key in entries))
    else:
        changes = Sequence(tuple(new[key].item() for key in changed))
    return ChangeRequest(removed=gone, merged=((path, changes),))


def _items(before: Sequence, after: Sequence, path: Names) -> Iterator[ChangeRequest]:
    """Candidates for a list: removed items by name, then new and changed items to merge."""
    key_of = key_rule(path)
    if key_of:
        old = {key_of(item): item for item in before.items}
        new = {key_of(item): item for item in after.items}
        gone = [_named(path, item) for key, item in old.items() if key not in new]
        merged = [item for key, item in new.items() if key not in old or not is_equal(old[key], item, (*path, "0"))]
        if all(gone):
            yield _list_request(tuple(name for name in gone if name), merged, path)
    start = len(before.items)
    if all(is_equal(one, other, (*path, "0")) for one, other in zip(before.items, after.items, strict=False)):
        yield _list_request((), list(after.items[start:]), path)
    kept = [item for item in before.items if any(is_equal(item, other, (*path, "0")) for other in after.items)]
    dropped = [_named(path, item) for item in before.items if item not in kept]
    if dropped and all(dropped):
        yield _list_request(tuple(name for name in dropped if name), list(after.items[len(kept) :]), path)


def _list_request(gone: tuple[Names, ...], items: list[Node], path: Names) -> ChangeRequest:
    return ChangeRequest(removed=gone, merged=((path, Sequence(tuple(items))),) if items else ())


def _named(path: Names, item: Node) -> Names | None:
    names = identity(path, item)
    if names is None:
        return None
    return (*path, item.text if isinstance(item, Scalar) and item.text in names else names[0])


def _gives(before: Node, asked: ChangeRequest, after: Node, path: Names) -> bool:
    """Whether the operations turn `before` into `after`."""
    tree = nested(path, before)
    try:
        for gone in asked.removed:
            found = find(tree, literal(*gone), identity)
            if not found:
                return False
            tree = delete(tree, found, prune=True)
        for place, value in asked.merged:
            tree = merge(tree, nested(place, value))
    except ComposeVariantError:
        return False
    for place, value in asked.replaced:
        found = find(tree, literal(*place), identity)
        if len(found) != 1:
            return False
        tree = put(tree, found[0], value)
    there = find(tree, literal(*path), identity)
    return len(there) == 1 and is_equal(get(tree, there[0]), after, path)


# The common part of several overlays, as a separate overlay.

_LISTS = ("strip", "remove", "each")


_NESTED = ("compose", "replace")


class SharedSplit(NamedTuple):
    """The common overlay, and the rest of each overlay."""

    common: Mapping
    own: tuple[Mapping, ...]


def split_shared(overlays: List[Mapping]) -> SharedSplit:
    """Split off the part that all overlays share; `common` is empty if there is none."""
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
    return SharedSplit(whole, tuple(_without(overlay, whole) for overlay in overlays))


def _both(key: str, one: Node, other: Node) -> Node | None:
    """The common part of two overlays under a key; None if there is none."""
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
