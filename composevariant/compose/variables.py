"""Variables in Compose values, counted with the defaults that the file itself gives them."""

from __future__ import annotations

import re
from typing import Final

_REFERENCE: Final = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<named>[a-z_]\w*)|\{(?:(?P<braced>[a-z_]\w*)(?:(?P<operator>:?[-+?])(?P<word>.*))?\}|))",
    re.ASCII | re.IGNORECASE,
)


def with_defaults(text: str) -> str | None:
    """What `text` is when no variable is set and every one has its default from the file.

    `${V:-d}` and `${V-d}` are `d`, at any depth; `${V:+x}` is empty; `$$` is `$`. None when a variable has no default
    (`$V`, `${V}`, `${V:?message}`), or when Compose would refuse the text. Neither the shell nor `.env` counts.
    The grammar is that of compose-go's `template.go`: a default ends at the brace that closes its own (`${V:-{}}`),
    and `$1` or a `$` at the end is only text.
    """
    parts, at = [], 0
    while reference := _REFERENCE.search(text, at):
        parts.append(text[at : reference.start()])
        value, at = _value(reference)
        if value is None:
            return None
        parts.append(value)
    return "".join((*parts, text[at:]))


def _value(reference: re.Match[str]) -> tuple[str | None, int]:
    """The value of a reference, and where it ends: the pattern takes everything up to the line's last brace."""
    if reference["dollar"]:
        return "$", reference.end()
    if not reference["operator"]:
        return None, reference.end()
    end = _closing_brace(reference.string, reference.start(), reference.end())
    if reference["operator"].endswith("?"):
        return None, end
    if reference["operator"].endswith("+"):
        return "", end
    return with_defaults(reference.string[reference.start("word") : end - 1]), end


def _closing_brace(text: str, start: int, end: int) -> int:
    """The end of the reference that starts at `start`: behind its own brace, else behind the last one."""
    depth, at = 0, start
    while at < end:
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        elif text[at] == "{":
            depth += 1
            at += 1  # as compose-go does: the character behind an opening brace never closes it
        at += 1
    return end
