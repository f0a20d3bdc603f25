"""A fast scanner for the YAML subset of most Compose files, with one regular expression per line.

It returns exactly the same tokens as the scanner of ruamel.yaml at a tenth of the cost (the tests compare both). If a
line does not match a known shape, it returns None, and ruamel.yaml scans the whole text.
"""

from __future__ import annotations

import re
from typing import Final

from composevariant.text import pattern
from composevariant.yamltext.full_scanner import (
    ALIAS,
    ANCHOR,
    BLOCK_END,
    COMMA,
    DASH,
    DOC_START,
    FLOW_MAP,
    FLOW_MAP_END,
    FLOW_SEQ,
    FLOW_SEQ_END,
    KEY,
    MAP_START,
    MAX_DEPTH,
    SCALAR,
    SEQ_START,
    STREAM_END,
    TAG,
    VALUE,
    Token,
    block_scalar_end,
)

# A plain scalar on one line: no indicator first, no ": " and no " #" inside, no space at its end. Repeats are
# possessive (`++`, `*+`): nothing here may backtrack, for any text.
_FIRST: Final = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[\-?:](?=[^\s,\[\]{}]))"

_PLAIN: Final = rf"{_FIRST}(?:[^\s:#]++|:(?=\S)|(?<=\S)\#|[ ]++(?=[^\s:#]|:\S))*+"

_END: Final = r"(?=[ \r\n]|\Z)"

DOUBLE: Final = r'"[^"\\\n]*"'

SINGLE: Final = r"'[^'\n]*'(?!')"

_LINE: Final = re.compile(
    rf"""(?P<indent>\ *)
    (?:(?P<skip>(?:\#[^\n]*)?(?:\n|\Z)|\r\n)
    |(?P<dashes>(?:-\ +)*(?:-(?=\r?\n|\Z))?)
     (?:(?P<key>{_PLAIN}|{DOUBLE}|{SINGLE})\ *(?P<colon>:){_END}\ *)?
     (?P<props>(?:[&!][^\s,\[\]{{}}]*\ *{_END}\ *)*)
     (?:(?P<value>{_PLAIN}|{DOUBLE}|{SINGLE}|\*[^\s,\[\]{{}}:]+){_END})?
     (?P<rest>(?:\ *(?<=\s)\#[^\n]*|\ *\r?)(?:\n|\Z))?)""",
    re.VERBOSE,
)

_REST: Final = re.compile(r"(?: +#[^\n]*| *\r?)(?:\n|\Z)")

_KEY_FOLLOWS: Final = re.compile(r" *:(?=[ \r\n]|\Z)")

_PROPERTY: Final = re.compile(r"&[\w.\-]+|![\w.\-]+|!![\w.\-]+", re.ASCII)

_UNUSUAL: Final = re.compile(
    "[\t\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]|\r(?!\n)"
)

_DOCUMENT_MARK: Final = re.compile(r"---|\.\.\.|%")

_MAP, _SEQ, _MAP_WITH_DASHES = range(3)
"""The kind of collection at an indentation level. `_MAP_WITH_DASHES` is a list at the column of its own key."""


def quick_tokens(text: str) -> list[Token] | None:
    """Return the tokens of `text`, or None if a line needs the full scanner."""
    if _UNUSUAL.search(text):
        return None
    try:
        return _Lines(text).tokens()
    except NotPlainEnough:
        return None


class _Lines:
    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[Token] = []
        self._columns = [-1]
        self._kinds = [_SEQ]
        self._waits = True
        """Whether the document, a key or a dash still needs its value."""

    def tokens(self) -> list[Token]:
        text, out, at, size, match = self._text, self._out, 0, len(self._text), _LINE.match
        while at < size:
            line = match(text, at)
            if line is None:
                raise NotPlainEnough
            groups = line.groups()
            at = line.end() if groups[1] is not None else self._line(line, groups)  # 1: an empty line or a comment
        for _ in self._columns[1:]:
            out.append((BLOCK_END, size, size, "", ""))
        out.append((STREAM_END, size, size, "", ""))
        return out

    def _line(self, line: re.Match[str], groups: tuple[str | None, ...]) -> int:
        indent, _, dashes, key, _, props, value, rest = groups
        column = len(indent or "")
        line_start = line.start()
        if column == 0 and _DOCUMENT_MARK.match(self._text, line_start):
            return self._document_start(line_start)
        if self._columns[-1] != column:
            self._unwind(column, line_start + column)
        if dashes:
            self._dashes(line_start, column, dashes)
            column += len(dashes)
        if key is not None:
            self._key(line, key, column)
        elif not self._takes_value(column) or not (dashes or props or value is not None or rest is None):
            raise NotPlainEnough
        if props:
            self._properties(line.start("props"), props)
        if value is not None:
            start, end = line.span("value")
            if rest is None and _KEY_FOLLOWS.match(self._text, end):
                raise NotPlainEnough
            self._scalar(start, end, value)
        if rest is not None:
            return line.end()
        return self._long_value(line.end())

    def _document_start(self, at: int) -> int:
        rest = _REST.match(self._text, at + 3)
        if self._out or rest is None or not self._text.startswith("---", at):
            raise NotPlainEnough
        self._out.append((DOC_START, at, at + 3, "", ""))
        return rest.end()

    def _unwind(self, column: int, at: int) -> None:
        columns = self._columns
        while columns[-1] > column:
            columns.pop()
            self._kinds.pop()
            self._out.append((BLOCK_END, at, at, "", ""))
            self._waits = False
        if columns[-1] < column and not self._waits:
            raise NotPlainEnough

    def _takes_value(self, column: int) -> bool:
        """Return whether a value may start at `column`, which must be deeper than the key or dash that needs it."""
        return self._waits and self._columns[-1] < column

    def _push(self, kind: int, column: int, at: int) -> None:
        if len(self._columns) > MAX_DEPTH:
            raise NotPlainEnough
        self._columns.append(column)
        self._kinds.append(kind)
        self._out.append((SEQ_START if kind == _SEQ else MAP_START, at, at, "", ""))

    def _dashes(self, line_start: int, column: int, dashes: str) -> None:
        for offset, char in enumerate(dashes, column):
            if char != "-":
                continue
            place = line_start + offset
            if self._columns[-1] < offset:
                self._push(_SEQ, offset, place)
            elif self._kinds[-1] == _MAP:
                if not self._waits:
                    raise NotPlainEnough
                self._kinds[-1] = _MAP_WITH_DASHES
            self._out.append((DASH, place, place + 1, "", ""))
            self._waits = True

    def _key(self, line: re.Match[str], text: str, column: int) -> None:
        start, end = line.span("key")
        if self._columns[-1] < column:
            self._push(_MAP, column, start)
        elif self._kinds[-1] == _SEQ:
            raise NotPlainEnough
        else:
            self._kinds[-1] = _MAP
        if len(text) > MAX_KEY:
            raise NotPlainEnough
        quoted = text[0] in "\"'"
        colon = line.start("colon")
        self._out += (
            (KEY, start, start, "", ""),
            (SCALAR, start, end, text[1:-1], text[0]) if quoted else (SCALAR, start, end, text, ""),
            (VALUE, colon, colon + 1, "", ""),
        )
        self._waits = True

    def _properties(self, at: int, props: str) -> None:
        words = props.split()
        if len({word[0] for word in words}) < len(words):  # two anchors, or two tags
            raise NotPlainEnough
        for word in words:
            if not _PROPERTY.fullmatch(word):
                raise NotPlainEnough
            start = self._text.index(word, at)
            at = start + len(word)
            if word[0] == "&":
                self._out.append((ANCHOR, start, at, word[1:], ""))
            else:
                self._out.append((TAG, start, at, word, ""))

    def _scalar(self, start: int, end: int, text: str) -> None:
        first = text[0]
        if first == "*":
            if (self._out and self._out[-1][0] in (ANCHOR, TAG)) or not _PROPERTY.fullmatch(f"&{text[1:]}"):
                raise NotPlainEnough
            self._out.append((ALIAS, start, end, text[1:], ""))
        elif first in "\"'":
            self._out.append((SCALAR, start, end, text[1:-1], first))
        else:
            self._out.append((SCALAR, start, end, text, ""))
        self._waits = False

    def _long_value(self, at: int) -> int:
        """Scan a flow collection, block scalar or quoted scalar with escapes, and return the next line's offset."""
        text, out = self._text, self._out
        char = text[at]
        if not self._waits:
            raise NotPlainEnough
        self._waits = False
        if char in "|>":
            token, after = block_scalar(text, at, self._columns[-1])
            out.append(token)
            return after
        if char in "[{":
            begin, at = at, flow_collection(text, at, len(self._columns), out)
            if text.find("\n---", begin, at) >= 0 or text.find("\n...", begin, at) >= 0:
                raise NotPlainEnough  # it may be where a document ends
        else:
            out.append(escaped_scalar(text, at))
            at = out[-1][2]
        rest = _REST.match(text, at)
        if rest is None:
            raise NotPlainEnough
        return rest.end()


_PLAIN_VALUE: Final = (
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^\s,?:\[\]{}]))"
    r"(?:[^\s:#,\[\]{}]++|:(?=[^\s,\[\]{}])|(?<=\S)\#|[ ]++(?=[^\s:#,\[\]{}]))*+"
)

_GAP: Final = r"(?:[ \r\n]|(?<=\s)#[^\n]*)*+"

_FLOW: Final = re.compile(
    rf"{_GAP}(?:(?P<mark>[\[\]{{}},])|\*(?P<alias>[A-Za-z0-9_.\-]+)(?=[ \r\n,\]}}])"
    rf"|(?P<scalar>{DOUBLE}|{SINGLE}|{_PLAIN_VALUE})(?P<colon>\ *:(?=[ \r\n]))?|(?=(?P<long>[\"'])))"
)

_ESCAPED: Final = pattern(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'""")

_ESCAPE: Final = pattern(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")

_ESCAPES: Final = {"\\": "\\", '"': '"', "/": "/", "n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", " ": " "}

_SURROGATES: Final = range(0xD800, 0xE000)

MAX_KEY: Final = 1000
"""The maximum length of a key. Longer keys are left to the full scanner, because YAML restricts them."""

_HEADER: Final = pattern(r"([|>])([+-]?)(?: +#[^\n]*| *)\r?\n")

_VALUE_LINE: Final = re.compile(r"( *)([^\n]*)(?:\n|\Z)")

_OPEN: Final = {"[": FLOW_SEQ, "{": FLOW_MAP}

_CLOSE: Final = {"]": ("[", FLOW_SEQ_END), "}": ("{", FLOW_MAP_END)}


class NotPlainEnough(Exception):
    pass


def escaped_scalar(text: str, at: int) -> Token:
    """Return the token of the quoted scalar at `at`, which must be on one line and may contain escapes.

    Raises:
        NotPlainEnough: There is no such scalar.
    """
    match = _ESCAPED.match(text, at)
    if match is None:
        raise NotPlainEnough
    content = match.group()[1:-1]
    quote = text[at]
    decoded = content.replace("''", "'") if quote == "'" else _ESCAPE.sub(_decode, content)
    return SCALAR, at, match.end(), decoded, quote


def _decode(match: re.Match[str]) -> str:
    two, four, char = match.groups()
    if char is not None:
        if char not in _ESCAPES:
            raise NotPlainEnough
        return _ESCAPES[char]
    code = int(two or four, 16)
    if code in _SURROGATES:
        raise NotPlainEnough
    return chr(code)


def flow_collection(text: str, at: int, depth: int, out: list[Token]) -> int:
    """Append the tokens of the flow collection at `at`, and return the offset after the collection."""
    stack: list[str] = []
    due = "item"
    """What may come next: "item" (an item or value), "key", or "after" (a comma or bracket)."""
    while True:
        match = _FLOW.match(text, at)
        if match is None:
            raise NotPlainEnough
        at = match.end()
        mark = match["mark"]
        if mark is None:
            due = _flow_scalar(text, match, due, out)
            at = out[-1][2]
        elif mark in _OPEN:
            if due != "item" or len(stack) + depth >= MAX_DEPTH:
                raise NotPlainEnough
            out.append((_OPEN[mark], at - 1, at, "", ""))
            stack.append(mark)
            due = "key" if mark == "{" else "item"
        elif mark == ",":
            if due != "after":
                raise NotPlainEnough
            out.append((COMMA, at - 1, at, "", ""))
            due = "key" if stack[-1] == "{" else "item"
        else:
            opener, kind = _CLOSE[mark]
            if stack.pop() != opener or (due == "item" and opener == "{"):
                raise NotPlainEnough
            out.append((kind, at - 1, at, "", ""))
            due = "after"
            if not stack:
                return at


def _flow_scalar(text: str, match: re.Match[str], due: str, out: list[Token]) -> str:
    """Append one alias or scalar, including the colon after a key, and return what may come next."""
    if match["alias"] is not None:
        if due != "item":
            raise NotPlainEnough
        out.append((ALIAS, match.start("alias") - 1, match.end(), match["alias"], ""))
        return "after"
    if match["long"] is not None:
        token = escaped_scalar(text, match.start("long"))
        colon = re.compile(r" *:").match(text, token[2])
        if due != "item" or colon is not None:
            raise NotPlainEnough
        out.append(token)
        return "after"
    start, end = match.span("scalar")
    written = match["scalar"]
    quoted = written[0] in "\"'"
    token = (SCALAR, start, end, written[1:-1], written[0]) if quoted else (SCALAR, start, end, written, "")
    if due == "item" and match["colon"] is None and text[end : end + 1] != ":":
        out.append(token)
        return "after"
    if due != "key" or match["colon"] is None or len(written) > MAX_KEY:
        raise NotPlainEnough
    colon_at = match.end() - 1
    out += ((KEY, start, start, "", ""), token, (VALUE, colon_at, colon_at + 1, "", ""))
    return "item"


def block_scalar(text: str, at: int, parent_column: int) -> tuple[Token, int]:
    """Return the token of the `|` or `>` scalar at `at`, and the offset of the first line after the scalar."""
    header = _HEADER.match(text, at)
    if header is None or parent_column < 0:
        raise NotPlainEnough
    lines, end = _block_lines(text, header.end(), parent_column)
    if text[end - 1] != "\n":
        raise NotPlainEnough  # a missing last newline is also missing in the value
    style, chomp = header.groups()
    while lines and not lines[-1] and chomp != "+":
        lines.pop()
    content = "\n".join(lines) if style == "|" else _folded(lines, chomp)
    value = content if chomp == "-" else f"{content}\n"
    return (SCALAR, at, block_scalar_end(text, at, end), value, style), end


def _block_lines(text: str, at: int, parent_column: int) -> tuple[list[str], int]:
    lines: list[str] = []
    indent, size = -1, len(text)
    while at < size:
        line = _VALUE_LINE.match(text, at)
        assert line is not None  # noqa: S101 - the pattern matches every line
        blanks, rest = line.groups()
        rest = rest.removesuffix("\r")
        if rest and indent < 0:
            indent = len(blanks)
            if any(len(blank) > indent for blank in lines):
                raise NotPlainEnough
            lines = [""] * len(lines)
        if rest and (len(blanks) < indent or indent <= parent_column):
            break
        if rest or indent >= 0:
            lines.append(f"{blanks}{rest}"[indent:])
        else:
            lines.append(blanks)
        at = line.end()
    if indent <= parent_column:
        raise NotPlainEnough
    return lines, at


def _folded(lines: list[str], chomp: str) -> str:
    """Join lines with spaces and keep blank lines as line breaks.

    Lines that are indented more deeply follow other rules and are not supported.
    """
    if chomp == "+" or any(line[:1] == " " for line in lines) or not lines or not lines[0]:
        raise NotPlainEnough
    out, pending = lines[0], 0
    for line in lines[1:]:
        if not line:
            pending += 1
            continue
        out += ("\n" * pending if pending else " ") + line
        pending = 0
    return out
