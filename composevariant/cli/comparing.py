"""Two texts compared by what they mean, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.changes import compare
from composevariant.compose.identity import item_key
from composevariant.tree import Mapping
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.changes import Change
    from composevariant.source import Source


def in_words(before: Source, after: Source, changes: Sequence[Change] | None = None, *, color: bool) -> str:
    """What the second text says differently, in words.

    Args:
        before: The first text.
        after: The second one.
        changes: The changes that operations made between the two, where that is known; then each line names its cause.
        color: Whether to colour it for a terminal.

    Raises:
        UnusableInput: one of the two is not YAML.
    """
    from composevariant.preview.semantic import semantic

    old, new = (Mapping() if root is None else root for root in (parse(before).root, parse(after).root))
    known = compare(old, new, item_key) if changes is None else changes
    return semantic(old, new, known, item_key, color=color)
