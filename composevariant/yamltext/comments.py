"""Find the comments of a node: directly above an entry, inside it, and at the end of its line.

The rules are in `docs/design.md`, "Comments". Comments are read from the text around a node, because a node does not
know its neighbours after a merge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.text import pattern
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.yamltext.lines import (
    Extent,
    column,
    comment_column,
    head_start,
    is_blank,
    line_end,
    line_start,
    next_line,
    tail_end,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterator

    from composevariant.source import Source
    from composevariant.tree import Node

_TRAILING: Final = pattern(r"[ \t]+#[^\r\n]*")
_TRAILING_KEY: Final = pattern(r"\s*:(?:[ \t]+[&!*][^\s#]*)*([ \t]+#[^\r\n]*)")
_TRAILING_HEADER: Final = pattern(r"[^\s#]*([ \t]+#[^\r\n]*)")
_TRAILING_WORDS: Final = pattern(
    r"""(?:"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[^"'#\s]|(?<=\S)\#|[ \t](?![ \t]*\#))*+([ \t]+\#[^\r\n]*)"""
)
_DASH: Final = pattern(r" *- *")


class Comments:
    """Finds the comments of nodes that were parsed from the given sources."""

    def __init__(self, sources: Collection[Source] = ()) -> None:
        self._sources = sources

    def knows(self, node: Node) -> bool:
        """Return whether the node is written in one of the sources."""
        return bool(self._sources) and node.span is not None and node.span.source in self._sources

    def _origin(self, node: Node) -> Node:
        """Return the nearest origin of `node` in one of the sources, such as the key that became a list item."""
        found: Node | None = node
        while found is not None and not self.knows(found):
            found = found.origin
        return found or node

    def above(self, node: Node, *, item: bool = False) -> list[str]:
        """Return the lines of the comment block directly above a key, or above a list item if `item` is true."""
        place = self._place(node, item=item)
        if place is None:
            return []
        text, start = place
        return list(_lines(text, head_start(text, Extent(start, start)), line_start(text, start)))

    def before(self, node: Node, *, item: bool = False) -> list[str]:
        """Return all comment lines and blank lines between a key or list item and the entry above it."""
        place = self._place(node, item=item)
        if place is None:
            return []
        text, start = place
        end = at = line_start(text, start)
        while at > 0 and _is_passed(text, above := line_start(text, at - 1)):
            at = above
        if not _is_first(text, at, column(text, start)):
            at = _after_tail(text, at, end, column(text, start))
        return list(_lines(text, at, end))

    def trailing(self, key: Node | None, value: Node) -> str:
        """Return the end-of-line comment of an entry (or an item if `key` is None), including the spaces before it."""
        node = value if key is None else key
        written = self._origin(node)
        if not self.knows(written) or written.span is None:
            return ""
        text, end = written.span.source.text, written.span.end
        if written is not node:
            return _found(_TRAILING_WORDS, text, end, 1)
        span = value.span or self._origin(value).span
        if span is not None and span.source is written.span.source and (key is None or span.begin >= end):
            if isinstance(value, Scalar) and value.style in ("|", ">"):
                return _found(_TRAILING_HEADER, text, span.start, 1)
            if span.end > span.begin and (isinstance(value, Scalar) or value.flow):
                return _found(_TRAILING, text, span.end, 0)
        return "" if key is None else _found(_TRAILING_KEY, text, end, 1)

    def below(self, node: Node, value: Node) -> list[str]:
        """Return the comments below the last line of an entry or item that do not belong to one of its children."""
        place, span = self._place(node, item=node is value), value.span
        if place is None or span is None or span.source is not (node.span and node.span.source):
            return []
        text, start = place
        if span.end < start or (isinstance(value, Scalar) and value.style in ("|", ">")):
            return []
        at, end = next_line(text, span.end), tail_end(text, Extent(start, span.end))
        if isinstance(value, (Mapping, Sequence)) and not value.flow:
            child = column(text, span.start)
            while at < end and (is_blank(text, at) or (comment_column(text, at) or 0) > child):
                at = next_line(text, at)
        return list(_lines(text, at, end))

    def _place(self, node: Node, *, item: bool) -> tuple[str, int] | None:
        """Return the text and the offset of a key, or of the dash of an item. Return None if other text precedes it."""
        written = self._origin(node)
        if not self.knows(written) or written.span is None:
            return None
        text, begin = written.span.source.text, written.span.begin
        before = text[line_start(text, begin) : begin]
        respelled = written is not node  # a list item rewritten as a key, or the reverse
        if not before.strip(" ") and (respelled or not item):
            return text, begin
        if not item and not respelled:
            return None
        return (text, begin - len(before) + before.index("-")) if _DASH.fullmatch(before) else None


def _is_passed(text: str, start: int) -> bool:
    return is_blank(text, start) or comment_column(text, start) is not None


def _is_first(text: str, at: int, own: int) -> bool:
    """Return whether the line above `at` is the key or dash of the collection rather than one of its entries."""
    above = line_start(text, at - 1) if at else 0
    indent = len(text[above:at]) - len(text[above:at].lstrip(" "))
    return at > 0 and indent < own and text[above + indent] != "-"


def _after_tail(text: str, at: int, end: int, own: int) -> int:
    """Return the first offset from `at` to `end` after the more deeply indented comments of the entry above."""
    start = at
    while at < end and (is_blank(text, at) or (comment_column(text, at) or 0) > own):
        at = next_line(text, at)
    while at > start and is_blank(text, line_start(text, at - 1)):
        at = line_start(text, at - 1)
    return at


def _lines(text: str, start: int, end: int) -> Iterator[str]:
    while start < end:
        yield text[start : line_end(text, start)].strip()
        start = next_line(text, start)


def _found(pattern: re.Pattern[str], text: str, at: int, group: int) -> str:
    match = pattern.match(text, at)
    return match[group] if match else ""
