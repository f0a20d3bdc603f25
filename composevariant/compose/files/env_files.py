"""`.env` as Docker Compose 2.40.3 reads it (measured): what it sets, and how a value is quoted to come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import broken_references, required_and_unset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ASSIGNMENT: Final = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*", re.ASCII)


_SINGLE: Final = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)


_DOUBLE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,@%+-]+")


class Assignment(NamedTuple):
    """A variable that a `.env` sets. `line` counts from 1."""

    name: str
    value: str
    line: int


def assignments(text: str) -> Iterator[Assignment]:
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
            yield Assignment(found[1], _unquoted(text[found.end() : at]), line)
        else:
            at = _next_line(text, quoted.end())
            yield Assignment(found[1], _unescaped(quoted[0]), line)


def quote_value(value: str) -> str:
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


# Why Docker Compose 2.40.3 cannot read a file of variables (compose-go 2.9.1, `dotenv/parser.go`, and measured).

_BLANK: Final = re.compile(r"(?:\s|#[^\n]*(?:\n|$))*")


_EXPORT: Final = re.compile(r"export\s+")


_QUOTED: Final = {quote: re.compile(rf"{quote}(?:[^{quote}\\]|\\.)*{quote}", re.DOTALL) for quote in "'\""}


_IN_NAMES: Final = "_.-[]"


def env_file_fault(text: str, known: Mapping[str, str]) -> str:
    """What is wrong with the file, with its line and never with a value; empty when nothing is."""
    text, known = text.replace("\r\n", "\n"), dict(known)
    at = _after(_BLANK, text, 0)
    while at < len(text):
        at = _after(_EXPORT, text, at)
        if at == len(text):
            return f"line {text.rstrip().count(chr(10)) + 1} has an export of nothing"
        start, end, fault = _name(text, at)
        line = text.count("\n", 0, start) + 1
        if fault:
            return f"line {line} {fault}"
        value, at = _value(text, end)
        if value is None:
            return f"line {line} has a quote that nothing closes"
        fault = _reference_fault(value, known)
        if fault:
            return f"line {line} {fault}"
        known.setdefault(text[start : end - 1].strip(), value)  # whoever comes next may need it
        at = _after(_BLANK, text, at)
    return ""


def raw_file_fault(text: str) -> str:
    """What is wrong with a file of `format: raw`, whose lines are taken as they are; empty when nothing is."""
    for number, line in enumerate(text.splitlines(), 1):
        name = line.lstrip().partition("=")[0]
        if name.startswith("#") or not line.strip():
            continue
        if not name or any(map(str.isspace, name)):
            return f"line {number} has {'a blank in the' if name else 'no'} name of its variable"
    return ""


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _name(text: str, start: int) -> tuple[int, int, str]:
    """Where a name starts and where its value does, and what is wrong with the name."""
    for at in range(start, len(text)):
        character = text[at]
        if character in "=:\n":
            fault = "has a blank in the name of its variable" if " " in text[start:at].rstrip() else ""
            return start, at if character == "\n" else at + 1, fault
        if not (character.isspace() or character in _IN_NAMES or character.isalpha() or character.isnumeric()):
            return start, at, f'has "{character}" in the name of its variable'
    return start, start, ""  # a last line without `=` is taken for a value


def _value(text: str, start: int) -> tuple[str | None, int]:
    """A value in which variables count, and where it ends; None for one whose quotes do not close."""
    while start < len(text) and text[start] in " \t":
        start += 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    quoted = _QUOTED.get(text[start : start + 1])
    if quoted is None:
        return re.split(r"(?:^|\s)#", text[start:line_end], maxsplit=1)[0], line_end
    found = quoted.match(text, start)
    if found is None:
        return None, line_end
    return "" if text[start] == "'" else found[0], found.end()


def _reference_fault(value: str, known: Mapping[str, str]) -> str:
    if "$" not in value:
        return ""
    if any(broken_references(value)):
        return "has a ${ that begins no reference to a variable"
    name = next(required_and_unset(value, known), "")
    return f"needs the variable {name}, which is not set" if name else ""
