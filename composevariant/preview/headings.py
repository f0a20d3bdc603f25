"""Under which service a line stands, read off the text: what `git diff` calls the function of a hunk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY: Final = re.compile(r"""(?P<indent> *)(?P<quote>["']?)(?P<name>[\w.@/-][\w.@/ -]*)(?P=quote)\s*:(?=\s|$)""")


def headings(lines: Sequence[str]) -> list[str]:
    """For each line the top-level key and the key below it, such as `services.backend`; empty above the first key."""
    found: list[str] = []
    section = name = ""
    indent = 0
    for line in lines:
        if indent and line[: indent + 1].isspace():  # deeper: most lines of a long file
            found.append(found[-1])
            continue
        key = _KEY.match(line)
        depth = len(key["indent"]) if key else -1
        if key and depth == 0:
            section, name, indent = key["name"], "", 0
        elif key and section and (indent == 0 or depth <= indent):
            name, indent = key["name"], depth
        found.append(f"{section}.{name}" if name else section)
    return found
