"""JSON of other programs, read with care: a field that is missing or of another kind is empty."""

from __future__ import annotations


def mapping(value: object) -> dict[str, object]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, object]]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts of a list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The text, or ""."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """The number, or 0."""
    return float(value) if isinstance(value, int | float) else 0.0
