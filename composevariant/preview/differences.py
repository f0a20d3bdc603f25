"""What differs between two models, found by deepdiff."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    places = {path: number for number, path in enumerate(_paths(before, after))}
    listed = []
    for level in chain.from_iterable(found.tree.values()):
        old, new = (None if side is notpresent else cast("Data", side) for side in (level.t1, level.t2))
        listed.append(Difference(tuple(level.path(output_format="list")), old, new))
    return sorted(listed, key=lambda difference: places[difference.path])


def _paths(before: Data | None, after: Data | None, path: Path = ()) -> Iterator[Path]:
    """All paths of both sides in order; deepdiff groups what it finds by kind."""
    yield path
    old, new = _members(before), _members(after)
    for key in old | new:
        yield from _paths(old.get(key), new.get(key), (*path, key))


def _members(data: Data | None) -> dict[str | int, Data]:
    if isinstance(data, list):
        return dict(enumerate(data))
    return dict(data.items()) if isinstance(data, dict) else {}
