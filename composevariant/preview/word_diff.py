"""The changed words of a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.text import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD: Final = pattern(r"\w+|\s+|.", re.DOTALL)

_LONGEST: Final = 1000

_ALIKE: Final = 0.5
"""The minimum share of common text to mark words. With less in common, the many marks would be hard to read."""


class LinePart(NamedTuple):
    """A piece of a line, and whether the piece is missing from the other line."""

    text: str
    differs: bool


def split_words(before: str, after: str) -> tuple[list[LinePart], list[LinePart]]:
    """Split both lines into common and changed pieces. Lines with little in common are not split."""
    from difflib import SequenceMatcher

    whole = [LinePart(before, differs=False)], [LinePart(after, differs=False)]
    if max(len(before), len(after)) > _LONGEST:
        return whole
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = sum(len(word) for block in matcher.get_matching_blocks() for word in old[block.a : block.a + block.size])
    if shared * 2 < _ALIKE * (len(before.strip()) + len(after.strip())):
        return whole
    left: list[LinePart] = []
    right: list[LinePart] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        _add(left, old[start:end], differs=kind != "equal")
        _add(right, new[new_start:new_end], differs=kind != "equal")
    return left, right


def _add(found: list[LinePart], words: Sequence[str], *, differs: bool) -> None:
    if words:
        found.append(LinePart("".join(words), differs))
