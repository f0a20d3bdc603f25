"""What a plain YAML scalar means to Docker Compose, which reads with go-yaml v3.

The rules are those of go-yaml v3's `resolve.go`, checked against `docker compose config` 2.40.3: `0444` is 292, `1_000`
is 1000, while `yes` and `22:22` are strings.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

Kind = Literal["null", "bool", "int", "float", "timestamp", "str"]


class Meaning(NamedTuple):
    """The kind and value of a scalar. Strings and timestamps have their text as value."""

    kind: Kind
    value: str | int | float | bool | None


_NULL: Final = Meaning("null", None)
_WORDS: Final[dict[str, Meaning]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL),
    **dict.fromkeys(("true", "True", "TRUE"), Meaning("bool", value=True)),
    **dict.fromkeys(("false", "False", "FALSE"), Meaning("bool", value=False)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Meaning("float", float("nan"))),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), Meaning("float", float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Meaning("float", float("-inf"))),
}
_DATE: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_CLOCK: Final = r"(?:[01]?\d|2[0-3])(?::[0-5]?\d){2}(?:[.,]\d+)?"
_TIMESTAMP: Final = re.compile(rf"{_DATE}(?:[Tt]{_CLOCK}(?:Z|[-+]\d\d:\d\d)| +{_CLOCK})?", re.ASCII)
_INTEGER: Final = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_FEBRUARY: Final = 2
_DAYS: Final = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The days of each month, counted from 1."""
_MIN_INT, _MAX_UINT = -(2**63), 2**64 - 1
_MAX_DIGITS: Final = 100
"""More can only be too large, and Python refuses to read 5,000."""
_LEAST_FIXED, _LEAST_WITH_EXPONENT = 1e-4, 1e6


def plain_meaning(text: str) -> Meaning:
    """The meaning of an untagged plain scalar."""
    known = _WORDS.get(text)
    if known is not None:
        return known
    if text[0] not in "+-.0123456789":
        return Meaning("str", text)
    if _is_timestamp(text):
        return Meaning("timestamp", text)
    digits = text if text[0] == "." else text.replace("_", "")
    integer = _INTEGER.fullmatch(digits)
    number = None if integer is None else _integer(integer)
    if number is not None and _MIN_INT <= number <= _MAX_UINT:
        return Meaning("int", number)
    if _FLOAT.fullmatch(digits):
        size = float(digits)
        if abs(size) != float("inf"):
            return Meaning("float", size)
    return Meaning("str", text)


def _is_timestamp(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    in_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    extra = month == _FEBRUARY and in_leap_year
    return month < len(_DAYS) and 1 <= day <= _DAYS[month] + extra


def _integer(match: re.Match[str]) -> int | None:
    sign, hexadecimal, binary, octal, decimal = match.groups()
    for digits, base in ((hexadecimal, 16), (binary, 2), (octal, 8), (decimal, 10)):
        if digits is not None:
            return int(f"{sign}{digits}", base) if len(digits) < _MAX_DIGITS else None
    return None


def tagged_meaning(tag: str, text: str) -> Meaning:
    """The meaning of a scalar with a core tag such as `!!str`; other tags leave the meaning as it is."""
    if tag == "!!str":
        return Meaning("str", text)
    meaning = plain_meaning(text)
    if tag == "!!float" and meaning.kind == "int" and isinstance(meaning.value, int):
        return Meaning("float", float(meaning.value))
    return meaning


def go_text(meaning: Meaning, text: str) -> str:
    """How Go prints the value where Compose makes a string of it: keys, and `environment` values (`1.10` is `1.1`)."""
    if meaning.kind == "bool":
        return "true" if meaning.value else "false"
    if meaning.kind == "int":
        return str(meaning.value)
    if meaning.kind == "float" and isinstance(meaning.value, float):
        return _go_float(meaning.value)
    return text


def _go_float(value: float) -> str:
    """Go's `%v`: shortest digits, with an exponent from 1e6 on and below 1e-4."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[repr(value)]
    size = abs(value)
    if not size or _LEAST_FIXED <= size < _LEAST_WITH_EXPONENT:
        return repr(value).removesuffix(".0")
    mantissa, _, exponent = repr(size).partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = len(whole) - 1 + int(exponent or 0)
    digits = (whole + fraction).rstrip("0")
    mantissa = f"{digits[0]}.{digits[1:]}".removesuffix(".")
    return f"{'-' if value < 0 else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
