"""Commands written as one string, which Compose splits into words as `mattn/go-shellwords` 1.0.12 does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.tree import Scalar
from composevariant.validation.casts import has_variable

if TYPE_CHECKING:
    from composevariant.tree import Node

_SPECIAL: Final = re.compile(r"[\\'\"`()]")
_ENDS: Final = ";&|<>"
_TOGGLES: Final = {"'": "'", '"': '"', "`": "`", ")": "$("}
"""What each mark opens and closes. A `)` that closes nothing opens a `$(`: so the splitter has it."""
_INERT_IN: Final = {"'": {'"', "$("}, '"': {"'", "$("}, "`": {"'", '"', "$("}, ")": {"'", '"', "`"}}


def wrong_command(node: Node) -> str:
    """What is wrong with a command; empty when nothing is. Lists are taken as they are."""
    if not isinstance(node, Scalar) or not _SPECIAL.search(node.text) or has_variable(node.text):
        return ""
    # Compose has put `$` in for `$$` by now.
    left_open = _left_open(node.text.replace("$$", "$"))
    if not left_open:
        return ""
    return f"cannot be split into words: {left_open}; close it, or write the command as a list"


def _left_open(line: str) -> str:
    """What stays open in a command line, or stands where the splitter refuses it."""
    quotes: set[str] = set()
    escaped, before = False, ""
    for char in line:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = "'" not in quotes
        elif char in _ENDS and not quotes:
            return ""  # What follows is not read.
        elif char == "(" and not quotes & _INERT_IN[")"]:
            if quotes or before != "$":
                return "it has a ( that does not follow a $"
            quotes.add("$(")
        elif char in _TOGGLES and not quotes & _INERT_IN[char]:
            quotes ^= {_TOGGLES[char]}
        # Quotation marks are no part of the word that a `(` may follow.
        before = before if char in "'\"" else char
    if escaped:
        return "it ends in a backslash"
    return f"{min(quotes)} is not closed" if quotes else ""
