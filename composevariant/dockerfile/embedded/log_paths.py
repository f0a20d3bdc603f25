"""Which log files the configuration of a sidecar reads: nobody collects them when it is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ITEM: Final = re.compile(r"^[ \t]*-[ \t]+(.+)$")


def log_paths(text: str, settings: Iterable[str]) -> list[str]:
    """The paths in a configuration, whatever its format: the values of these settings that look like paths."""
    names = "|".join(map(re.escape, settings))
    setting = re.compile(rf"^[ \t]*(?:-[ \t]+)?[\"']?(?:{names})[\"']?(?:[ \t]*[:=][ \t]*|[ \t]+)(.*)$", re.IGNORECASE)
    found: list[str] = []
    listing = False
    for line in text.splitlines() if names else ():
        if line.lstrip().startswith(("#", ";")):
            continue
        named = setting.match(line)
        item = _ITEM.match(line)
        if named:
            found += _values(named[1])
            listing = not named[1].strip()
        elif listing and item:
            found += _values(item[1])
        elif line.strip():
            listing = False
    return list(dict.fromkeys(path for path in found if path.startswith(("/", "./"))))


def _values(text: str) -> list[str]:
    bare = text.split(" #", maxsplit=1)[0].strip().strip("[]")
    return [part.strip().strip("\"'") for part in bare.split(",") if part.strip()]
