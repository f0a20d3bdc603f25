"""Strings that Compose turns into numbers and booleans, after interpolation and before it looks at the schema.

The rules are those of compose-go 2.9.1, `loader/interpolate.go`.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from composevariant.patterns import pattern
from composevariant.scalars import Meaning

Cast = Literal["int", "float", "bool"]

_VARIABLE: Final = pattern(r"\$(?:\$|([A-Za-z_{]))")
_INTEGER: Final = pattern(r"[-+]?[0-9]{1,19}")
_FLOAT: Final = pattern(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_TRUE: Final = frozenset(("true", "y", "yes", "on"))
_FALSE: Final = frozenset(("false", "n", "no", "off"))


def has_variable(text: str) -> bool:
    """Whether Compose puts something in for `$NAME` or `${…}`, so that only a run can tell the value."""
    return "$" in text and any(found[1] for found in _VARIABLE.finditer(text))


def cast_text(text: str, kind: Cast) -> Meaning | None:
    """What Compose makes of a string where it wants a number or a boolean; None when it refuses the string."""
    if kind == "bool":
        lower = text.lower()
        return Meaning("bool", lower in _TRUE) if lower in _TRUE or lower in _FALSE else None
    if kind == "float":
        return Meaning("float", float(text)) if _FLOAT.fullmatch(text) else None
    return Meaning("int", int(text)) if _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63 else None
