"""The terminal's colours, the ones of `git diff`."""

from __future__ import annotations

from typing import Final, Literal

Color = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_CODES: Final[dict[Color, int]] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


def painted(text: str, color: Color, *, wanted: bool) -> str:
    """The text in a colour where colour is wanted. A line break at its end stays outside, as with git."""
    if not wanted:
        return text
    content = text.rstrip("\r\n")
    return f"\x1b[{_CODES[color]}m{content}\x1b[m{text[len(content) :]}"
