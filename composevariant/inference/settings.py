"""Find the shortest `remove`, `compose` and `replace` requests that turn one version of a setting into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import canonical_pairs, data_of, identity, key_rule, keyed_data_of, notation_of
from composevariant.compose.merge import merge
from composevariant.errors import ComposeVariantError
from composevariant.inference.change_requests import ChangeRequest, Names, nested
from composevariant.preview import meaning_differences
from composevariant.tree import Entry, Mapping, Scalar, Sequence, delete, find, get, literal, node_text, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Sequence as List

    from composevariant.tree import Node, Path

# The meaning of settings as comparable data: notation is ignored, but the order of lists is not.


def meaning(node: Node, path: Path) -> object:
    """Return the meaning of the node at a path."""
    if node.tag in ("!reset", "!override") or isinstance(node, Scalar):
        return data_of(node, path)
    if notation_of(path) in ("pairs", "names"):
        return data_of(node, path)
    if isinstance(node, Sequence):
        return tuple(_item_meaning(item, (*path, index)) for index, item in enumerate(node.items))
    return {entry.name: meaning(entry.value, (*path, entry.name)) for entry in node.entries}


def _item_meaning(item: Node, path: Path) -> object:
    place, data = keyed_data_of(item, path)
    return (str(place[-1]), data)


def is_equal(one: Node | None, other: Node | None, path: Path) -> bool:
    """Return whether two settings at a path have the same meaning. None stands for a missing setting."""
    if one is None or other is None or one is other:
        return one is other
    return meaning(one, path) == meaning(other, path)


def distance(before: Mapping, after: Mapping) -> int:
    """Return the number of settings in which two trees differ."""
    return len(meaning_differences(before, after))


# The requests that change a setting.


def request_changes(before: Node | None, after: Node | None, path: Names) -> ChangeRequest:
    """Return the changes that turn `before` at a path from the root into `after`.

    If both mean the same, there are no changes. None stands for a missing setting.
    """
    if is_equal(before, after, path):
        return ChangeRequest()
    if after is None:
        return ChangeRequest(removed=(path,))
    if before is None:
        return ChangeRequest(merged=((path, after),))
    exact = ChangeRequest(replaced=((path, after),))
    found = [requested for requested in _in_parts(before, after, path) if _produces(before, requested, after, path)]
    return min([*found, exact], key=lambda requested: requested.cost)


def _in_parts(before: Node, after: Node, path: Names) -> Iterator[ChangeRequest]:
    """Yield candidates smaller than a full replacement. The caller checks each candidate by merging it."""
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
    removed = tuple((*path, key) for key in old if key not in new)
    changed = [key for key, pair in new.items() if key not in old or old[key].text != pair.text]
    if not changed:
        return ChangeRequest(removed=removed)
    if isinstance(after, Mapping):
        entries = {entry.name: entry for entry in after.entries}
        changes: Node = Mapping(tuple(entries[key] for key in changed if key in entries))
    else:
        changes = Sequence(tuple(new[key].item() for key in changed))
    return ChangeRequest(removed=removed, merged=((path, changes),))


def _items(before: Sequence, after: Sequence, path: Names) -> Iterator[ChangeRequest]:
    """Yield candidates for a list, first removing items by name, then merging new and changed items."""
    key_of = key_rule(path)
    if key_of:
        old = {key_of(item): item for item in before.items}
        new = {key_of(item): item for item in after.items}
        removed = [_item_path(path, item) for key, item in old.items() if key not in new]
        merged = [item for key, item in new.items() if key not in old or not is_equal(old[key], item, (*path, "0"))]
        if all(removed):
            yield _list_request(tuple(name for name in removed if name), merged, path)
    start = len(before.items)
    if all(is_equal(one, other, (*path, "0")) for one, other in zip(before.items, after.items, strict=False)):
        yield _list_request((), list(after.items[start:]), path)
    kept = [item for item in before.items if any(is_equal(item, other, (*path, "0")) for other in after.items)]
    dropped = [_item_path(path, item) for item in before.items if item not in kept]
    if dropped and all(dropped):
        yield _list_request(tuple(name for name in dropped if name), list(after.items[len(kept) :]), path)


def _list_request(removed: tuple[Names, ...], items: list[Node], path: Names) -> ChangeRequest:
    return ChangeRequest(removed=removed, merged=((path, Sequence(tuple(items))),) if items else ())


def _item_path(path: Names, item: Node) -> Names | None:
    names = identity(path, item)
    if names is None:
        return None
    return (*path, item.text if isinstance(item, Scalar) and item.text in names else names[0])


def _produces(before: Node, requested: ChangeRequest, after: Node, path: Names) -> bool:
    """Return whether the requests turn `before` into `after`."""
    tree = nested(path, before)
    try:
        for removed in requested.removed:
            found = find(tree, literal(*removed), identity)
            if not found:
                return False
            tree = delete(tree, found, prune=True)
        for place, value in requested.merged:
            tree = merge(tree, nested(place, value))
    except ComposeVariantError:
        return False
    for place, value in requested.replaced:
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
    """The part that all overlays share, and the remainder of each overlay."""

    common: Mapping
    own: tuple[Mapping, ...]


def split_shared(overlays: List[Mapping]) -> SharedSplit:
    """Split off the part that all overlays share. `common` is empty if they share nothing."""
    common, *others = overlays
    for overlay in others:
        common = Mapping(_chosen_entries(common, overlay, _shared))
    return SharedSplit(common, tuple(Mapping(_chosen_entries(overlay, common, _remaining)) for overlay in overlays))


def _chosen_entries(
    one: Mapping, other: Mapping, choose: Callable[[str, Node, Node | None], Node | None]
) -> tuple[Entry, ...]:
    """Return the entries of a mapping, with values chosen by `choose` from the key and both values."""
    chosen = [(entry.key, choose(entry.name, entry.value, other.get(entry.name))) for entry in one.entries]
    return tuple(Entry(key, value) for key, value in chosen if value is not None)


def _shared(key: str, one: Node, other: Node | None) -> Node | None:
    """Return the common part of the values of a key in two overlays, or None if they share nothing."""
    if key in _LISTS and isinstance(one, Sequence) and isinstance(other, Sequence):
        return _items_of(one, other, common=True)
    if key in _NESTED:
        return _shared_settings(key, one, other)
    return one if other is not None and node_text(one) == node_text(other) else None


def _shared_settings(_: str, one: Node, other: Node | None) -> Node | None:
    if other is None or node_text(one) == node_text(other):
        return None if other is None else one
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return None
    entries = _chosen_entries(one, other, _shared_settings)
    return one.with_entries(entries) if entries else None


def _remaining(key: str, value: Node, common: Node | None) -> Node | None:
    """Return the part of a key's value that is not in the common overlay, or None if nothing remains."""
    if key in _LISTS and isinstance(value, Sequence) and isinstance(common, Sequence):
        return _items_of(value, common, common=False)
    return _remaining_settings(key, value, common)


def _remaining_settings(_: str, value: Node, common: Node | None) -> Node | None:
    if common is None:
        return value
    if node_text(value) == node_text(common) or not isinstance(value, Mapping) or not isinstance(common, Mapping):
        return None
    entries = _chosen_entries(value, common, _remaining_settings)
    return value.with_entries(entries) if entries else None


def _items_of(one: Sequence, other: Sequence, *, common: bool) -> Sequence | None:
    """Return the items that are in the other list (`common`) or are not in it, or None if no item is left."""
    known = {node_text(item) for item in other.items}
    items = tuple(item for item in one.items if (node_text(item) in known) == common)
    return one.with_items(items) if items else None
