"""Which quotes the strings of a collection are written in, where quotes are a matter of taste."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from composevariant.scalars import plain_meaning
from composevariant.tree import Scalar, WrittenNode
from composevariant.yamltext.render import is_plain_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ_OTHERWISE = frozenset(("y", "n", "yes", "no", "on", "off"))
"""Strings to Docker, booleans to YAML 1.1: careful people quote them."""


class Quotes:
    """The quotes around the strings of one collection. Strings that need their quotes tell nothing."""

    def __init__(self, nodes: Iterable[WrittenNode]) -> None:
        self._styles = Counter(style for style in map(chosen_style, nodes) if style is not None)

    def around(self, own: WrittenNode | None = None) -> str:
        """The quotes that all strings but `own` have; "" when these are plain or mixed."""
        styles = self._styles
        own_style = None if own is None else chosen_style(own)
        if own_style is not None and len(styles) > 1:
            styles = styles - Counter((own_style,))
        return next(iter(styles)) if len(styles) == 1 else ""


def chosen_style(node: WrittenNode) -> str | None:
    """The quotes around a string ("" for none) when they could be others; None for all else."""
    if not isinstance(node, Scalar) or node.style in ("|", ">") or not node.text or node.tag:
        return None
    if plain_meaning(node.text).kind != "str":
        return None
    if node.style and (node.text.lower() in _READ_OTHERWISE or not is_plain_safe(node.text)):
        return None
    return node.style
