"""Compare two texts line by line. The comparison is exact, and fast for long texts that are mostly equal.

difflib alone takes seconds for a Compose file of 24,000 lines. Here the lines that occur once in both texts are anchors
(as in `git diff --patience`), and difflib only compares the small gaps between them. For any texts, the time grows as n
log n.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    Places = dict[Hashable, int]
    """The line numbers of distinguishable lines, in ascending order."""

_SMALL: Final = 4096
"""The maximum product of the two line counts for which difflib is fast on any texts."""


class LineEdit(NamedTuple):
    """Replaced lines and their replacement, as line numbers from 0 with exclusive ends. Either side may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


class Hunk(NamedTuple):
    """Edits to show together, and the lines from the first to the last edit on both sides, including context."""

    span: LineEdit
    edits: tuple[LineEdit, ...]


def edits(before: Sequence[str], after: Sequence[str]) -> list[LineEdit]:
    """Return the edits from `before` to `after`, in order. At least one unchanged line lies between two edits."""
    whole = _trimmed(before, after, LineEdit(0, len(before), 0, len(after)))
    return [edit for gap in _between(before, after, whole, _unique) for edit in _within(before, after, gap)]


def hunks(changed: Sequence[LineEdit], before: int, after: int, context: int = 3) -> Iterator[Hunk]:
    """Group edits into hunks with `context` lines around each. `before` and `after` are numbers of lines."""
    group: list[LineEdit] = []
    for edit in changed:
        if group and edit.before_start - group[-1].before_end > 2 * context:
            yield _hunk(group, before, after, context)
            group = []
        group.append(edit)
    if group:
        yield _hunk(group, before, after, context)


def _hunk(group: list[LineEdit], before: int, after: int, context: int) -> Hunk:
    first, last = group[0], group[-1]
    above = min(context, first.before_start)
    below = min(context, before - last.before_end, after - last.after_end)
    return Hunk(
        LineEdit(
            first.before_start - above, last.before_end + below, first.after_start - above, last.after_end + below
        ),
        tuple(group),
    )


def _within(before: Sequence[str], after: Sequence[str], gap: LineEdit) -> Iterator[LineEdit]:
    """Yield the edits of a gap without anchors."""
    ours, theirs = gap.before_end - gap.before_start, gap.after_end - gap.after_start
    if min(ours, theirs) == 0 or ours == theirs == 1:
        yield gap
    elif ours * theirs <= _SMALL:
        yield from _compared(before, after, gap)
    else:
        yield from _between(before, after, gap, _numbered)


def _compared(before: Sequence[str], after: Sequence[str], gap: LineEdit) -> Iterator[LineEdit]:
    from difflib import SequenceMatcher

    ours, theirs = before[gap.before_start : gap.before_end], after[gap.after_start : gap.after_end]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            row, new_row = gap.before_start, gap.after_start
            yield LineEdit(row + start, row + end, new_row + new_start, new_row + new_end)


def _between(
    before: Sequence[str], after: Sequence[str], gap: LineEdit, places: Callable[[Sequence[str], int, int], Places]
) -> Iterator[LineEdit]:
    """Yield the gaps between the anchors in a gap. `places` finds the lines that can be anchors."""
    old = places(before, gap.before_start, gap.before_end)
    new = places(after, gap.after_start, gap.after_end)
    shared = [(old[line], at) for line, at in new.items() if line in old]
    anchors = longest_rising([at for at, _ in shared])
    row, new_row = gap.before_start, gap.after_start
    for kept, (at, new_at) in zip((*anchors, 0), (*shared, (gap.before_end, gap.after_end)), strict=True):
        if kept is None:
            continue
        if before[row:at] != after[new_row:new_at]:
            yield _trimmed(before, after, LineEdit(row, at, new_row, new_at))
        row, new_row = at + 1, new_at + 1


def _unique(lines: Sequence[str], start: int, end: int) -> Places:
    """Return the lines that occur only once."""
    places: dict[Hashable, int] = {}
    again: set[str] = set()
    for at in range(start, end):
        if places.setdefault(lines[at], at) != at:
            again.add(lines[at])
    for line in again:
        del places[line]
    return places


def _numbered(lines: Sequence[str], start: int, end: int) -> Places:
    """Return all lines, numbered so that the second `restart: always` of one text matches the second of the other."""
    places: dict[Hashable, int] = {}
    counts: dict[str, int] = {}
    for at in range(start, end):
        line = lines[at]
        counts[line] = counts.get(line, 0) + 1
        places[line, counts[line]] = at
    return places


def _trimmed(before: Sequence[str], after: Sequence[str], gap: LineEdit) -> LineEdit:
    """Return the gap without equal lines at its start and end."""
    start, end, new_start, new_end = gap
    while start < end and new_start < new_end and before[start] == after[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and before[end - 1] == after[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return LineEdit(start, end, new_start, new_end)


def longest_rising(found: list[int | None]) -> list[int | None]:
    """Keep the longest rising subsequence of indices, and replace the other indices with None."""
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
