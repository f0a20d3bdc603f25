"""Two texts compared by what they mean, in words."""

from __future__ import annotations

from composevariant.changes import compare
from composevariant.compose.identity import item_key
from composevariant.errors import UnusableInput
from composevariant.source import Source
from composevariant.yamltext import parse


def in_words(before_name: str, before: str, after_name: str, after: str, *, color: bool) -> str:
    """What the second file says differently, in words.

    Raises:
        UnusableInput: one of the two is not YAML, or empty.
    """
    from composevariant.preview.semantic import semantic

    old, new = parse(Source(before_name, before)).root, parse(Source(after_name, after)).root
    if old is None or new is None:
        raise UnusableInput(f"{before_name if old is None else after_name} is empty")
    return semantic(old, new, compare(old, new, item_key), item_key, color=color)
