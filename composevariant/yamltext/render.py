"""Write nodes as YAML with their own spelling where possible, and otherwise in the style of their neighbours."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.text import pattern
from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, Span, WrittenNode
from composevariant.yamltext.comments import Comments
from composevariant.yamltext.lines import Extent, column, end_above, line_end, line_start, starts_line, tail_end
from composevariant.yamltext.scalar_style import quoted, scalar_text

if TYPE_CHECKING:
    from composevariant.text import Splices
    from composevariant.yamltext.habits import Habits

_NOT_IN_BLOCK: Final = pattern("[\r\0-\x08\x0b-\x1f\x7f]")


class Renderer:
    """Writes nodes as YAML in the style of the target text."""

    def __init__(self, habits: Habits, comments: Comments | None = None, *, block_scalars: bool = True) -> None:
        self.habits = habits
        self._comments = comments or Comments()
        self._block_scalars = block_scalars

    # One line

    def inline(self, node: Node, quote: str = "", *, flow: bool = True) -> str:
        """Return a node on one line. In a flow collection (`flow`), plain scalars cannot contain brackets or commas."""
        return f"{_properties(node, '')}{self._untagged(node, quote, flow=flow)}".rstrip()

    def _untagged(self, node: Node, quote: str, *, flow: bool) -> str:
        if isinstance(node, Scalar):
            quote = "" if self._comments.knows(node) else quote
            return scalar_text(node, quote, flow=flow) or ("null" if flow else "")
        if isinstance(node, Sequence):
            return f"[{', '.join(self.inline(item, quote) for item in node.items)}]"
        entries = ", ".join(f"{self.inline(entry.key)}: {self.inline(entry.value)}" for entry in node.entries)
        return f"{{{entries}}}"

    # Blocks: the rest of the line of a key or dash, and the lines below it, without line breaks

    def new_entry(self, key: Scalar, value: Node, indent: int, quote: str = "", key_quote: str = "") -> list[str]:
        """Return the lines of `entry`, with the comments directly above it in its source."""
        return self._headed(self._comments.above(key), self.entry(key, value, indent, quote, key_quote), indent)

    def new_item(self, value: Node, indent: int, gap: int, quote: str = "") -> list[str]:
        """Return the lines of `item`, with the comments directly above it in its source."""
        return self._headed(self._comments.above(value, item=True), self.item(value, indent, gap, quote=quote), indent)

    def entry(self, key: Scalar, value: Node, indent: int, quote: str = "", key_quote: str = "") -> list[str]:
        """Return `key: value` as lines. The key is at column `indent`, and the first line is not indented."""
        head, lines = self.value(value, indent, key.text, quote=quote)
        start = f"{self.inline(key, key_quote, flow=False)}:"
        first = f"{start} {head}" if head else start
        return [f"{first}{self._comments.trailing(key, value)}", *lines, *self._below(key, value, indent)]

    def value(self, value: Node, indent: int, key: str, *, quote: str = "", anchor: str = "") -> tuple[str, list[str]]:
        """Return the text after a key at column `indent`, as the rest of the line and the lines below."""
        props = _properties(value, anchor)
        if isinstance(value, Scalar) and self._block_scalars and is_block_scalar(value):
            header, *content = block_scalar_lines(value, indent, self.habits.step)
            return f"{props}{header}", content
        if self.is_block(value, key):
            offset = self.habits.dash_offset if isinstance(value, Sequence) else self.habits.step
            return props.rstrip(), self.children(value, max(indent, 0) + (offset if indent >= 0 else 0), key)
        if isinstance(value, Sequence):
            quote = self.habits.quote_of(key)
        return f"{props}{self._untagged(value, quote, flow=not isinstance(value, Scalar))}".rstrip(), []

    def item(self, value: Node, indent: int, gap: int, *, quote: str = "", anchor: str = "") -> list[str]:
        """Return `- value` as lines. The dash is at column `indent`, and the first line is not indented."""
        inner = indent + 1 + gap
        props = _properties(value, anchor)
        below = self._below(value, value, indent)
        if self.is_block(value, ""):
            lines = [*self.children(value, inner), *below]
            return [f"- {props}".rstrip(), *lines] if props else [f"-{' ' * gap}{lines[0][inner:]}", *lines[1:]]
        head, lines = self.value(value, indent, "", quote=quote, anchor=anchor)
        first = f"-{' ' * gap}{head}" if head else "-"
        return [f"{first}{self._comments.trailing(None, value)}", *lines, *below]

    def children(self, value: Node, indent: int, key: str = "") -> list[str]:
        """Return the lines of a block collection, each with its indentation."""
        lines: list[str] = []
        if isinstance(value, Mapping):
            for entry in value.entries:
                lines += _margined(self._comments.before(entry.key), indent)
                lines += _indented(self.entry(entry.key, entry.value, indent), indent)
        elif isinstance(value, Sequence):
            for item in value.items:
                lines += _margined(self._comments.before(item, item=True), indent)
                lines += _indented(self.item(item, indent, self.habits.gap, quote=self.habits.quote_of(key)), indent)
        return lines

    @staticmethod
    def _headed(comments: list[str], lines: list[str], indent: int) -> list[str]:
        """Return lines with comments above them. The first line is not indented."""
        if not comments:
            return lines
        return [comments[0], *_margined(comments[1:], indent), *_indented(lines, indent)]

    def _below(self, node: Node, value: Node, indent: int) -> list[str]:
        return _margined(self._comments.below(node, value), indent + self.habits.step)

    def is_block(self, node: Node, key: str) -> bool:
        """Return whether to write a collection in block style.

        A collection follows the style of other collections under the same key if there are any, and otherwise the style
        of its source. A node with known comments keeps its own style.
        """
        if isinstance(node, Scalar) or not (node.items if isinstance(node, Sequence) else node.entries):
            return False
        if self._comments.knows(node):
            return not node.flow
        if key in self.habits.block_keys:
            return True
        if key in self.habits.flow_keys:
            return self._block_scalars and _holds_block_scalar(node)
        return not node.flow or (self._block_scalars and _holds_block_scalar(node))


def _margined(lines: list[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" if line else "" for line in lines]


def _indented(lines: list[str], indent: int) -> list[str]:
    return [" " * indent + lines[0], *lines[1:]]


def _properties(node: Node, anchor: str) -> str:
    """Return the anchor and tag of a value, followed by a space."""
    return (f"&{anchor} " if anchor else "") + (f"{node.tag} " if node.tag else "")


def _holds_block_scalar(node: Node) -> bool:
    if isinstance(node, Scalar):
        return is_block_scalar(node)
    children = node.items if isinstance(node, Sequence) else tuple(entry.value for entry in node.entries)
    return any(map(_holds_block_scalar, children))


def is_block_scalar(scalar: Scalar) -> bool:
    """Return whether a scalar has the style `|` or `>` and its text can be written in that style."""
    if scalar.style not in ("|", ">") or not scalar.text.strip():
        return False
    return not _NOT_IN_BLOCK.search(scalar.text)


def block_scalar_lines(scalar: Scalar, indent: int, step: int) -> list[str]:
    """Return the header and content lines of a block scalar, indented by `step` more than its key or dash."""
    spelled = _block_spelling(scalar, indent + step)
    if spelled:
        return spelled
    content = scalar.text.rstrip("\n")
    breaks = len(scalar.text) - len(content)
    chomp = {0: "-", 1: ""}.get(breaks, "+")
    digit = str(step) if content[:1] in (" ", "\n") else ""
    lines = [*content.split("\n"), *[""] * max(0, breaks - 1)]
    margin = " " * (indent + step)
    return [f"|{digit}{chomp}", *(f"{margin}{line}" if line else "" for line in lines)]


def _block_spelling(scalar: Scalar, indent: int) -> list[str]:
    if scalar.span is None:
        return []
    source, _, start, end = scalar.span
    new_margin = " " * indent
    header, *content = source.text[start:end].replace("\r\n", "\n").split("\n")
    if re.match(r"[|>][+-]?\d", header) or header[0] != scalar.style:
        return []
    margin = next((len(line) - len(line.lstrip(" ")) for line in content if line.strip(" ")), 0)
    if margin == 0 or "+" in header.partition("#")[0]:
        return []
    lines = [f"{new_margin}{line[margin:]}" if line[margin:] else "" for line in content]
    return [header.partition("#")[0].rstrip(), *lines]


# Replacing one value in the text.

_COMMENT: Final = re.compile(r"\s+#.*")


class ValuePlace(NamedTuple):
    """The position of a value: after a key's colon, after a dash (`dash`), in a flow collection, or at the root."""

    after: int
    """The offset after the colon or dash."""
    column: int
    """The column of the key or dash, or -1 for the root."""
    key: str
    flow: bool = False
    dash: bool = False
    colon: bool = True
    """Whether the key has a colon. A `? key` may have none."""
    quote: str = ""
    """The quotes of the neighbouring strings."""


def place_of_entry(text: str, entry: Entry, *, flow: bool, quote: str = "") -> ValuePlace:
    begin = entry.key.span.begin if entry.key.span else 0
    key_end = entry.key.span.end if entry.key.span else 0
    after = entry.colon + 1 if entry.colon >= 0 else key_end
    return ValuePlace(
        after, 0 if flow else column(text, begin), entry.key.text, flow, colon=entry.colon >= 0, quote=quote
    )


def place_of_item(text: str, sequence: Sequence, index: int, quote: str) -> ValuePlace:
    if sequence.flow or index >= len(sequence.dashes):
        return ValuePlace(-1, 0, "", flow=True, quote=quote)
    dash = sequence.dashes[index]
    return ValuePlace(dash + 1, column(text, dash), "", dash=True, quote=quote)


class ValueEditor:
    """Adds the splices that replace one value with another."""

    def __init__(self, text: str, splices: Splices, renderer: Renderer) -> None:
        self._text = text
        self._splices = splices
        self._renderer = renderer

    def replace(self, written: WrittenNode, final: Node, place: ValuePlace, anchor: str = "") -> None:
        """Replace `written` with `final`, and give the new value the anchor `anchor`."""
        assert written.span is not None  # noqa: S101 - every node as written has a span
        if isinstance(written, Scalar) and written.style not in ("|", ">") and written.meaning.kind == "str":
            place = place._replace(quote=written.style)
        if _is_empty(written) and not isinstance(final, Scalar) and final.span is written.span:
            final = replace(final, flow=False)  # an empty collection exists only in flow style
        if place.flow:
            self._in_flow(written.span, final, place, anchor)
        elif place.column < 0:
            self._root(written.span, final, place, anchor)
        elif place.colon:
            self._after_colon(written, final, place, anchor)
        else:
            head, *lines = self._rendered(final, place, 1, anchor)
            start = f"{' ' * place.column}:"
            self._insert_lines(line_end(self._text, place.after), [f"{start} {head}" if head else start, *lines])

    def rename_key(self, old: Entry, new: Entry, *, flow: bool) -> None:
        """Replace a key, keeping its quotes."""
        if old.key.span is not None:
            quote = old.key.style
            text = quoted(new.name, quote) if quote in ("'", '"') else self._renderer.inline(new.key, flow=flow)
            blank = " " if self._text[old.key.span.start - 1 : old.key.span.start] == "?" else ""
            self._splices.replace(old.key.span.start, old.key.span.end, f"{blank}{text}")

    def _in_flow(self, span: Span, final: Node, place: ValuePlace, anchor: str) -> None:
        text = (f"&{anchor} " if anchor else "") + self._renderer.inline(final, place.quote)
        text += self._blank_before_comment(span.end)
        if span.begin < span.end:
            self._splices.replace(span.begin, span.end, text)
        elif not place.colon:
            self._splices.insert(span.begin, f": {text}")
        else:
            self._splices.insert(place.after, f" {text}")

    def _root(self, span: Span, final: Node, place: ValuePlace, anchor: str) -> None:
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

    def _rendered(self, final: Node, place: ValuePlace, gap: int, anchor: str) -> list[str]:
        """Return the text after the key or dash on its line, which may be empty, and the lines below."""
        if place.dash:
            first, *lines = self._renderer.item(final, place.column, gap, quote=place.quote, anchor=anchor)
            return [first[1:].lstrip(" "), *lines]
        head, lines = self._renderer.value(final, place.column, place.key, quote=place.quote, anchor=anchor)
        return [head, *lines]

    def _after_colon(self, written: WrittenNode, final: Node, place: ValuePlace, anchor: str) -> None:
        """Replace everything from the colon or dash to the end of the old value, except an end-of-line comment."""
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

    def _comment_and_end(self, written: WrittenNode, place: ValuePlace, first_line_end: int) -> tuple[str, int]:
        """Return the comment to keep after a new value, and the end of the old value's text."""
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
        """Return the space needed before a comment at `end`, because `#` directly after a word is not a comment."""
        return " " if self._text[end : end + 1] == "#" else ""

    def _insert_lines(self, at: int, lines: list[str]) -> None:
        if lines:
            self._splices.insert(at, self._joined(["", *lines]))

    def _joined(self, lines: list[str]) -> str:
        return self._renderer.habits.newline.join(lines)


def _is_empty(node: WrittenNode) -> bool:
    return (isinstance(node, Mapping) and not node.entries) or (isinstance(node, Sequence) and not node.items)
