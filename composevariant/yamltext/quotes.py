"""Which quotes the strings of a collection are written in, where they are a matter of taste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.scalars import plain_meaning
from composevariant.tree import Scalar, WrittenNode
from composevariant.yamltext.render import is_plain_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ_OTHERWISE = frozenset(("y", "n", "yes", "no", "on", "off"))
"""Strings to Docker, booleans to YAML 1.1: careful people quote them."""


def quotes_around(nodes: Iterable[WrittenNode]) -> str:
    """The quotes that all strings among `nodes` are written in; "" when these are plain or mixed."""
    styles = {chosen_style(node) for node in nodes} - {None}
    return next(iter(styles)) or "" if len(styles) == 1 else ""


def chosen_style(node: WrittenNode) -> str | None:
    """The quotes around a string ("" for none) when they could be others; None for all else."""
    if not isinstance(node, Scalar) or node.style in ("|", ">") or not node.text or node.tag:
        return None
    if plain_meaning(node.text).kind != "str":
        return None
    if node.style and (node.text.lower() in _READ_OTHERWISE or not is_plain_safe(node.text)):
        return None
    return node.style
