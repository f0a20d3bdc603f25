"""Takes entries out of block collections and puts new ones in, line by line."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from composevariant.yamltext.lines import (
    Extent,
    Neighbours,
    column,
    end_above,
    has_head,
    head_start,
    line_start,
    starts_line,
    tail_end,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as SequenceABC

    from composevariant.splices import Splices

Addition = tuple[int, list[str]]
"""The index of the entry after which new lines go (-1: before all), and the lines, the first without indentation."""


class BlockEditor:
    """Works on extents; what an entry is, key or item, is the caller's business."""

    def __init__(self, text: str, splices: Splices, newline: str) -> None:
        self._text = text
        self._splices = splices
        self._newline = newline

    def edit(self, extents: list[Extent], removed: set[int], added: SequenceABC[Addition], *, spaced: bool) -> None:
        """Remove the entries with the indices `removed` and put in the new ones; at least one entry stays.

        Args:
            extents: All entries of the collection, in order.
            removed: Indices of those to take out, with the comments and blank lines that go with them.
            added: New entries in their order.
            spaced: Whether entries are set apart by blank lines where this collection itself does not show it.
        """
        neighbours = Neighbours(self._text, extents)
        if not starts_line(self._text, extents[0].start):
            removed, added = self._behind_dash(extents, removed, added)
        gap = bool(added) and (spaced if neighbours.spaced is None else neighbours.spaced)
        holes = runs(removed, neighbours.adjoin)
        fillings: list[list[list[str]]] = [[] for _ in holes]
        for after, lines in added:
            hole = bisect_right(holes, (after + 1, len(extents))) - 1
            if hole >= 0 and after <= holes[hole][1]:
                fillings[hole].append(lines)
            else:
                self._add(extents, after, lines, gap=gap)
        for (first, last), new in zip(holes, fillings, strict=True):
            if new:
                self._replace(extents, neighbours.lines_of(first, last, removed), new, gap=gap)
            else:
                self._splices.remove(*neighbours.removal(first, last, removed))

    def _behind_dash(
        self, extents: list[Extent], removed: set[int], added: SequenceABC[Addition]
    ) -> tuple[set[int], list[Addition]]:
        """Settle what stands on the line of a dash, as in `- name: x`; gives what is left to remove and to add."""
        text, newline = self._text, self._newline
        start = extents[0].start
        indent = " " * column(text, start)
        kept = next(index for index in range(len(extents)) if index not in removed)
        new = [newline.join(lines) for after, lines in added if after < kept]
        following = extents[kept]
        headed = kept > 0 and has_head(text, following)
        end = line_start(text, head_start(text, following)) if headed else following.start
        if new:
            block = f"{newline}{indent}".join(new)
            self._splices.insert(start, f"{block}{newline}{'' if headed else indent}")
        elif headed:
            dash_line = line_start(text, start)
            start = dash_line + len(text[dash_line:start].rstrip(" "))
            end = end_above(text, end)
        if kept:
            self._splices.remove(start, end)
        return {index for index in removed if index > kept}, [new for new in added if new[0] >= kept]

    def _replace(self, extents: list[Extent], place: tuple[int, int], new: list[list[str]], *, gap: bool) -> None:
        """Put new entries in the place of old ones; the blank lines around these stay."""
        start, end = place
        between = f"{self._newline}{self._newline}" if gap else self._newline
        ends_line = self._text[end - 1] == "\n"
        block = between.join(self._block(extents, lines) for lines in new)
        self._splices.replace(start, end, f"{block}{self._newline}" if ends_line else block)

    def _add(self, extents: list[Extent], after: int, lines: list[str], *, gap: bool) -> None:
        text, newline = self._text, self._newline
        block = self._block(extents, lines)
        at = tail_end(text, extents[after]) if after >= 0 else head_start(text, extents[0])
        before = newline if gap and not (after >= 0 and extents[after].keeps_blanks) else ""
        if after < 0:
            self._splices.insert(at, f"{block}{newline}{before}")
        elif line_start(text, at) != at or (at == len(text) and not text.endswith("\n")):
            self._splices.insert(at, f"{newline}{before}{block}")
        else:
            self._splices.insert(at, f"{before}{block}{newline}")

    def _block(self, extents: list[Extent], lines: list[str]) -> str:
        indent = " " * column(self._text, extents[0].start)
        return self._newline.join([f"{indent}{lines[0]}", *lines[1:]])


def runs(indices: set[int], adjoin: Callable[[int], bool] = lambda _: True) -> list[tuple[int, int]]:
    """Neighbouring indices as (first, last) pairs, as far as each adjoins the one before it."""
    found: list[tuple[int, int]] = []
    for index in sorted(indices):
        if found and found[-1][1] == index - 1 and adjoin(index):
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found
