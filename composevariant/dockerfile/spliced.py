"""A text that was spliced, as a source whose locations are those of the text before."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.source import Location


@dataclass(frozen=True, slots=True, eq=False)
class SplicedSource(Source):
    """What is kept has the location it had, what is new the location of what it stands at."""

    before: Source
    starts: tuple[int, ...]
    """Where the pieces start that the text consists of."""
    offsets: tuple[int, ...]
    """Where these are in the text before."""
    new: tuple[bool, ...]

    def location(self, offset: int) -> Location:
        at = bisect_right(self.starts, offset) - 1
        return self.before.location(self.offsets[at] + (0 if self.new[at] else offset - self.starts[at]))


def spliced(before: Source, splices: Iterable[tuple[int, int, str]]) -> Source:
    """`before` with splices, which come in order and do not overlap."""
    pieces: list[tuple[str, int, bool]] = []
    done = 0
    for start, end, text in splices:
        pieces += ((before.text[done:start], done, False), (text, start, True))
        done = end
    pieces.append((before.text[done:], done, False))
    starts, length = [], 0
    for text, _, _ in pieces:
        starts.append(length)
        length += len(text)
    offsets, new = tuple(piece[1] for piece in pieces), tuple(piece[2] for piece in pieces)
    return SplicedSource(before.name, "".join(piece[0] for piece in pieces), before, tuple(starts), offsets, new)
