"""Edits of a text as splices: everything that no splice covers stays, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Splices:
    """Replacements of parts of one text, collected in any order and applied at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._splices: list[tuple[int, int, int, str]] = []

    def replace(self, start: int, end: int, new: str) -> None:
        if self.text[start:end] != new:
            self._splices.append((start, end, len(self._splices), new))

    def touches(self, start: int, end: int) -> bool:
        """Whether some splice changes what stands from `start` to `end`."""
        return any(first < end and last > start for first, last, *_ in self._splices)

    def appends(self) -> bool:
        """Whether something is put behind the end of the text."""
        return any(start == len(self.text) for start, *_ in self._splices)

    def insert(self, at: int, new: str) -> None:
        self._splices.append((at, at, len(self._splices), new))

    def remove(self, start: int, end: int) -> None:
        self._splices.append((start, end, len(self._splices), ""))

    def forget(self, count: int) -> None:
        """Forget all but the first `count` splices that were asked for."""
        del self._splices[count:]

    def __len__(self) -> int:
        return len(self._splices)

    def applied(self) -> str:
        """The text after all splices. Of several at one offset, insertions come first, in the order they were asked.

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

    def in_order(self) -> Iterator[tuple[int, int, str]]:
        """All splices from the start of the text on, as `applied` does them.

        Raises:
            InternalError: Two splices overlap.
        """
        done = 0
        for start, end, _, new in sorted(self._splices, key=_place):
            if start < done:
                raise InternalError(f"two edits overlap at offset {start}")
            yield start, end, new
            done = end


def _place(splice: tuple[int, int, int, str]) -> tuple[int, bool, int]:
    start, end, asked, _ = splice
    return start, end > start, asked
