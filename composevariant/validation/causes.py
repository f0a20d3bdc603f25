"""From jsonschema's errors to their causes: which branch of a choice was meant, and what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.validation.json_data import Timestamp
from composevariant.validation.judge import UNKNOWN_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema.exceptions import ValidationError

    from composevariant.tree_edits import Path

_CLASSES: Final[dict[type, str]] = {
    Timestamp: "a date",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number with a fraction",
    list: "a list",
    dict: "a mapping",
}
_CHOICES: Final = ("oneOf", "anyOf")


class Cause(NamedTuple):
    """One rule of the schema that one place in the file breaks."""

    path: Path
    keyword: str
    """The keyword of JSON Schema, or `unknown-key`."""
    wanted: tuple[str, ...]
    """What the schema asks for: types, values, a limit, required keys; the known keys for `unknown-key`."""
    found: str
    """What is there instead, in words."""
    patterns: tuple[str, ...] = ()
    """For `unknown-key`: which other keys there may be."""


def causes_of(errors: Iterable[ValidationError]) -> Iterator[Cause]:
    """The causes of a file's errors; the same cause may come twice."""
    for error in errors:
        if error.validator in _CHOICES and error.context:
            yield from _causes_of_choice(error)
        else:
            yield _cause(error)


def _causes_of_choice(error: ValidationError) -> Iterator[Cause]:
    """Those of the branch that was meant: the one whose type fits, and of several the one that gets furthest."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [inner for inner in branches.values() if not any(map(_is_of_wrong_type, inner))]
    if meant:
        furthest = max(meant, key=_reach)
        yield from causes_of(furthest)
    else:
        types = [name for inner in branches.values() for name in _allowed_types(inner)]
        yield Cause(tuple(error.absolute_path), "type", tuple(dict.fromkeys(types)), _found(error.instance))


def _is_of_wrong_type(error: ValidationError) -> bool:
    if error.relative_path:
        return False
    if error.validator in _CHOICES and error.context:
        return all(map(_is_of_wrong_type, error.context))
    return bool(error.validator == "type")


def _allowed_types(errors: list[ValidationError]) -> Iterator[str]:
    for error in errors:
        if error.validator in _CHOICES:
            yield from _allowed_types(list(error.context or ()))
        elif error.validator == "type" and not error.relative_path:
            yield from _texts(error.validator_value)


def _reach(errors: list[ValidationError]) -> tuple[int, int]:
    """How far a branch fits: the depth of its deepest error, then how few they are."""
    return max(len(error.relative_path) for error in errors), -len(errors)


def _cause(error: ValidationError) -> Cause:
    path = tuple(error.absolute_path)
    if error.validator == UNKNOWN_KEY:
        known, patterns = error.validator_value
        return Cause(path, UNKNOWN_KEY, known, "a key", patterns)
    return Cause(path, str(error.validator), _texts(error.validator_value), _found(error.instance))


def _found(value: object) -> str:
    return next((words for cls, words in _CLASSES.items() if isinstance(value, cls)), "empty")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
