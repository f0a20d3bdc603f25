"""Read env files as Docker Compose 2.40.3 does (measured), find errors in env files, and quote values for env files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import broken_references, required_and_unset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ASSIGNMENT: Final = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*", re.ASCII)
_QUOTED: Final = {quote: re.compile(rf"{quote}(?:[^{quote}\\]|\\.)*{quote}", re.DOTALL) for quote in "'\""}
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,@%+-]+")


class Assignment(NamedTuple):
    """A variable that an env file sets. The first `line` is 1."""

    name: str
    value: str
    line: int


def assignments(text: str) -> Iterator[Assignment]:
    """Yield the variables that the file sets, in file order. The last value for a name takes effect.

    Variables in values are not replaced.
    """
    at = 0
    while at < len(text):
        found = _ASSIGNMENT.match(text, at)
        if found is None:
            at = _next_line(text, at)
            continue
        pattern = _QUOTED.get(text[found.end() : found.end() + 1])
        quoted = pattern.match(text, found.end()) if pattern else None
        line = text.count("\n", 0, found.start()) + 1
        if quoted is None:
            at = _next_line(text, found.end())
            yield Assignment(found[1], _unquote(text[found.end() : at]), line)
        else:
            at = _next_line(text, quoted.end())
            yield Assignment(found[1], _unescape(quoted[0]), line)


def quote_value(value: str) -> str:
    r"""Return the value as an env file must spell it for Docker Compose.

    A value without special characters is not quoted. A value that needs quotes has single quotes, or double quotes if
    it contains a `'`, a backslash or a carriage return.
    """
    if _PLAIN.fullmatch(value):
        return value
    if not set(value) & set("'\\\r"):
        return f"'{value}'"
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'


def _next_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


def _unquote(rest: str) -> str:
    """Return an unquoted value, which ends at a `#` after a space."""
    return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()


def _unescape(written: str) -> str:
    inner = written[1:-1]
    if written[0] == "'":
        return inner.replace("\\'", "'")
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner, flags=re.DOTALL)


# Errors for which Docker Compose 2.40.3 refuses an env file (compose-go 2.9.1, `dotenv/parser.go`, and measured).

_BLANK: Final = re.compile(r"(?:\s|#[^\n]*(?:\n|$))*")
_EXPORT: Final = re.compile(r"export\s+")
_IN_NAMES: Final = "_.-[]"


def env_file_fault(text: str, known: Mapping[str, str]) -> str:
    """Return the first error in the file with its line, or an empty string.

    The message does not include values, because they may be secret.
    """
    text, known = text.replace("\r\n", "\n"), dict(known)
    at = _after(_BLANK, text, 0)
    while at < len(text):
        at = _after(_EXPORT, text, at)
        if at == len(text):
            return f"line {text.rstrip().count(chr(10)) + 1} has an export without a variable"
        start, end, fault = _name(text, at)
        line = text.count("\n", 0, start) + 1
        if fault:
            return f"line {line} {fault}"
        value, at = _value(text, end)
        if value is None:
            return f"line {line} has a quote that is not closed"
        fault = _reference_fault(value, known)
        if fault:
            return f"line {line} {fault}"
        known.setdefault(text[start : end - 1].strip(), value)  # the following lines may use it
        at = _after(_BLANK, text, at)
    return ""


def raw_file_fault(text: str) -> str:
    """Return the first error in an env file with `format: raw`, or an empty string.

    The lines of such a file are taken literally.
    """
    for number, line in enumerate(text.splitlines(), 1):
        name = line.lstrip().partition("=")[0]
        if name.startswith("#") or not line.strip():
            continue
        if not name or any(map(str.isspace, name)):
            return f"line {number} has {'a blank in the variable name' if name else 'no variable name'}"
    return ""


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _name(text: str, start: int) -> tuple[int, int, str]:
    """Return the start of a name, the start of its value, and the error in the name (empty if there is none)."""
    for at in range(start, len(text)):
        character = text[at]
        if character in "=:\n":
            fault = "has a blank in the variable name" if " " in text[start:at].rstrip() else ""
            return start, at if character == "\n" else at + 1, fault
        if not (character.isspace() or character in _IN_NAMES or character.isalpha() or character.isnumeric()):
            return start, at, f'has "{character}" in the variable name'
    return start, start, ""  # Compose reads a last line without `=` as a value


def _value(text: str, start: int) -> tuple[str | None, int]:
    """Return the part of a value in which variables are replaced, and the end of the value.

    The part is None if a quote is not closed.
    """
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
        return "has an invalid reference to a variable after ${"
    name = next(required_and_unset(value, known), "")
    return f"needs the variable {name}, which is not set" if name else ""
