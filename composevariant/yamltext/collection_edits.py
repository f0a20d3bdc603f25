"""Remove entries from block and flow collections and insert new ones."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from composevariant.text import pattern
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

    from composevariant.text import Splices

BlockAddition = tuple[int, list[str]]
"""The index of the entry to insert after (-1: before all entries), and the lines. The first line is not indented."""


class BlockEditor:
    """Edits block collections, given the extents of their entries, which are keys or items."""

    def __init__(self, text: str, splices: Splices, newline: str) -> None:
        self._text = text
        self._splices = splices
        self._newline = newline

    def edit(
        self, extents: list[Extent], removed: set[int], added: SequenceABC[BlockAddition], *, spaced: bool
    ) -> None:
        """Remove the entries with the indices `removed` and insert the new ones. At least one entry must stay.

        Args:
            extents: All entries of the collection, in order.
            removed: Indices of the entries to remove, together with their comments and blank lines.
            added: New entries, in order.
            spaced: Whether to separate entries by blank lines if the collection has only one entry.
        """
        neighbours = Neighbours(self._text, extents)
        if not starts_line(self._text, extents[0].start):
            removed, added = self._keep_first_line(extents, removed, added)
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

    def _keep_first_line(
        self, extents: list[Extent], removed: set[int], added: SequenceABC[BlockAddition]
    ) -> tuple[set[int], list[BlockAddition]]:
        """Edit the entry on the line of a dash, as in `- name: x`, and return the remaining removals and additions."""
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
        """Replace old entries with new ones. The blank lines around the old entries stay."""
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
    """Group consecutive indices into (first, last) pairs. An index for which `adjoin` is false starts a new pair."""
    found: list[tuple[int, int]] = []
    for index in sorted(indices):
        if found and found[-1][1] == index - 1 and adjoin(index):
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


# Flow collections (`[…]`, `{…}`) and their commas.

FlowAddition = tuple[int, str]
"""The index of the element to insert after (-1: before all elements), and the text of the new element."""

_SEPARATOR: Final = pattern(r",\s*")

_COMMA: Final = pattern(r"[ \t]*,")

_LINE_REST: Final = pattern(r"[ \t]*,?[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")


class FlowEditor:
    """Edits flow collections, given the extents of their elements, which are entries or items."""

    def __init__(self, text: str, splices: Splices, blocks: BlockEditor) -> None:
        self._text = text
        self._splices = splices
        self._blocks = blocks

    def edit(self, extents: list[Extent], removed: set[int], added: SequenceABC[FlowAddition]) -> None:
        """Remove elements and insert new ones. At least one element must stay.

        Args:
            extents: All elements, in order.
            removed: Indices of the elements to remove.
            added: New elements, in order.
        """
        kept = [index for index in range(len(extents)) if index not in removed]
        if all(map(self._has_own_lines, extents)):
            self._edit_lines(extents, kept, removed, added)
        else:
            self._edit_inline(extents, kept, removed, added)

    def _has_own_lines(self, extent: Extent) -> bool:
        return starts_line(self._text, extent.start) and bool(_LINE_REST.match(self._text, extent.end))

    def _edit_lines(
        self, extents: list[Extent], kept: list[int], removed: set[int], added: SequenceABC[FlowAddition]
    ) -> None:
        """Edit a collection with one element per line like a block collection, but with commas."""
        ends_in_comma = bool(_COMMA.match(self._text, extents[-1].end))
        last_kept = extents[kept[-1]]
        comma = _COMMA.match(self._text, last_kept.end)
        last_added = max(range(len(added)), key=lambda index: (added[index][0], index), default=-1)
        is_followed = last_added >= 0 and added[last_added][0] >= kept[-1]
        if is_followed and comma is None:
            self._splices.insert(last_kept.end, f"{self._blank(last_kept)},")
        elif not is_followed and comma is not None and not ends_in_comma:
            self._splices.remove(last_kept.end, comma.end())
        bare = last_added if is_followed and not ends_in_comma else -1
        lines = [(after, [text if index == bare else f"{text},"]) for index, (after, text) in enumerate(added)]
        self._blocks.edit(extents, removed, lines, spaced=False)

    def _edit_inline(
        self, extents: list[Extent], kept: list[int], removed: set[int], added: SequenceABC[FlowAddition]
    ) -> None:
        separator = self._separator(extents)
        for first, last in runs(removed):
            if last + 1 < len(extents):
                self._splices.remove(extents[first].start, extents[last + 1].start)
            else:
                self._remove_end(extents[first - 1], extents[first], extents[last])
        for after, text in added:
            place = bisect_right(kept, after) - 1
            if place < 0:
                self._splices.insert(extents[kept[0]].start, f"{text}{separator}")
            else:
                element = extents[kept[place]]
                self._splices.insert(element.end, f"{self._blank(element)}{separator}{text}")

    def _remove_end(self, before: Extent, first: Extent, last: Extent) -> None:
        """Remove the last elements, but keep the comment of the element before them."""
        comma = _COMMA.match(self._text, before.end)
        if comma is not None and "#" in self._text[before.end : first.start]:
            self._splices.remove(before.end, comma.end())
            self._splices.remove(first.start, last.end)
        else:
            self._splices.replace(before.end, last.end, self._blank(before))

    def _blank(self, extent: Extent) -> str:
        """Return the space needed after an element ending with a colon (a key without a value), or an empty string."""
        return " " if self._text[extent.end - 1] == ":" and self._text[extent.end].isspace() else ""

    def _separator(self, extents: list[Extent]) -> str:
        if len(extents) > 1:
            between = self._text[extents[0].end : extents[1].start]
            if _SEPARATOR.fullmatch(between):
                return between
        return ", "
