"""The one marked block that `switch` keeps at the end of a `.env`; everything else in the file stays, byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.dotenv import quoted
from composevariant.header import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

_BROKEN: Final = "the line above had no line break"
_NEW: Final = "this file was not there before"
_BLOCK: Final = re.compile(
    r"^# >>> composevariant switch (?P<variant>\S+)(?:, (?P<before>[^\r\n]*?))? >>>(?P<end>\r?)\n"
    r"(?P<lines>(?:.*\n)*?)"
    r"# <<< composevariant (?P<digest>[0-9a-f]+): `composevariant switch base` takes this block out <<<\r?\n?",
    re.MULTILINE,
)


class Block(NamedTuple):
    """A block in a `.env`."""

    variant: str
    lines: str
    is_ours: bool
    """Whether it holds what `switch` wrote: nobody has edited it."""
    rest: str | None
    """The file without the block, as it was before; None when there was no file."""


def find_block(text: str) -> Block | None:
    """The block in a `.env`, if it has one. Should somebody have copied it, the last one."""
    found = None
    for found in _BLOCK.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None
    before, after = text[: found.start()], text[found.end() :]
    if found["before"] == _BROKEN and not after:
        before = before.removesuffix("\r\n" if found["end"] else "\n")
    rest = None if found["before"] == _NEW and not before + after else before + after
    return Block(found["variant"], found["lines"], digest(found["lines"]) == found["digest"], rest)


def with_block(text: str | None, variant: str, variables: Sequence[tuple[str, str]]) -> str:
    """The `.env` with a block of these variables as its last lines. Docker Compose takes the last value of a name.

    `text` is the file without a block, None when there is none.
    """
    newline = "\r\n" if text and "\r\n" in text else "\n"
    before = _NEW if text is None else _BROKEN if text and not text.endswith("\n") else ""
    lines = "".join(f"{name}={quoted(value)}{newline}" for name, value in variables)
    begin = f"# >>> composevariant switch {variant}{f', {before}' if before else ''} >>>"
    end = f"# <<< composevariant {digest(lines)}: `composevariant switch base` takes this block out <<<"
    gap = newline if before == _BROKEN else ""
    return f"{text or ''}{gap}{begin}{newline}{lines}{end}{newline}"
