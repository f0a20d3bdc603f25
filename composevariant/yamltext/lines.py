"""Find the lines, comments and blank lines that belong to each entry of a block collection.

The rules are in `docs/design.md`, "Comments". An entry is a key of a mapping or an item of a list. The column of an
entry is the column of its key or dash.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from composevariant.text import pattern

_RULER: Final = pattern(r"[-=#*~_+]{3,}|[─━═]{3,}")
_LINE: Final = re.compile(r"[ \t]*(#)?[^\n]*")
_BLANK_LINE: Final = re.compile(r"\n[^\S\n]*\n")


class Extent(NamedTuple):
    """The offsets of an entry: `start` is that of the key or dash, and `end` is after the content of the value."""

    start: int
    end: int
    keeps_blanks: bool = False
    """Whether the entry ends with a block scalar that keeps trailing blank lines, such as `|+`."""


def line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Return the offset of the line break (LF or CRLF) after `offset`, or the end of the text."""
    at = text.find("\n", offset)
    if at < 0:
        return len(text)
    return at - 1 if at > offset and text[at - 1] == "\r" else at


def next_line(text: str, offset: int) -> int:
    """Return the start of the line after the one that contains `offset`, or the end of the text."""
    at = text.find("\n", offset)
    return len(text) if at < 0 else at + 1


def end_above(text: str, start: int) -> int:
    """Return the end of the line above the line that starts at `start`, without the line break."""
    if start == 0 or text[start - 1] != "\n":
        return start
    return start - 2 if text[start - 2 : start - 1] == "\r" else start - 1


def column(text: str, offset: int) -> int:
    return offset - line_start(text, offset)


def starts_line(text: str, offset: int) -> bool:
    """Return whether only spaces precede `offset` on its line."""
    return not text[line_start(text, offset) : offset].strip(" ")


def is_blank(text: str, start: int) -> bool:
    return not text[start : line_end(text, start)].strip()


def comment_column(text: str, start: int) -> int | None:
    """Return the column of the comment on a line that contains only a comment, or None for other lines."""
    line = text[start : line_end(text, start)]
    content = line.lstrip()
    return len(line) - len(content) if content.startswith("#") else None


def tail_end(text: str, extent: Extent) -> int:
    """Return the start of the first line after the entry and the more deeply indented comments below it."""
    own = column(text, extent.start)
    end = at = next_line(text, extent.end)
    while at < len(text):
        comment = comment_column(text, at)
        if comment is None:
            if not is_blank(text, at):
                break
        elif comment > own:
            end = next_line(text, at)
        else:
            break
        at = next_line(text, at)
    return end


def head_start(text: str, extent: Extent) -> int:
    """Return the start of the comment block directly above the entry, or of the entry's line if there is none.

    The comments must start at the column of the entry.
    """
    own = column(text, extent.start)
    start = line_start(text, extent.start)
    while start > 0:
        above = line_start(text, start - 1)
        if comment_column(text, above) != own:
            break
        start = above
    return start


def has_head(text: str, extent: Extent) -> bool:
    return head_start(text, extent) < line_start(text, extent.start)


def blanks_before(text: str, start: int) -> int:
    """Return the start of the run of blank lines that ends at the line start `start`."""
    while start > 0:
        above = line_start(text, start - 1)
        if not is_blank(text, above):
            break
        start = above
    return start


def blanks_after(text: str, start: int) -> int:
    """Return the end of the run of blank lines that begins at the line start `start`."""
    while start < len(text) and is_blank(text, start):
        start = next_line(text, start)
    return start


def separated(text: str, first: Extent, second: Extent) -> bool:
    """Return whether a blank line separates two neighbouring entries."""
    end = tail_end(text, first)
    return blanks_after(text, end) > end or blanks_before(text, head_start(text, second)) < head_start(text, second)


class Neighbours:
    """The entries of one block collection, in order, and the lines to remove with them."""

    def __init__(self, text: str, extents: list[Extent]) -> None:
        self._text = text
        self._extents = extents

    @cached_property
    def _gaps(self) -> list[bool]:
        text, extents = self._text, self._extents
        if not _BLANK_LINE.search(text, extents[0].start, extents[-1].start):
            return [False] * (len(extents) - 1)
        return [separated(text, first, second) for first, second in pairwise(extents)]

    @property
    def spaced(self) -> bool | None:
        """Whether blank lines separate most neighbours, or None if there is only one entry."""
        return sum(self._gaps) * 2 > len(self._gaps) if self._gaps else None

    @cached_property
    def _in_groups(self) -> bool:
        """Whether blank lines separate groups of entries."""
        return len(set(self._gaps)) > 1

    def adjoin(self, index: int) -> bool:
        """Return whether no other comment lies between an entry and the entry above it."""
        text, extents = self._text, self._extents
        end = tail_end(text, extents[index - 1])
        return blanks_after(text, end) >= head_start(text, extents[index])

    def lines_of(self, first: int, last: int, removed: set[int]) -> tuple[int, int]:
        """Return the start and end of the lines of the entries `first` to `last`, with their comments."""
        return self._removed_head(first, removed), tail_end(self._text, self._extents[last])

    def removal(self, first: int, last: int, removed: set[int]) -> tuple[int, int]:
        """Return the start and end of the lines to remove for the entries `first` to `last`. One blank gap stays."""
        start, end = self.lines_of(first, last, removed)
        before, after = blanks_before(self._text, start), blanks_after(self._text, end)
        if first > 0:  # a line of spaces may be the last line of the text above
            before = max(before, next_line(self._text, self._extents[first - 1].end))
        if first > 0 and self._extents[first - 1].keeps_blanks:
            return start, after  # all blank lines above are content, and those below would become content
        if last + 1 == len(self._extents):
            return before, end
        return start, after if before < start or first == 0 else end

    def _removed_head(self, index: int, removed: set[int]) -> int:
        """Return where a removal starts, which is at the comment above unless it also heads remaining entries."""
        text, extent = self._text, self._extents[index]
        own_line = line_start(text, extent.start)
        start = head_start(text, extent)
        if start == own_line:
            return own_line
        ruled = _RULER.search(text, start, own_line) is not None
        return start if self._headed_entries(index, ruled=ruled) <= removed else own_line

    def _headed_entries(self, index: int, *, ruled: bool) -> set[int]:
        """Return the indices of the entries that the comment above entry `index` heads.

        A banner (a comment with a ruler) heads all entries up to the next comment. Another comment heads several
        entries only if blank lines separate groups of entries in the collection.
        """
        group = {index}
        if not ruled and not self._in_groups:
            return group
        for following in range(index + 1, len(self._extents)):
            if has_head(self._text, self._extents[following]) or (not ruled and self._gaps[following - 1]):
                break
            group.add(following)
        return group
