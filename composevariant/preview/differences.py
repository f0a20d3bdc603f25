"""What differs between two models, found by deepdiff."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.preview.model import Data, Path


class Difference(NamedTuple):
    """One thing that is there on one side only (None on the other), or not the same on both."""

    path: Path
    before: Data | None
    after: Data | None


def differences(before: Data, after: Data) -> list[Difference]:
    """Everything that differs, in the order of `before`; what is new comes last in its mapping."""
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    # deepdiff would otherwise not go into mappings that have little in common, and pass over keys that start with __.
    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    listed = []
    for level in chain.from_iterable(found.tree.values()):
        old, new = (None if side is notpresent else cast("Data", side) for side in (level.t1, level.t2))
        listed.append(Difference(tuple(level.path(output_format="list")), old, new))
    return _in_order(listed, before, after)


def _in_order(found: Iterable[Difference], before: Data, after: Data) -> list[Difference]:
    orders: dict[Path, dict[str | int, int]] = {}

    def rank(difference: Difference) -> list[int]:
        sides, ranks = [before, after], list[int]()
        for depth, key in enumerate(difference.path):
            order = orders.get(difference.path[:depth])
            if order is None:
                order = orders[difference.path[:depth]] = _order(sides)
            ranks.append(order[key])
            sides = [side for side in (_child(side, key) for side in sides) if side is not None]
        return ranks

    return sorted(found, key=rank)


def _order(sides: Iterable[Data]) -> dict[str | int, int]:
    """The place of each key: those of the first side before those that only the second one has."""
    keys = dict.fromkeys(chain.from_iterable(map(_keys, sides)))
    return {key: place for place, key in enumerate(keys)}


def _keys(data: Data) -> Iterable[str | int]:
    return data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()


def _child(data: Data, key: str | int) -> Data | None:
    if isinstance(data, dict) and isinstance(key, str):
        return data.get(key)
    return data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None
