"""Variables in Compose values, counted with the defaults that the file itself gives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

_Known: TypeAlias = "Mapping[str, str] | None"

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
    return _filled(text, None)


def interpolated(text: str, known: Mapping[str, str]) -> str | None:
    """What Compose makes of `text` with these variables; one that is not set is empty.

    None when a variable is required (`${V:?message}`) and not set, or when Compose would refuse the text.
    """
    return _filled(text, known)


def _filled(text: str, known: _Known) -> str | None:
    parts, at = [], 0
    while reference := _REFERENCE.search(text, at):
        parts.append(text[at : reference.start()])
        value, at = _value(reference, known)
        if value is None:
            return None
        parts.append(value)
    return "".join((*parts, text[at:]))


def _value(reference: re.Match[str], known: _Known) -> tuple[str | None, int]:
    """The value of a reference, and where it ends: the pattern takes everything up to the line's last brace."""
    if reference["dollar"]:
        return "$", reference.end()
    name, operator = reference["named"] or reference["braced"], reference["operator"]
    value = known.get(name) if known is not None and name else None
    if not operator:
        return value or "" if known is not None and name else None, reference.end()
    end = _closing_brace(reference.string, reference.start(), reference.end())
    is_set = value is not None and (value != "" or not operator.startswith(":"))
    word = reference.string[reference.start("word") : end - 1]
    if operator.endswith("+"):
        return _filled(word, known) if is_set else "", end
    if is_set:
        return value, end
    return None if operator.endswith("?") else _filled(word, known), end


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
