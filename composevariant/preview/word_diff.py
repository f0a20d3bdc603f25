"""Which words of a changed line differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD: Final = re.compile(r"\w+|\s+|.", re.DOTALL)
_LONGEST: Final = 1000
_ALIKE: Final = 0.5
"""Lines that have less in common than this are shown as a whole: marks on every second word hide more than that."""


class Part(NamedTuple):
    """A piece of a line, and whether the other line has it not."""

    text: str
    differs: bool


def parts(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """Both lines in pieces; one piece each where they have little in common."""
    from difflib import SequenceMatcher

    whole = [Part(before, differs=False)], [Part(after, differs=False)]
    if max(len(before), len(after)) > _LONGEST:
        return whole
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = sum(len(word) for block in matcher.get_matching_blocks() for word in old[block.a : block.a + block.size])
    if shared * 2 < _ALIKE * (len(before.strip()) + len(after.strip())):
        return whole
    left: list[Part] = []
    right: list[Part] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        _add(left, old[start:end], differs=kind != "equal")
        _add(right, new[new_start:new_end], differs=kind != "equal")
    return left, right


def _add(found: list[Part], words: Sequence[str], *, differs: bool) -> None:
    if words:
        found.append(Part("".join(words), differs))
