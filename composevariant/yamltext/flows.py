"""Takes elements out of flow collections (`[…]`, `{…}`) and puts new ones in, with their commas."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from composevariant.patterns import pattern
from composevariant.yamltext.blocks import runs
from composevariant.yamltext.lines import starts_line

if TYPE_CHECKING:
    from collections.abc import Sequence as SequenceABC

    from composevariant.splices import Splices
    from composevariant.yamltext.blocks import BlockEditor
    from composevariant.yamltext.lines import Extent

Addition = tuple[int, str]
"""The index of the element after which a new one goes (-1: before all), and its text."""

_SEPARATOR: Final = pattern(r",\s*")
_COMMA: Final = pattern(r"[ \t]*,")
_LINE_REST: Final = pattern(r"[ \t]*,?[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")


class FlowEditor:
    """Works on extents; what an element is, entry or item, is the caller's business."""

    def __init__(self, text: str, splices: Splices, blocks: BlockEditor) -> None:
        self._text = text
        self._splices = splices
        self._blocks = blocks

    def edit(self, extents: list[Extent], removed: set[int], added: SequenceABC[Addition]) -> None:
        """Remove elements and add new ones; at least one stays.

        Args:
            extents: All elements, in order.
            removed: Indices of those to take out.
            added: New elements in their order.
        """
        kept = [index for index in range(len(extents)) if index not in removed]
        if all(map(self._has_own_lines, extents)):
            self._edit_lines(extents, kept, removed, added)
        else:
            self._edit_inline(extents, kept, removed, added)

    def _has_own_lines(self, extent: Extent) -> bool:
        return starts_line(self._text, extent.start) and bool(_LINE_REST.match(self._text, extent.end))

    def _edit_lines(
        self, extents: list[Extent], kept: list[int], removed: set[int], added: SequenceABC[Addition]
    ) -> None:
        """One element a line: as in a block collection, only that all but perhaps the last have a comma."""
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
        self, extents: list[Extent], kept: list[int], removed: set[int], added: SequenceABC[Addition]
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
        """Remove the last elements, but not the comment of the one before them."""
        comma = _COMMA.match(self._text, before.end)
        if comma is not None and "#" in self._text[before.end : first.start]:
            self._splices.remove(before.end, comma.end())
            self._splices.remove(first.start, last.end)
        else:
            self._splices.replace(before.end, last.end, self._blank(before))

    def _blank(self, extent: Extent) -> str:
        """An entry without a value ends with its colon, which needs a blank behind it."""
        return " " if self._text[extent.end - 1] == ":" and self._text[extent.end].isspace() else ""

    def _separator(self, extents: list[Extent]) -> str:
        if len(extents) > 1:
            between = self._text[extents[0].end : extents[1].start]
            if _SEPARATOR.fullmatch(between):
                return between
        return ", "
