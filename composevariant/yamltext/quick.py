"""A quick scanner for the YAML that compose files are written in: one regular expression a line.

It gives exactly the tokens that ruamel.yaml's scanner gives (the tests compare them), at a tenth of the cost, or None
as soon as a line is not plainly of a shape it knows: then ruamel reads the whole text. It never guesses.
"""

from __future__ import annotations

import re
from typing import Final

from composevariant.yamltext.quick_values import (
    DOUBLE,
    MAX_KEY,
    SINGLE,
    NotPlainEnough,
    block_scalar,
    escaped_scalar,
    flow_collection,
)
from composevariant.yamltext.tokens import (
    ALIAS,
    ANCHOR,
    BLOCK_END,
    DASH,
    DOC_START,
    KEY,
    MAP_START,
    MAX_DEPTH,
    SCALAR,
    SEQ_START,
    STREAM_END,
    TAG,
    VALUE,
    Token,
)

# A plain scalar on one line: no indicator first, no ": " and no " #" inside, no blank at its end. Repeats are
# possessive (`++`, `*+`): nothing here may backtrack, whatever the text.
_FIRST: Final = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[\-?:](?=[^\s,\[\]{}]))"
_PLAIN: Final = rf"{_FIRST}(?:[^\s:#]++|:(?=\S)|(?<=\S)\#|[ ]++(?=[^\s:#]|:\S))*+"
_END: Final = r"(?=[ \r\n]|\Z)"
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
"""What a level of indentation holds; with dashes: a list at the column of the key that it belongs to."""


def quick_tokens(text: str) -> list[Token] | None:
    """The tokens of `text`, or None when some line needs the full scanner."""
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
        """Whether the document, a key or a dash waits for its value."""

    def tokens(self) -> list[Token]:
        text, out, at, size, match = self._text, self._out, 0, len(self._text), _LINE.match
        while at < size:
            line = match(text, at)
            if line is None:
                raise NotPlainEnough
            groups = line.groups()
            at = line.end() if groups[1] is not None else self._line(line, groups)  # 1: the line says nothing
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
        """Whether a value may stand here: it must be indented more than the key or dash that waits for it."""
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
        """A flow collection, a block scalar or a quoted scalar with escapes; anything else is not for us."""
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
