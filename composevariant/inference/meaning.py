"""What a part of a Compose file means, as data that compares: notation does not count, the order of lists does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import Comparable, item_key, notation_of
from composevariant.preview import apart, differences
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from composevariant.tree import Node, Path

_MODEL: Final = Comparable(item_key)


def meaning(node: Node, path: Path) -> object:
    """The meaning of the node at a path."""
    if node.tag in ("!reset", "!override") or isinstance(node, Scalar):
        return _MODEL.data(node, path)
    if notation_of(path) in ("pairs", "names"):
        return _MODEL.data(node, path)
    if isinstance(node, Sequence):
        return tuple(_item(item, (*path, index)) for index, item in enumerate(node.items))
    return {entry.name: meaning(entry.value, (*path, entry.name)) for entry in node.entries}


def _item(item: Node, path: Path) -> object:
    place, data = _MODEL.placed(item, path)
    return (str(place[-1]), data)


def is_equal(one: Node | None, other: Node | None, path: Path) -> bool:
    """Whether two nodes mean the same at a path; None is a setting that is not there."""
    if one is None or other is None or one is other:
        return one is other
    return meaning(one, path) == meaning(other, path)


def distance(before: Mapping, after: Mapping) -> int:
    """In how many settings two trees differ."""
    return sum(len(apart(each)) for each in differences(*_MODEL.both(before, after)))
