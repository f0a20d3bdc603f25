"""Which item of a changed list was which item before."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from composevariant.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from collections.abc import Sequence as SequenceABC


def align(
    old: SequenceABC[Node], new: SequenceABC[Node], key: Callable[[Node], str | None] = lambda _: None
) -> list[int | None]:
    """For each new item the index of the old one that it was, or None. Indices rise: what moved counts as new.

    Items are paired by origin first, then by identity key, then by equal meaning.
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
    return rising(found)


def _of_origin(item: Node, by_node: dict[Hashable, list[int]]) -> list[int] | None:
    """Where the node that `item` is, or that it takes the place of, stood; one that is shared stood several times."""
    node: Node | None = item
    while node is not None:
        if by_node.get(id(node)):
            return by_node[id(node)]
        node = node.origin
    return None


def _taken_after(last: int, positions: list[int] | None) -> int | None:
    """Take out the first of some positions behind `last`, else the first of all."""
    if not positions:
        return None
    at = bisect_left(positions, last)
    return positions.pop(at if at < len(positions) else 0)


def _token(item: Node, key: Callable[[Node], str | None]) -> Hashable:
    known = key(item)
    return ("key", known) if known is not None else fingerprint(item)


def fingerprint(node: Node) -> Hashable:
    """Equal for nodes that mean the same (as `tree.same` has it), so that they can be found in a dict."""
    if isinstance(node, Scalar):
        meaning = node.meaning
        return meaning.kind, node.text if meaning.kind in ("int", "float") else str(meaning.value), node.tag
    if isinstance(node, Mapping):
        return "mapping", frozenset((name, fingerprint(value)) for name, value in node.items())
    return "list", tuple(map(fingerprint, node.items))


def rising(found: list[int | None]) -> list[int | None]:
    """Keep the longest run of rising indices."""
    tails: list[int] = []
    tail_places: list[int] = []
    before: list[int | None] = [None] * len(found)
    for place, index in enumerate(found):
        if index is None:
            continue
        at = bisect_left(tails, index)
        tails[at : at + 1] = [index]
        tail_places[at : at + 1] = [place]
        before[place] = tail_places[at - 1] if at else None
    kept: set[int] = set()
    place_at = tail_places[-1] if tail_places else None
    while place_at is not None:
        kept.add(place_at)
        place_at = before[place_at]
    return [index if place in kept else None for place, index in enumerate(found)]
