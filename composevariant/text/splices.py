"""Edit a text by splices. Text outside the splices stays the same, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from composevariant.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Splice: TypeAlias = tuple[int, int, str]
"""The start offset, the end offset, and the text that replaces everything between the two offsets."""


class Splices:
    """Replacements of parts of one text, collected in any order and applied at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._splices: list[tuple[int, int, int, str]] = []

    def replace(self, start: int, end: int, new: str) -> None:
        if self.text[start:end] != new:
            self._splices.append((start, end, len(self._splices), new))

    def touches(self, start: int, end: int) -> bool:
        """Return whether a splice changes text between `start` and `end`."""
        return any(first < end and last > start for first, last, *_ in self._splices)

    def appends(self) -> bool:
        """Return whether a splice inserts text at the end."""
        return any(start == len(self.text) for start, *_ in self._splices)

    def insert(self, at: int, new: str) -> None:
        self._splices.append((at, at, len(self._splices), new))

    def remove(self, start: int, end: int) -> None:
        self._splices.append((start, end, len(self._splices), ""))

    def forget(self, count: int) -> None:
        """Remove all splices except the first `count` that were added."""
        del self._splices[count:]

    def since(self, count: int) -> tuple[Splice, ...]:
        """Return all splices except the first `count`, in the order they were added."""
        return tuple((start, end, new) for start, end, _, new in self._splices[count:])

    def repeat(self, splices: Iterable[Splice]) -> None:
        """Add the splices of an earlier edit."""
        for start, end, new in splices:
            self._splices.append((start, end, len(self._splices), new))

    def with_blank(self, regions: Iterable[tuple[int, int]], numbers: Collection[int]) -> str:
        """Return the text with a line break in place of each region, after all splices except those in `numbers`.

        Raises:
            InternalError: Another splice reaches into a region.
        """
        left = Splices(self.text)
        left.repeat((start, end, new) for start, end, asked, new in self._splices if asked not in numbers)
        left.repeat((start, end, "\n") for start, end in regions)
        return left.apply()

    def __len__(self) -> int:
        return len(self._splices)

    def apply(self) -> str:
        """Return the text after all splices. Insertions at the same offset come first, in the order they were added.

        Raises:
            InternalError: Two splices overlap.
        """
        pieces: list[str] = []
        done = 0
        for start, end, new in self.in_order():
            pieces += (self.text[done:start], new)
            done = end
        pieces.append(self.text[done:])
        return "".join(pieces)

    def in_order(self) -> Iterator[Splice]:
        """Yield all splices in text order, as `apply` applies them.

        Raises:
            InternalError: Two splices overlap.
        """
        done = 0
        for start, end, _, new in sorted(self._splices, key=_order):
            if start < done:
                raise InternalError(f"two edits overlap at offset {start}")
            yield start, end, new
            done = end


def _order(splice: tuple[int, int, int, str]) -> tuple[int, bool, int]:
    start, end, asked, _ = splice
    return start, end > start, asked
