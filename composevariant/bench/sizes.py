"""Sizes as Docker writes them: decimal units, four digits."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_SIZE: Final = re.compile(r"(?P<value>\d+(?:\.\d+)?) ?(?P<unit>[kKMGT]?)(?P<binary>i?)B")


def read_size(text: str) -> int:
    """`2.5MB` in bytes; 0 for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return 0
    power = " kMGT".index(found["unit"].replace("K", "k") or " ")
    step = 1024 if found["binary"] else 1000
    size: int = round(float(found["value"]) * step**power)
    return size


def shown_size(size: int) -> str:
    """Bytes as `90.8 MB`."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - what would be shown as 1000
        value, unit = value / 1000, unit + 1
    return f"{size} B" if unit == 0 else f"{value:.{1 if value < 99.95 else 0}f} {_UNITS[unit]}"  # noqa: PLR2004
