"""New text for nodes: in their own spelling where the place allows it, in the style of the neighbours otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.patterns import pattern
from composevariant.tree import Mapping, Node, Scalar, Sequence
from composevariant.yamltext.comments import Comments
from composevariant.yamltext.quick_values import NotPlainEnough, escaped_scalar

if TYPE_CHECKING:
    from composevariant.yamltext.habits import Habits

_PLAIN: Final = pattern(
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[\-?:](?=[^\s,\[\]{}]))(?:[^\s:#]++|:(?=\S)|(?<=\S)#|[ ]++(?=[^\s#]))*+"
)
_MAX_PLAIN: Final = 1000
"""A longer scalar goes into quotes: YAML's rules for long plain ones differ where they could be keys."""
_NOT_IN_FLOW: Final = pattern(r"[,\[\]{}]|:$")
_UNPRINTABLE: Final = pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_NOT_IN_BLOCK: Final = pattern("[\r\0-\x08\x0b-\x1f\x7f]")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


class Renderer:
    """Writes nodes as YAML, following the habits of the text that they go into."""

    def __init__(self, habits: Habits, comments: Comments | None = None, *, block_scalars: bool = True) -> None:
        self.habits = habits
        self._comments = comments or Comments()
        self._block_scalars = block_scalars

    # One line

    def inline(self, node: Node, quote: str = "", *, flow: bool = True) -> str:
        """A node on one line. In a flow collection (`flow`), plain scalars may not hold brackets and commas."""
        return f"{_properties(node, '')}{self._untagged(node, quote, flow=flow)}".rstrip()

    def _untagged(self, node: Node, quote: str, *, flow: bool) -> str:
        if isinstance(node, Scalar):
            quote = "" if self._comments.knows(node) else quote
            return scalar_text(node, quote, flow=flow) or ("null" if flow else "")
        if isinstance(node, Sequence):
            return f"[{', '.join(self.inline(item, quote) for item in node.items)}]"
        entries = ", ".join(f"{self.inline(entry.key)}: {self.inline(entry.value)}" for entry in node.entries)
        return f"{{{entries}}}"

    # Blocks: what stands on the line of a key or dash, and the lines below it, without line breaks

    def new_entry(self, key: Scalar, value: Node, indent: int, quote: str = "", key_quote: str = "") -> list[str]:
        """As `entry`, with the comments directly above it where it comes from."""
        return self._headed(self._comments.above(key), self.entry(key, value, indent, quote, key_quote), indent)

    def new_item(self, value: Node, indent: int, gap: int, quote: str = "") -> list[str]:
        """As `item`, with the comments directly above it where it comes from."""
        return self._headed(self._comments.above(value, item=True), self.item(value, indent, gap, quote=quote), indent)

    def entry(self, key: Scalar, value: Node, indent: int, quote: str = "", key_quote: str = "") -> list[str]:
        """`key: value` as lines; the key stands at `indent`, which the first line leaves out."""
        head, lines = self.value(value, indent, key.text, quote=quote)
        start = f"{self.inline(key, key_quote, flow=False)}:"
        first = f"{start} {head}" if head else start
        return [f"{first}{self._comments.behind(key, value)}", *lines, *self._below(key, value, indent)]

    def value(self, value: Node, indent: int, key: str, *, quote: str = "", anchor: str = "") -> tuple[str, list[str]]:
        """What follows a key at `indent`: the rest of its line, and the lines below."""
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
        """`- value` as lines; the dash stands at `indent`, which the first line leaves out."""
        inner = indent + 1 + gap
        props = _properties(value, anchor)
        below = self._below(value, value, indent)
        if self.is_block(value, ""):
            lines = [*self.children(value, inner), *below]
            return [f"- {props}".rstrip(), *lines] if props else [f"-{' ' * gap}{lines[0][inner:]}", *lines[1:]]
        head, lines = self.value(value, indent, "", quote=quote, anchor=anchor)
        first = f"-{' ' * gap}{head}" if head else "-"
        return [f"{first}{self._comments.behind(None, value)}", *lines, *below]

    def children(self, value: Node, indent: int, key: str = "") -> list[str]:
        """The entries or items of a block collection, each line with its indentation."""
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
        """Lines with comments above them. Whichever line is the first leaves out its indentation."""
        if not comments:
            return lines
        return [comments[0], *_margined(comments[1:], indent), *_indented(lines, indent)]

    def _below(self, node: Node, value: Node, indent: int) -> list[str]:
        return _margined(self._comments.below(node, value), indent + self.habits.step)

    def is_block(self, node: Node, key: str) -> bool:
        """Whether a collection is written on lines of its own: as others under its key are, else as it came."""
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
    """The anchor and tag in front of a value, with the blank that follows."""
    return (f"&{anchor} " if anchor else "") + (f"{node.tag} " if node.tag else "")


def _holds_block_scalar(node: Node) -> bool:
    if isinstance(node, Scalar):
        return is_block_scalar(node)
    children = node.items if isinstance(node, Sequence) else tuple(entry.value for entry in node.entries)
    return any(map(_holds_block_scalar, children))


def scalar_text(scalar: Scalar, quote: str = "", *, flow: bool = False) -> str:
    """A scalar on one line: as it is spelled where it comes from, quoted like its neighbours when it is a string."""
    if scalar.style in ("|", ">"):
        return quoted(scalar.text, '"')
    wanted = scalar.style
    is_string = not scalar.tag and scalar.meaning.kind == "str"
    if not wanted and quote and is_string:
        wanted = quote
    if wanted in ("'", '"') and quote in ("'", '"') and not _needs_escapes(scalar.text) and is_string:
        wanted = quote
    if wanted:
        spelled = _spelling(scalar)
        return spelled if spelled and spelled[0] == wanted else quoted(scalar.text, wanted)
    if not scalar.text:
        return ""
    return scalar.text if is_plain_safe(scalar.text, flow=flow) else quoted(scalar.text, '"')


def _spelling(scalar: Scalar) -> str:
    """A quoted scalar as its own file spells it, when that is on one line and still says the same."""
    if scalar.span is None:
        return ""
    source, _, start, end = scalar.span
    try:
        token = escaped_scalar(source.text, start)
    except NotPlainEnough:
        return ""
    return source.text[start:end] if token[2:4] == (end, scalar.text) else ""


def _needs_escapes(text: str) -> bool:
    return bool(_UNPRINTABLE.search(text)) or "'" in text or '"' in text or "\\" in text


def is_plain_safe(text: str, *, flow: bool = False) -> bool:
    """Whether a scalar can stand without quotes and be read back as the same text."""
    if text.startswith(("---", "...")) or text == "<<" or len(text) > _MAX_PLAIN:
        return False
    if not _PLAIN.fullmatch(text) or text != text.strip():
        return False
    return not (flow and _NOT_IN_FLOW.search(text)) and not text.endswith(":")


def quoted(text: str, quote: str) -> str:
    """A string in quotes; single ones only where nothing needs an escape."""
    if quote == "'" and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04X}", escaped) + '"'


def is_block_scalar(scalar: Scalar) -> bool:
    """Whether a scalar is written as `|` or `>`, and can be."""
    if scalar.style not in ("|", ">") or not scalar.text.strip():
        return False
    return not _NOT_IN_BLOCK.search(scalar.text)


def block_scalar_lines(scalar: Scalar, indent: int, step: int) -> list[str]:
    """The header and the content lines of a block scalar, `step` columns right of its key's or dash's `indent`."""
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
