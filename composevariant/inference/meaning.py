"""The meaning of a part of a Compose file as comparable data: notation is ignored, list order is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import Comparable, item_key, notation_of
from composevariant.preview import differences, split_difference
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from composevariant.tree import Node, Path

_MODEL: Final = Comparable(item_key)


def meaning(node: Node, path: Path) -> object:
    """Return the meaning of the node at a path."""
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
    """Whether two nodes mean the same at a path; None is a missing setting."""
    if one is None or other is None or one is other:
        return one is other
    return meaning(one, path) == meaning(other, path)


def distance(before: Mapping, after: Mapping) -> int:
    """Return the number of settings in which two trees differ."""
    return sum(len(split_difference(each)) for each in differences(*_MODEL.both(before, after)))
