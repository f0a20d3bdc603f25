"""Wildcards: `*` stands for any text, and nothing else is special."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` describes, letter case included."""
    return pattern == text if "*" not in pattern else _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    # The first place at which a middle part fits is as good as any later one. The atomic groups say so, without which
    # a pattern with many stars would take exponential time.
    first, *middle, last = map(re.escape, pattern.split("*"))
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}", re.DOTALL)
