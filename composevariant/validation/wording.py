"""Turn schema failures into problems, with one problem per cause at the deepest path.

jsonschema finds the errors in the parts of a file that the compiled rules refuse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import NOWHERE
from composevariant.errors import did_you_mean
from composevariant.findings import Problem, may_be_secret, place_of, problem_at, shown
from composevariant.tree import Mapping, Scalar, Sequence, get, items_at, location_of
from composevariant.validation.attribute_rules import FILE, handling_of
from composevariant.validation.compiled import shape_of
from composevariant.validation.jsonschema_fallback import UNKNOWN_KEY, Timestamp, json_data, validator_for_rules
from composevariant.validation.scalar_rules import RESET, is_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Sequence as SequenceABC

    from jsonschema.exceptions import ValidationError

    from composevariant.tree import Node, Path
    from composevariant.validation.attribute_rules import Place
    from composevariant.validation.compiled import Rules


def schema_problems(rules: Rules, root: Mapping) -> list[Problem]:
    """Return the schema errors in a file as problems, or an empty list if jsonschema accepts the file."""
    errors = validator_for_rules(rules).iter_errors(json_data(_failing_part(rules, root), FILE))
    found: dict[tuple[Path, str], Problem] = {}
    for cause in causes_of(errors):
        check, message, args = words_for(root, cause)
        place = place_of(root, cause.path, at_key=cause.keyword == UNKNOWN_KEY)
        found.setdefault((cause.path, message), Problem(check, "error", cause.path, message, place, args))
    return list(found.values())


def _failing_part(rules: Rules, root: Mapping) -> Mapping:
    """Return the file without the services, volumes and so on that the compiled rules accept. jsonschema is slow."""
    shape = shape_of(rules, rules.schema)
    if shape is None:
        return root
    for section, value in root.items():
        schemas = shape.properties.get(section)
        if schemas and isinstance(value, Mapping):
            root = root.with_value(section, _failing_members(rules, schemas[0], value, FILE.under(section)))
    return root


def _failing_members(rules: Rules, schema: object, section: Mapping, place: Place) -> Mapping:
    shape = shape_of(rules, schema) if isinstance(schema, dict) else None
    if shape is None or shape.required:
        return section

    def fails(name: str, value: Node) -> bool:
        return not all(rules.rule(part, place.under(name))(value) for part in shape.schemas(name))

    return section.with_entries(tuple(entry for entry in section.entries if fails(entry.name, entry.value)))


def key_problems(node: Node, path: Path = ()) -> Iterator[Problem]:
    """Report keys in a node and below it that are not strings."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            below = (*path, entry.name)
            if entry.value.tag == RESET:
                continue
            if not is_string(entry.key):
                message = f"{shown(path)} has the key {entry.key.text}, which is not a string; put it in quotes"
                yield Problem("document.key", "error", below, message, location_of(entry.key), (entry.name,))
            yield from key_problems(entry.value, below)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from key_problems(item, (*path, index))


def value_problems(root: Node, node: Node, place: Place = FILE, path: Path = ()) -> Iterator[Problem]:
    """Report values in a node and below it that fail Compose's own checks."""
    for check in handling_of(place).checks:
        if wrong := check.wrong(node):
            yield problem_at(root, check.name, "error", path, wrong)
    if isinstance(node, Mapping):
        children: list[tuple[str | int, Node, Place]] = [(key, value, place.under(key)) for key, value in node.items()]
    else:
        children = [(index, item, place.under("[]")) for index, item in enumerate(items_at(node))]
    for key, child, inside in children:
        if inside is not NOWHERE:
            yield from value_problems(root, child, inside, (*path, key))


# Causes of jsonschema errors. For a choice, these are the errors in the intended branch.

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
    """One violation of the schema."""

    path: Path
    keyword: str
    """The keyword of JSON Schema, or `unknown-key`."""
    expected: tuple[str, ...]
    """The types, values, limit or keys that the schema requires. For `unknown-key`, these are the known keys."""
    found: str
    """The kind of the actual value, in words."""
    patterns: tuple[str, ...] = ()
    """The patterns of other allowed keys, for `unknown-key`."""


def causes_of(errors: Iterable[ValidationError]) -> Iterator[Cause]:
    """Yield the causes of errors, possibly with repetitions."""
    for error in errors:
        if error.validator in _CHOICES and error.context:
            yield from _causes_of_choice(error)
        else:
            yield _cause(error)


def _causes_of_choice(error: ValidationError) -> Iterator[Cause]:
    """Yield the causes in the intended branch, which is the branch with the right type and the deepest error."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [inner for inner in branches.values() if not any(map(_is_of_wrong_type, inner))]
    if meant:
        furthest = max(meant, key=_rank)
        yield from causes_of(furthest)
    else:
        types = [name for inner in branches.values() for name in _allowed_types(inner)]
        yield Cause(tuple(error.absolute_path), "type", tuple(dict.fromkeys(types)), _actual(error.instance))


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


def _rank(errors: list[ValidationError]) -> tuple[int, int]:
    """Rank a branch by its deepest error. Ties go to the branch with fewer errors."""
    return max(len(error.relative_path) for error in errors), -len(errors)


def _cause(error: ValidationError) -> Cause:
    path = tuple(error.absolute_path)
    if error.validator == UNKNOWN_KEY:
        known, patterns = error.validator_value
        return Cause(path, UNKNOWN_KEY, known, "a key", patterns)
    return Cause(path, str(error.validator), _texts(error.validator_value), _actual(error.instance))


def _actual(value: object) -> str:
    return next((words for cls, words in _CLASSES.items() if isinstance(value, cls)), "empty")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


# Messages for causes, which say what is wrong and what to do. They omit values that may be secrets.

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
    """The id of a check, a message, and the arguments in the message that identify the problem."""

    check: str
    message: str
    args: tuple[str, ...] = ()


def words_for(root: Mapping, cause: Cause) -> Words:
    """Return the check and message for a cause."""
    return _WORDS.get(cause.keyword, _other)(root, cause)


def _type(_: Mapping, cause: Cause) -> Words:
    types = [
        name for name in _NAMES if name in cause.expected and (name != "integer" or "number" not in cause.expected)
    ]
    expected = f"must be a {_listed([_NAMES[name] for name in types], 'or')}" if types else "must be empty"
    if types and "null" in cause.expected:
        expected += ", or empty" if len(types) > 1 else " or empty"
    quotable = {"string"} <= set(types) <= {"string", "array", "object"} and cause.found in _QUOTABLE
    if cause.found == "empty":
        message = f"{shown(cause.path)} is empty and {expected}"
    elif quotable or cause.found == "a date":
        message = f"{shown(cause.path)} {expected}, not {cause.found}; put it in quotes"
    else:
        message = f"{shown(cause.path)} {expected}, not {cause.found}"
    return Words("schema.type", message, (*types, cause.found))


def _unknown_key(_: Mapping, cause: Cause) -> Words:
    above, name = shown(cause.path[:-1]), str(cause.path[-1])
    if not cause.expected:
        message = f'{above} has the name "{name}", which does not match {_listed(cause.patterns, "or")}; rename it'
        return Words("schema.name", message, (name,))
    free = " (x-… keys are allowed)" if "^x-" in cause.patterns else ""
    message = f'{above} has the unknown key "{name}"{did_you_mean(name, cause.expected)}; correct or remove it{free}'
    return Words("schema.unknown-key", message, (name,))


def _required(root: Mapping, cause: Cause) -> Words:
    node = get(root, cause.path)
    there = node.names() if isinstance(node, Mapping) else []
    missing = tuple(name for name in cause.expected if name not in there)
    return Words("schema.required", f"{shown(cause.path)} needs {_listed(missing, 'and')}", missing)


def _repeated(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    what = f"{value} more than once" if value else f"its item {shown(cause.path[-1:])} more than once"
    message = f"{shown(cause.path[:-1])} has {what}, which Compose refuses here; remove one of them"
    return Words("schema.duplicate-item", message, (value,))


def _enum(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    choices = _listed([f'"{choice}"' for choice in cause.expected], "or")
    hint = did_you_mean(value.strip('"'), cause.expected) if value else ""
    return Words("schema.enum", f"{shown(cause.path)} must be {choices}{_not(value)}{hint}", (value,))


def _pattern(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    return Words("schema.pattern", f"{shown(cause.path)} must match {cause.expected[0]}{_not(value)}", (value,))


def _limit(root: Mapping, cause: Cause) -> Words:
    value = _value(root, cause)
    limit = f"{_LIMITS[cause.keyword]} {cause.expected[0]}"
    return Words("schema.range", f"{shown(cause.path)} must be {limit}{_not(value)}", (limit, value))


def _choice(_: Mapping, cause: Cause) -> Words:
    return Words("schema.ambiguous", f"{shown(cause.path)} matches several forms, of which it may match only one")


def _other(_: Mapping, cause: Cause) -> Words:
    expected = _listed(cause.expected, "and")
    return Words(
        "schema.other", f"{shown(cause.path)} violates the schema's {cause.keyword} {expected}", (cause.keyword,)
    )


def _not(value: str) -> str:
    return f", not {value}" if value else ""


def _value(root: Mapping, cause: Cause) -> str:
    """Return the value for a message, or an empty string if the value is long or may be a secret."""
    node = get(root, cause.path)
    if not isinstance(node, Scalar) or may_be_secret((*cause.path, node.text)) or len(node.text) > _LONGEST_VALUE:
        return ""
    return f'"{node.text}"' if node.meaning.kind == "str" else node.text


def _listed(words: SequenceABC[str], joint: str) -> str:
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
