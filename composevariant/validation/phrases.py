"""The words for what the schema refuses: what is wrong and what to do, without values that could be secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.errors import did_you_mean
from composevariant.tree import Mapping, Scalar
from composevariant.tree_edits import get
from composevariant.validation.judge import UNKNOWN_KEY
from composevariant.validation.problem import may_be_secret, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from composevariant.validation.causes import Cause

_NAMES: Final = {
    "string": "string",
    "number": "number",
    "integer": "whole number",
    "boolean": "boolean",
    "array": "list",
    "object": "mapping",
}
_QUOTABLE: Final = ("a boolean", "a number", "a number with a fraction", "a date")
_LIMITS: Final = {"minimum": "at least", "maximum": "at most"}
_LONGEST_VALUE: Final = 60


class Words(NamedTuple):
    """A check's id, its message, and what the message speaks of."""

    check: str
    message: str
    args: tuple[str, ...] = ()


def words_for(root: Mapping, cause: Cause) -> Words:
    """The words for one cause."""
    return _WORDS.get(cause.keyword, _other)(root, cause)


def _type(_: Mapping, cause: Cause) -> Words:
    types = [name for name in _NAMES if name in cause.wanted and (name != "integer" or "number" not in cause.wanted)]
    wanted = f"must be a {_listed([_NAMES[name] for name in types], 'or')}" if types else "must be empty"
    if types and "null" in cause.wanted:
        wanted += ", or empty" if len(types) > 1 else " or empty"
    quotable = {"string"} <= set(types) <= {"string", "array", "object"} and cause.found in _QUOTABLE
    if cause.found == "empty":
        message = f"{shown(cause.path)} is empty and {wanted}"
    elif quotable or cause.found == "a date":
        message = f"{shown(cause.path)} {wanted}, not {cause.found}; put it in quotes"
    else:
        message = f"{shown(cause.path)} {wanted}, not {cause.found}"
    return Words("schema.type", message, (*types, cause.found))


def _unknown_key(_: Mapping, cause: Cause) -> Words:
    above, name = shown(cause.path[:-1]), str(cause.path[-1])
    if not cause.wanted:
        message = f'{above} has the name "{name}", which does not match {_listed(cause.patterns, "or")}; rename it'
        return Words("schema.name", message, (name,))
    free = " (x-… keys are allowed)" if "^x-" in cause.patterns else ""
    message = f'{above} has the unknown key "{name}"{did_you_mean(name, cause.wanted)}; correct or remove it{free}'
    return Words("schema.unknown-key", message, (name,))


def _required(root: Mapping, cause: Cause) -> Words:
    node = get(root, cause.path)
    there = node.names() if isinstance(node, Mapping) else []
    missing = tuple(name for name in cause.wanted if name not in there)
    return Words("schema.required", f"{shown(cause.path)} needs {_listed(missing, 'and')}; add it", missing)


def _repeated(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    what = f"{value} more than once" if value else f"its item {shown(cause.path[-1:])} more than once"
    message = f"{shown(cause.path[:-1])} has {what}, which Compose refuses here; remove one of them"
    return Words("schema.duplicate-item", message, (value,))


def _enum(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    choices = _listed([f'"{choice}"' for choice in cause.wanted], "or")
    hint = did_you_mean(value.strip('"'), cause.wanted) if value else ""
    return Words("schema.enum", f"{shown(cause.path)} must be {choices}{_not(value)}{hint}", (value,))


def _pattern(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    return Words("schema.pattern", f"{shown(cause.path)} must match {cause.wanted[0]}{_not(value)}", (value,))


def _limit(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    limit = f"{_LIMITS[cause.keyword]} {cause.wanted[0]}"
    return Words("schema.range", f"{shown(cause.path)} must be {limit}{_not(value)}", (limit, value))


def _choice(_: Mapping, cause: Cause) -> Words:
    return Words("schema.ambiguous", f"{shown(cause.path)} fits several forms of which it may fit only one")


def _other(_: Mapping, cause: Cause) -> Words:
    wanted = _listed(cause.wanted, "and")
    return Words("schema.other", f"{shown(cause.path)} breaks the schema's {cause.keyword} {wanted}", (cause.keyword,))


def _not(value: str) -> str:
    return f", not {value}" if value else ""


def _value(root: Mapping, cause: Cause) -> str:
    """The value as a message may quote it; empty when it may not."""
    node = get(root, cause.path)
    if not isinstance(node, Scalar) or may_be_secret((*cause.path, node.text)) or len(node.text) > _LONGEST_VALUE:
        return ""
    return f'"{node.text}"' if node.meaning.kind == "str" else node.text


def _listed(words: Sequence[str], joint: str) -> str:
    return f"{', '.join(words[:-1])} {joint} {words[-1]}" if len(words) > 1 else "".join(words)


_WORDS: Final[dict[str, Callable[[Mapping, Cause], Words]]] = {
    "type": _type,
    UNKNOWN_KEY: _unknown_key,
    "required": _required,
    "uniqueItems": _repeated,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _limit,
    "maximum": _limit,
    "oneOf": _choice,
}
