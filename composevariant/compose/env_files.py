"""Why Docker Compose 2.40.3 cannot read a file of variables (compose-go 2.9.1, `dotenv/parser.go`, and measured)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.variables import broken_references, required_and_unset

if TYPE_CHECKING:
    from collections.abc import Mapping

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
