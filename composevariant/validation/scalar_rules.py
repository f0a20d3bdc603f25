"""The rules for scalars and the combinators of rules, used by `compiled`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.attribute_checks import cast_text, has_variable
from composevariant.validation.attribute_rules import handling_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.tree import Meaning, Node
    from composevariant.validation.attribute_checks import Cast
    from composevariant.validation.attribute_rules import Place
    from composevariant.validation.schema import Schema

    Rule = Callable[[Node], bool]

_KINDS: Final = {"string": "str", "boolean": "bool", "null": "null", "number": "float", "integer": "int"}
VARIABLE_TYPES: Final = frozenset(("string", "number", "integer", "boolean"))
"""The types that a scalar with a variable may have after interpolation."""

_MAYBE_NO_STRING: Final = "~+-.0123456789fFnNtT"
"""The first characters of unquoted scalars that may be null, a boolean, a number or a date."""


def scalar_rule(schema: Schema, types: frozenset[str], cast: Cast | None) -> Callable[[Node], bool]:
    """Return the rule for scalars of the given JSON types, with the limits that the schema sets on their values."""
    kinds = {_KINDS[name] for name in types if name in _KINDS} | ({"int"} if "number" in types else set())
    kinds |= set() if "type" in schema else {"timestamp"}
    whole = "integer" in types and "number" not in types
    limits = _limits(schema)
    strings, variables = "str" in kinds and not limits and not cast, bool(types & VARIABLE_TYPES)

    def rule(node: Node) -> bool:
        if node.__class__ is not Scalar:
            return False
        if strings and node.tag is None and (node.style or node.text[:1] not in _MAYBE_NO_STRING):
            return True
        meaning = node.meaning
        if meaning.kind == "str" and "$" in node.text and has_variable(node.text):
            return variables
        if cast and meaning.kind == "str":
            meaning = cast_text(node.text, cast) or meaning
        fits = meaning.kind in kinds or (whole and meaning.kind == "float" and is_whole(meaning))
        return fits and all(limit(meaning) for limit in limits)

    return rule


def is_string(node: Scalar) -> bool:
    """Return whether Compose reads a scalar as a string. Keys must be strings, such as `"80": x` instead of `80: x`."""
    return bool(node.style) or node.text[:1] not in _MAYBE_NO_STRING or node.meaning.kind == "str"


def is_whole(meaning: Meaning) -> bool:
    """Return whether a number is an integer by the rules of JSON Schema, by which 1.0 is also an integer."""
    return isinstance(meaning.value, int) or (isinstance(meaning.value, float) and meaning.value.is_integer())


def compiled_pattern(pattern: object) -> re.Pattern[str]:
    """Compile a pattern of the schema.

    Raises:
        UnusableInput: The pattern is not a valid regular expression.
    """
    try:
        return re.compile(str(pattern))
    except re.error as error:
        raise UnusableInput(f'the Compose schema has the pattern "{pattern}", which is not valid: {error}') from error


def json_value(value: object) -> tuple[str, object]:
    """Return a key that is equal for values that JSON Schema treats as equal.

    These include 1 and 1.0, but not 1, true and "1".
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value
    return value.__class__.__name__, value


def _limits(schema: Schema) -> list[Callable[[Meaning], bool]]:
    limits: list[Callable[[Meaning], bool]] = []
    choices = schema.get("enum")
    if isinstance(choices, list):
        allowed = {json_value(choice) for choice in choices}
        limits.append(lambda meaning: json_value(meaning.value) in allowed)
    if "pattern" in schema:
        search = compiled_pattern(schema["pattern"]).search
        limits.append(lambda meaning: not isinstance(meaning.value, str) or search(meaning.value) is not None)
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if isinstance(lowest, int | float):
        limits.append(lambda meaning: (number := _number(meaning)) is None or number >= lowest)
    if isinstance(highest, int | float):
        limits.append(lambda meaning: (number := _number(meaning)) is None or number <= highest)
    return limits


def _number(meaning: Meaning) -> float | None:
    value = meaning.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


# Combinators of rules. A rule is a function that returns whether a node is valid.

RESET: Final = "!reset"
"""Compose removes entries with this tag before any check."""


def anything(node: Node) -> bool:
    """Accept any node whose keys are all strings."""
    if isinstance(node, Mapping):
        return all(
            (is_string(entry.key) and anything(entry.value)) or entry.value.tag == RESET for entry in node.entries
        )
    return not isinstance(node, Sequence) or all(map(anything, node.items))


def nothing(_: Node) -> bool:
    return False


def by_class(made: dict[type, Rule]) -> Rule:
    """Return a rule that applies the rule for the class of a node. Nodes of other classes are not valid."""
    if len(made) == 1:
        return next(iter(made.values()))

    def rule(node: Node) -> bool:
        found = made.get(node.__class__)
        return found is not None and found(node)

    return rule


def one_of(rules: list[Rule]) -> Rule:
    """Return a rule that requires exactly one of the rules, or at least one for a scalar with a variable."""

    def rule(node: Node) -> bool:
        held = sum(one(node) for one in rules)
        return held == 1 or (held > 1 and isinstance(node, Scalar) and has_variable(node.text))

    return rule


def all_of(rules: list[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else lambda node: all(rule(node) for rule in rules)


def any_of(rules: list[Rule]) -> Rule:
    return lambda node: any(one(node) for one in rules)


def with_checks(rule: Rule, place: Place) -> Rule:
    """Return the rule from the schema combined with Compose's own checks at this position."""
    wrongs = [check.wrong for check in handling_of(place).checks]
    if not wrongs:
        return rule
    if len(wrongs) == 1:
        wrong = wrongs[0]
        return lambda node: rule(node) and not wrong(node)
    return lambda node: rule(node) and not any(wrong(node) for wrong in wrongs)
