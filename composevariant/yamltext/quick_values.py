"""The values of the quick scanner that are more than a word on a line: flow collections, block scalars, escapes."""

from __future__ import annotations

import re
from typing import Final

from composevariant.patterns import pattern
from composevariant.yamltext.tokens import (
    ALIAS,
    COMMA,
    FLOW_MAP,
    FLOW_MAP_END,
    FLOW_SEQ,
    FLOW_SEQ_END,
    KEY,
    MAX_DEPTH,
    SCALAR,
    VALUE,
    Token,
    block_scalar_end,
)

DOUBLE: Final = r'"[^"\\\n]*"'
SINGLE: Final = r"'[^'\n]*'(?!')"
_PLAIN: Final = (
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^\s,?:\[\]{}]))"
    r"(?:[^\s:#,\[\]{}]++|:(?=[^\s,\[\]{}])|(?<=\S)\#|[ ]++(?=[^\s:#,\[\]{}]))*+"
)
_GAP: Final = r"(?:[ \r\n]|(?<=\s)#[^\n]*)*+"
_FLOW: Final = re.compile(
    rf"{_GAP}(?:(?P<mark>[\[\]{{}},])|\*(?P<alias>[A-Za-z0-9_.\-]+)(?=[ \r\n,\]}}])"
    rf"|(?P<scalar>{DOUBLE}|{SINGLE}|{_PLAIN})(?P<colon>\ *:(?=[ \r\n]))?|(?=(?P<long>[\"'])))"
)
_ESCAPED: Final = pattern(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'""")
_ESCAPE: Final = pattern(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")
_ESCAPES: Final = {"\\": "\\", '"': '"', "/": "/", "n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", " ": " "}
_SURROGATES: Final = range(0xD800, 0xE000)
MAX_KEY: Final = 1000
"""A key this long is for the full scanner, which has rules about it."""
_HEADER: Final = pattern(r"([|>])([+-]?)(?: +#[^\n]*| *)\r?\n")
_LINE: Final = re.compile(r"( *)([^\n]*)(?:\n|\Z)")
_OPEN: Final = {"[": FLOW_SEQ, "{": FLOW_MAP}
_CLOSE: Final = {"]": ("[", FLOW_SEQ_END), "}": ("{", FLOW_MAP_END)}


class NotPlainEnough(Exception):
    pass


def escaped_scalar(text: str, at: int) -> Token:
    """A quoted scalar on one line that holds escapes."""
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
    """Append the tokens of the flow collection at `at`; gives the offset behind it."""
    stack: list[str] = []
    due = "item"
    """What may come: an item (or value), the key of a mapping, or what comes after either."""
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
    """Append one alias or scalar, and as a mapping's key its colon; gives what is due after it."""
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
    """The `|` or `>` scalar at `at`, and the offset of the first line behind it."""
    header = _HEADER.match(text, at)
    if header is None or parent_column < 0:
        raise NotPlainEnough
    lines, end = _block_lines(text, header.end(), parent_column)
    if text[end - 1] != "\n":
        raise NotPlainEnough  # a missing last newline is missing in the value, too
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
        line = _LINE.match(text, at)
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
    """Lines joined by blanks, blank lines kept as breaks. Lines indented further fold otherwise: not for us."""
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
