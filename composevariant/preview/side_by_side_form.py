"""The side-by-side format, with the base on the left and the variant on the right.

Both columns fit the width of the terminal, and long lines are wrapped.
"""

from __future__ import annotations

import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.preview.unified_form import headings, paint
from composevariant.text import edits, hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.preview.unified_form import Color
    from composevariant.text import Hunk

_NARROWEST: Final = 40
_TAB: Final = "    "
_GAP: Final[dict[str, str]] = {"same": "   ", "changed": " | ", "removed": " < ", "added": " > "}
_COLORS: Final[dict[str, tuple[Color, Color]]] = {
    "changed": ("red", "green"),
    "removed": ("red", "green"),
    "added": ("red", "green"),
}


class _Row(NamedTuple):
    kind: str
    left: str
    right: str


def side_by_side(before: tuple[str, str], after: tuple[str, str], *, width: int, color: bool) -> str:
    """Return the changed lines with three lines of context in two columns, or no text if the sides are equal.

    Each side is a name and a text. `width` is the number of terminal columns, at least 40.
    """
    (before_name, old_text), (after_name, new_text) = before, after
    if old_text == new_text:
        return ""
    old, new = old_text.splitlines(), new_text.splitlines()
    column = (max(width, _NARROWEST) - len(_GAP["same"])) // 2
    above = headings(old)
    written = [paint(_line(_Row("same", before_name, after_name), column, color=False), "bold", wanted=color)]
    for hunk in hunks(edits(old, new), len(old), len(new)):
        heading = above[hunk.span.before_start] if hunk.span.before_start < len(above) else ""
        title, *_ = _wrapped(f"-- {hunk.span.before_start + 1} {heading} ", 2 * column + 3)
        written.append(paint(f"{title}{'-' * (2 * column + 3 - _width(title))}\n", "cyan", wanted=color))
        written += (_line(row, column, color=color) for row in _rows(hunk, old, new))
    return "".join(written)


def _rows(hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[_Row]:
    at = hunk.span.before_start
    for edit in hunk.edits:
        yield from (_Row("same", line, line) for line in old[at : edit.before_start])
        removed, added = old[edit.before_start : edit.before_end], new[edit.after_start : edit.after_end]
        for left, right in zip_longest(removed, added):
            kind = "added" if left is None else "removed" if right is None else "changed"
            yield _Row(kind, left or "", right or "")
        at = edit.before_end
    yield from (_Row("same", line, line) for line in old[at : hunk.span.before_end])


def _line(row: _Row, column: int, *, color: bool) -> str:
    """Return both columns of one row, wrapped onto as many lines as needed."""
    colors = _COLORS.get(row.kind)
    lines = []
    for number, (left, right) in enumerate(
        zip_longest(_wrapped(row.left, column), _wrapped(row.right, column), fillvalue="")
    ):
        gap = _GAP[row.kind] if not number else _GAP["same"]
        padded = left + " " * (column - _width(left))
        shown = (padded, right)
        if colors and color:
            shown = (paint(padded, colors[0], wanted=True), paint(right, colors[1], wanted=True) if right else "")
        lines.append(f"{shown[0]}{gap}{shown[1]}".rstrip() + "\n")
    return "".join(lines)


def _wrapped(text: str, column: int) -> list[str]:
    """Split the text into pieces that fit. Control characters are escaped."""
    text = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text.replace("\t", _TAB)
    )
    pieces = [""]
    used = 0
    for char in text:
        wide = _width(char)
        if used + wide > column:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += wide
    return pieces


def _width(text: str) -> int:
    """Return the number of terminal columns of a text. A wide character takes two, and a combining character none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
