"""`.env` as Docker Compose 2.40.3 reads it (measured): what it sets, and how a value is quoted to come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASSIGNMENT: Final = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*", re.ASCII)
_SINGLE: Final = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,@%+-]+")


class Assigned(NamedTuple):
    """A variable that a `.env` sets. `line` counts from 1."""

    name: str
    value: str
    line: int


def assignments(text: str) -> Iterator[Assigned]:
    """What the file sets, in its order; of several values for one name the last one counts.

    Variables in values are not replaced: who needs a value that depends on others has to ask Docker Compose.
    """
    at = 0
    while at < len(text):
        found = _ASSIGNMENT.match(text, at)
        if found is None:
            at = _next_line(text, at)
            continue
        quoted = _SINGLE.match(text, found.end()) or _DOUBLE.match(text, found.end())
        line = text.count("\n", 0, found.start()) + 1
        if quoted is None:
            at = _next_line(text, found.end())
            yield Assigned(found[1], _unquoted(text[found.end() : at]), line)
        else:
            at = _next_line(text, quoted.end())
            yield Assigned(found[1], _unescaped(quoted[0]), line)


def quoted(value: str) -> str:
    r"""The value as it is written in a `.env`, so that Docker Compose reads back the same.

    Without quotes where nothing in it is special; else in single quotes, in which only `\'` is; else in double quotes.
    """
    if _PLAIN.fullmatch(value):
        return value
    if not set(value) & set("'\\\r"):
        return f"'{value}'"
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'


def _next_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


def _unquoted(rest: str) -> str:
    """A value without quotes ends at a `#` behind a blank."""
    return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()


def _unescaped(written: str) -> str:
    inner = written[1:-1]
    if written[0] == "'":
        return inner.replace("\\'", "'")
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner, flags=re.DOTALL)
