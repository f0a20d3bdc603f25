"""Align the items of two lists, and compare two trees."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.text import longest_rising
from composevariant.tree.nodes import Entry, Mapping, Node, Scalar, Sequence, same

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from collections.abc import Sequence as SequenceABC

    from composevariant.source import Location
    from composevariant.tree.nodes import Path


def align(
    old: SequenceABC[Node], new: SequenceABC[Node], key: Callable[[Node], str | None] = lambda _: None
) -> list[int | None]:
    """Return the index of the matching old item, or None, for each new item.

    Items are paired first by origin, then by identity key, and then by equal meaning. The indices rise, so a moved item
    counts as new.
    """
    by_node: dict[Hashable, list[int]] = defaultdict(list)
    for position, item in enumerate(old):
        by_node[id(item)].append(position)
    found: list[int | None] = []
    last = -1
    for item in new:
        index = _taken_after(last, _of_origin(item, by_node))
        last = last if index is None else index
        found.append(index)
    by_meaning: dict[Hashable, list[int]] = defaultdict(list)
    paired = set(found)
    for position, item in enumerate(old):
        if position not in paired:
            by_meaning[_token(item, key)].append(position)
    last = -1
    for place, item in enumerate(new):
        if found[place] is None and by_meaning:
            found[place] = _taken_after(last, by_meaning.get(_token(item, key)))
        last = last if (index := found[place]) is None else index
    return longest_rising(found)


def _of_origin(item: Node, by_node: dict[Hashable, list[int]]) -> list[int] | None:
    """Return the old positions of `item` or its nearest origin. A shared node has several positions."""
    node: Node | None = item
    while node is not None:
        if by_node.get(id(node)):
            return by_node[id(node)]
        node = node.origin
    return None


def _taken_after(last: int, positions: list[int] | None) -> int | None:
    """Remove and return the first position that is at least `last`, or the first position if there is none."""
    if not positions:
        return None
    at = bisect_left(positions, last)
    return positions.pop(at if at < len(positions) else 0)


def _token(item: Node, key: Callable[[Node], str | None]) -> Hashable:
    known = key(item)
    return ("key", known) if known is not None else fingerprint(item)


def fingerprint(node: Node) -> Hashable:
    """Return a dict key for a node. Nodes that are the same according to `tree.same` have equal keys."""
    if isinstance(node, Scalar):
        meaning = node.meaning
        return meaning.kind, node.text if meaning.kind in ("int", "float") else str(meaning.value), node.tag
    if isinstance(node, Mapping):
        return "mapping", frozenset((name, fingerprint(value)) for name, value in node.items())
    return "list", tuple(map(fingerprint, node.items))


Kind = Literal["set", "insert", "remove", "rename", "replace item"]


class Change(NamedTuple):
    """A change that an operation made to one setting.

    `path` is the path in the tree after the change, or before the change for a removal. For a rename, `before` and
    `after` are the keys.
    """

    kind: Kind
    path: Path
    before: Node | None
    after: Node | None
    operation: str = ""
    location: Location | None = None


class Cause(NamedTuple):
    """The operation that makes the changes, and the location of the operation in the overlay."""

    operation: str = ""
    location: Location | None = None


def compare(
    before: Node, after: Node, item_key: Callable[[Path, Node], str | None], cause: Cause | None = None
) -> list[Change]:
    """Return all changes from one resolved tree to another, in document order. Shared parts are skipped."""
    return list(_Comparison(item_key, cause or Cause()).node((), before, after))


class _Comparison:
    def __init__(self, item_key: Callable[[Path, Node], str | None], cause: Cause) -> None:
        self._item_key = item_key
        self._cause = cause

    def _change(self, kind: Kind, path: Path, before: Node | None, after: Node | None) -> Change:
        return Change(kind, path, before, after, self._cause.operation, self._cause.location)

    def node(self, path: Path, before: Node, after: Node) -> Iterator[Change]:
        if before is after:
            return
        if isinstance(before, Mapping) and isinstance(after, Mapping) and before.tag == after.tag:
            yield from self._mapping(path, before, after)
        elif isinstance(before, Sequence) and isinstance(after, Sequence) and before.tag == after.tag:
            yield from self._sequence(path, before, after)
        elif not same(before, after):
            in_list = bool(path) and isinstance(path[-1], int)
            yield self._change("replace item" if in_list else "set", path, before, after)

    def _mapping(self, path: Path, before: Mapping, after: Mapping) -> Iterator[Change]:
        renamed = {id(entry.key.origin): entry for entry in after.entries if entry.key.origin is not None}
        keys = {id(entry.key) for entry in before.entries}
        seen: set[int] = set()
        for entry in before.entries:
            new = renamed.get(id(entry.key)) or after.entry(entry.name)
            if new is None or (id(new.key.origin) in keys and new.key.origin is not entry.key):
                yield self._change("remove", (*path, entry.name), entry.value, None)
                continue
            seen.add(id(new))
            if entry.value is not new.value or entry.key is not new.key:
                yield from self._entry(path, entry, new)
        for entry in after.entries:
            if id(entry) not in seen:
                yield self._change("insert", (*path, entry.name), None, entry.value)

    def _entry(self, path: Path, old: Entry, new: Entry) -> Iterator[Change]:
        if old.name != new.name:
            yield self._change("rename", (*path, new.name), old.key, new.key)
        yield from self.node((*path, new.name), old.value, new.value)

    def _sequence(self, path: Path, before: Sequence, after: Sequence) -> Iterator[Change]:
        found = align(before.items, after.items, lambda item: self._item_key(path, item))
        kept = {index for index in found if index is not None}
        for index, item in enumerate(before.items):
            if index not in kept:
                yield self._change("remove", (*path, index), item, None)
        for place, (was, item) in enumerate(zip(found, after.items, strict=True)):
            if was is None:
                yield self._change("insert", (*path, place), None, item)
            else:
                yield from self.node((*path, place), before.items[was], item)
