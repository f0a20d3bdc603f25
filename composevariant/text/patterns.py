"""Regular expressions that are compiled at first use, and wildcards.

Compiling all expressions at import would take as long as reading a small project.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING


class _Pattern:
    def __init__(self, text: str, flags: int = 0) -> None:
        self._pattern = (text, flags)

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._pattern), name)
        setattr(self, name, found)  # later calls do not come here
        return found


if TYPE_CHECKING:

    def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
        """Return a pattern that is compiled at first use. An error in the pattern is raised only then."""

else:
    pattern = _Pattern


# Wildcards: `*` matches any text, and no other character is special.


def matches(pattern: str, text: str) -> bool:
    """Return whether `text` matches `pattern`. The comparison is case-sensitive."""
    return pattern == text if "*" not in pattern else _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    # The first match of a middle part is as good as any later one, so the groups are atomic. Without them, a pattern
    # with many stars would take exponential time.
    first, *middle, last = map(re.escape, pattern.split("*"))
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}", re.DOTALL)
