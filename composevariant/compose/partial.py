"""What can be said of a text some of whose variables have no default in the file."""

from __future__ import annotations

import re
from typing import Final

from composevariant.compose.variables import with_defaults

UNKNOWN: Final = "\0"
"""Stands for a value that only the environment knows; Compose files cannot hold this character."""

_INNERMOST: Final = r"\$\$|\$\{[^{}]*\}|\$[A-Za-z_]\w*"


def as_far_as_known(text: str) -> str:
    """The text with its defaults put in, and `UNKNOWN` in place of each variable without one.

    `${REGISTRY}/beats/filebeat:${VERSION:-9.5.1}` is `UNKNOWN` followed by `/beats/filebeat:9.5.1`.
    """
    if "$" not in text:
        return text
    known = with_defaults(text)
    while known is None:
        filled = re.sub(_INNERMOST, _value, text, flags=re.ASCII)
        if filled == text:
            return UNKNOWN
        text, known = filled, with_defaults(filled)
    return known


def _value(match: re.Match[str]) -> str:
    if match[0] == "$$":
        return "$$"
    value = with_defaults(match[0])
    return UNKNOWN if value is None else value
