"""Merge three texts line by line, as git does. Changes on only one side are applied. Other changes conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.text.line_diff import edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.text.line_diff import LineEdit

    Lines = Sequence[str]


class Conflict(NamedTuple):
    """Lines that both sides changed differently. `line` is the line number in `ours`, counted from 1."""

    line: int
    ancestor: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


class Merged(NamedTuple):
    """The merged text, which has the lines of `ours` where there is a conflict."""

    text: str
    conflicts: tuple[Conflict, ...]


class _Region(NamedTuple):
    """A range of changed lines in the ancestor, and the corresponding ranges in both sides."""

    start: int
    end: int
    ours: tuple[int, int]
    theirs: tuple[int, int]


def three_way(ancestor: str, ours: str, theirs: str) -> Merged:
    """Merge the changes from `ancestor` to `ours` and to `theirs`, with the newline style of `theirs`.

    Overlapping or adjacent edits conflict unless they are equal.
    """
    newline = "\r\n" if "\r\n" in theirs else "\n"
    base, left, right = (_lines(text) for text in (ancestor, ours, theirs))
    parts: list[str] = []
    conflicts: list[Conflict] = []
    at = 0
    for region in _regions(edits(base, left), edits(base, right)):
        parts += base[at : region.start]
        old, mine, other = base[region.start : region.end], left[slice(*region.ours)], right[slice(*region.theirs)]
        taken = other if mine == old else mine
        parts += taken
        if mine not in (old, other) and other != old:
            conflicts.append(Conflict(region.ours[0] + 1, tuple(old), tuple(mine), tuple(other)))
        at = region.end
    parts += base[at:]
    text = "".join(parts)
    return Merged(text.replace("\n", newline) if newline != "\n" else text, tuple(conflicts))


def _lines(text: str) -> list[str]:
    """Split a text into lines only at line feeds, as git does."""
    *ended, last = text.replace("\r\n", "\n").split("\n")
    return [*(f"{line}\n" for line in ended), *([last] if last else [])]


def _regions(ours: Sequence[LineEdit], theirs: Sequence[LineEdit]) -> Iterator[_Region]:
    """Yield the regions that the edits of both sides change, in order. Overlapping or adjacent edits share a region."""
    tagged = sorted([(edit, 0) for edit in ours] + [(edit, 1) for edit in theirs])
    shifts = [0, 0]
    at = 0
    while at < len(tagged):
        group = [tagged[at]]
        end = tagged[at][0].before_end
        while at + len(group) < len(tagged) and tagged[at + len(group)][0].before_start <= end:
            group.append(tagged[at + len(group)])
            end = max(end, group[-1][0].before_end)
        start = group[0][0].before_start
        spans = []
        for side in (0, 1):
            first = start + shifts[side]
            for edit, owner in group:
                if owner == side:
                    shifts[side] += (edit.after_end - edit.after_start) - (edit.before_end - edit.before_start)
            spans.append((first, end + shifts[side]))
        yield _Region(start, end, spans[0], spans[1])
        at += len(group)
