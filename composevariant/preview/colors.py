"""The terminal's colours, the ones of `git diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.preview.word_diff import Part

Color = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_CODES: Final[dict[Color, int]] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


def painted(text: str, color: Color, *, wanted: bool) -> str:
    """The text in a colour where colour is wanted. A line break at its end stays outside, as with git."""
    if not wanted:
        return text
    content = text.rstrip("\r\n")
    return f"\x1b[{_CODES[color]}m{content}\x1b[m{text[len(content) :]}"


def highlighted(sign: str, parts: Iterable[Part], color: Color) -> str:
    """A line in a colour, with the parts that differ in reverse, as git's `diff-highlight` shows them."""
    marked = "".join(f"\x1b[7m{part.text}\x1b[27m" if part.differs else part.text for part in _apart(parts))
    return painted(f"{sign}{marked}", color, wanted=True)


def _apart(parts: Iterable[Part]) -> Iterable[Part]:
    """The parts, with the line break apart from what is before it: it stays outside of colours."""
    for part in parts:
        content = part.text.rstrip("\r\n")
        yield from (
            piece
            for piece in (part._replace(text=content), part._replace(text=part.text[len(content) :], differs=False))
            if piece.text
        )
