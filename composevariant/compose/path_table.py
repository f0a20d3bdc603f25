"""Tables of rows for path patterns such as `services.*.ports`, the notation of the rules in compose-go."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Never

Row_co = TypeVar("Row_co", covariant=True)


class PathTable(Generic[Row_co]):
    """The rows at and below one path. `*` in a pattern matches any one key; a key that is written out wins over it."""

    __slots__ = ("_below", "row")

    def __init__(self, rows: Mapping[str, Row_co] = MappingProxyType({})) -> None:
        """Args: rows: by pattern, relative to this path."""
        self.row: Row_co | None = None
        self._below: dict[str, PathTable[Row_co]] = {}
        for pattern, row in rows.items():
            table: PathTable[Row_co] = self
            for key in pattern.split("."):
                table = table._below.get(key) or table._below.setdefault(key, PathTable())
            table.row = row

    def under(self, key: str | int) -> PathTable[Row_co]:
        """The part of the table below a key; `NOWHERE` if there is none. Positions in lists match only `*`."""
        return self._below.get(str(key)) or self._below.get("*") or NOWHERE

    def at(self, path: Iterable[str | int]) -> Row_co | None:
        """The row for a path."""
        table: PathTable[Row_co] = self
        for key in path:
            table = table.under(key)
        return table.row


NOWHERE: Final[PathTable[Never]] = PathTable()
"""The table without rows."""
