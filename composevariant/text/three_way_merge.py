"""Three texts merged line by line, as git merges them: what only one side changed is taken, the rest is a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.text.line_diff import edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.text.line_diff import Edit

    Lines = Sequence[str]


class Conflict(NamedTuple):
    """Lines that both sides changed, differently. `line` counts from 1, in the text of the first side."""

    line: int
    ancestor: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


class Merged(NamedTuple):
    """The merged text; where there are conflicts, it holds what the first side has."""

    text: str
    conflicts: tuple[Conflict, ...]


class _Region(NamedTuple):
    """Lines of the ancestor that a side changed, and what stands there on both sides."""

    start: int
    end: int
    ours: tuple[int, int]
    theirs: tuple[int, int]


def three_way(ancestor: str, ours: str, theirs: str) -> Merged:
    """Merge what `ours` and `theirs` made of the ancestor. Edits that touch each other conflict, unless they are equal.

    The newline style is that of `theirs`.
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
    """Lines end at line feeds alone, as for git."""
    *ended, last = text.replace("\r\n", "\n").split("\n")
    return [*(f"{line}\n" for line in ended), *([last] if last else [])]


def _regions(ours: Sequence[Edit], theirs: Sequence[Edit]) -> Iterator[_Region]:
    """The edits of both sides in order; those that overlap or touch are one region."""
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
