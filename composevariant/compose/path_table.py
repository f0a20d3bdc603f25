"""Tables whose rows hold for path patterns such as `services.*.ports`: how compose-go writes down its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = TypeVar("Row")


class PathTable(Generic[Row]):
    """The rows at and below one path. `*` in a pattern stands for any one key; a written key wins over it."""

    __slots__ = ("_below", "row")

    def __init__(self) -> None:
        self.row: Row | None = None
        self._below: dict[str, PathTable[Row]] = {}

    def under(self, key: str | int) -> PathTable[Row] | None:
        """The part of the table that holds below `key`; None when nothing does. List positions only fit `*`."""
        return self._below.get(str(key)) or self._below.get("*")

    def at(self, path: Iterable[str | int]) -> Row | None:
        """The row for a path."""
        table: PathTable[Row] | None = self
        for key in path:
            table = table.under(key) if table else None
        return table.row if table else None

    def add(self, pattern: str, row: Row) -> None:
        """Write a row down while the table is made."""
        table = self
        for key in pattern.split("."):
            table = table._below.setdefault(key, PathTable())
        table.row = row


def path_table(rows: dict[str, Row]) -> PathTable[Row]:
    """A table from its rows, by pattern."""
    table: PathTable[Row] = PathTable()
    for pattern, row in rows.items():
        table.add(pattern, row)
    return table
