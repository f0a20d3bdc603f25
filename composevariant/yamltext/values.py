"""Replaces one value in the text: on its line, by lines, or lines by a word on the line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, Span, WrittenNode
from composevariant.yamltext.lines import Extent, column, end_above, line_end, line_start, starts_line, tail_end
from composevariant.yamltext.render import quoted

if TYPE_CHECKING:
    from composevariant.splices import Splices
    from composevariant.yamltext.render import Renderer

_COMMENT: Final = re.compile(r"\s+#.*")


class Place(NamedTuple):
    """Where a value stands: behind a key's colon, behind a dash (`dash`), in a flow collection, or as the root."""

    after: int
    """The offset behind the colon or dash."""
    column: int
    """The column of the key or dash; -1 for the root."""
    key: str
    flow: bool = False
    dash: bool = False
    colon: bool = True
    """False for a `? key` that has none."""
    quote: str = ""
    """The quotes around the strings next to it."""


def place_of_entry(text: str, entry: Entry, *, flow: bool, quote: str = "") -> Place:
    begin = entry.key.span.begin if entry.key.span else 0
    key_end = entry.key.span.end if entry.key.span else 0
    after = entry.colon + 1 if entry.colon >= 0 else key_end
    return Place(after, 0 if flow else column(text, begin), entry.key.text, flow, colon=entry.colon >= 0, quote=quote)


def place_of_item(text: str, sequence: Sequence, index: int, quote: str) -> Place:
    if sequence.flow or index >= len(sequence.dashes):
        return Place(-1, 0, "", flow=True, quote=quote)
    dash = sequence.dashes[index]
    return Place(dash + 1, column(text, dash), "", dash=True, quote=quote)


class ValueEditor:
    """Asks for the splices that put one value in the place of another."""

    def __init__(self, text: str, splices: Splices, renderer: Renderer) -> None:
        self._text = text
        self._splices = splices
        self._renderer = renderer

    def replace(self, written: WrittenNode, final: Node, place: Place, anchor: str = "") -> None:
        """Put `final` where `written` stands; `anchor` is the name it keeps or takes."""
        assert written.span is not None  # noqa: S101 - every node as written has a span
        if isinstance(written, Scalar) and written.style not in ("|", ">") and written.meaning.kind == "str":
            place = place._replace(quote=written.style)
        if _is_empty(written) and not isinstance(final, Scalar) and final.span is written.span:
            final = replace(final, flow=False)  # an empty collection can be in flow style only
        if place.flow:
            self._in_flow(written.span, final, place, anchor)
        elif place.column < 0:
            self._root(written.span, final, place, anchor)
        elif place.colon:
            self._behind(written, final, place, anchor)
        else:
            head, *lines = self._rendered(final, place, 1, anchor)
            start = f"{' ' * place.column}:"
            self._insert_lines(line_end(self._text, place.after), [f"{start} {head}" if head else start, *lines])

    def rename_key(self, old: Entry, new: Entry, *, flow: bool) -> None:
        """Put a new key in the place of an old one, in its quotes."""
        if old.key.span is not None:
            quote = old.key.style
            text = quoted(new.name, quote) if quote in ("'", '"') else self._renderer.inline(new.key, flow=flow)
            blank = " " if self._text[old.key.span.start - 1 : old.key.span.start] == "?" else ""
            self._splices.replace(old.key.span.start, old.key.span.end, f"{blank}{text}")

    def _in_flow(self, span: Span, final: Node, place: Place, anchor: str) -> None:
        text = (f"&{anchor} " if anchor else "") + self._renderer.inline(final, place.quote)
        text += self._blank_before_comment(span.end)
        if span.begin < span.end:
            self._splices.replace(span.begin, span.end, text)
        elif not place.colon:
            self._splices.insert(span.begin, f": {text}")
        else:
            self._splices.insert(place.after, f" {text}")

    def _root(self, span: Span, final: Node, place: Place, anchor: str) -> None:
        head, *lines = self._rendered(final, place, 1, anchor)
        if lines and not starts_line(self._text, span.begin):  # a block cannot begin on the line of a `---`
            marker_end = self._text.index("---", line_start(self._text, span.begin)) + len("---")
            new = self._joined([head and f" {head}", *lines])
            self._splices.replace(marker_end, span.end, f"{new}{self._blank_before_comment(span.end)}")
            return
        first, *rest = [head, *lines] if head or not lines else lines
        margin = " " * column(self._text, span.begin)
        lines = [first or "null", *(line and f"{margin}{line}" for line in rest)]
        self._splices.replace(span.begin, span.end, f"{self._joined(lines)}{self._blank_before_comment(span.end)}")

    def _rendered(self, final: Node, place: Place, gap: int, anchor: str) -> list[str]:
        """What is to stand behind the key or dash on its line, which may be nothing, and the lines below."""
        if place.dash:
            first, *lines = self._renderer.item(final, place.column, gap, quote=place.quote, anchor=anchor)
            return [first[1:].lstrip(" "), *lines]
        head, lines = self._renderer.value(final, place.column, place.key, quote=place.quote, anchor=anchor)
        return [head, *lines]

    def _behind(self, written: WrittenNode, final: Node, place: Place, anchor: str) -> None:
        """Replace all from the colon or dash to the end of the old value; an end-of-line comment stays."""
        text, span = self._text, written.span
        assert span is not None  # noqa: S101 - every node as written has a span
        first_line_end = line_end(text, place.after)
        on_first_line = span.begin < span.end and span.start <= first_line_end
        gap = text[place.after : span.begin] if on_first_line else ""
        head, *lines = self._rendered(final, place, len(gap) or 1, anchor)
        is_word = isinstance(written, (Scalar, Alias)) and isinstance(final, Scalar) and bool(head) and not lines
        if is_word and span.begin > first_line_end and column(text, span.begin) > place.column:
            self._splices.replace(span.begin, span.end, head)
            return
        comment, end = self._comment_and_end(written, place, first_line_end)
        start = f"{gap or ' '}{head}" if head else ""
        first = f"{start}{comment}"
        self._splices.replace(place.after, end, self._joined([first.rstrip(" ") if lines else first, *lines]))

    def _comment_and_end(self, written: WrittenNode, place: Place, first_line_end: int) -> tuple[str, int]:
        """The comment to keep behind a new value, and where the text of the old one ends."""
        text, span = self._text, written.span
        assert span is not None  # noqa: S101 - every node as written has a span
        if span.begin == span.end:
            return text[place.after : first_line_end], first_line_end
        last_line_end = line_end(text, span.end)
        comment, end = self._blank_before_comment(span.end) + text[span.end : last_line_end], last_line_end
        if isinstance(written, (Mapping, Sequence)) and not written.flow:
            tail = tail_end(text, Extent(line_start(text, place.after) + place.column, span.end))
            comment, end = "", end_above(text, tail)
        elif isinstance(written, Scalar) and written.style in ("|", ">"):
            header = _COMMENT.search(text, span.start, line_end(text, span.start))
            comment = header.group() if header else ""
        if span.start > first_line_end:
            above = _COMMENT.search(text, place.after, first_line_end)
            comment = above.group() if above else comment
        return comment, end

    def _blank_before_comment(self, end: int) -> str:
        """A comment may stand right behind a quote, but not behind a plain word."""
        return " " if self._text[end : end + 1] == "#" else ""

    def _insert_lines(self, at: int, lines: list[str]) -> None:
        if lines:
            self._splices.insert(at, self._joined(["", *lines]))

    def _joined(self, lines: list[str]) -> str:
        return self._renderer.habits.newline.join(lines)


def _is_empty(node: WrittenNode) -> bool:
    return (isinstance(node, Mapping) and not node.entries) or (isinstance(node, Sequence) and not node.items)
