"""A jsonschema validator that treats values as Compose does, to locate failures and evaluate unsupported keywords.

Import this module only when needed, because importing jsonschema takes longer than validating a large file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from jsonschema.exceptions import ValidationError
from jsonschema.validators import Draft6Validator, Draft7Validator, Draft202012Validator, extend, validator_for

from composevariant.tree import Mapping, Sequence
from composevariant.validation.attribute_checks import cast_text, has_variable
from composevariant.validation.attribute_rules import handling_of
from composevariant.validation.compiled import shape_of
from composevariant.validation.scalar_rules import RESET, VARIABLE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Node, Scalar
    from composevariant.validation.attribute_rules import Place
    from composevariant.validation.compiled import Rules
    from composevariant.validation.schema import Schema

    Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]

UNKNOWN_KEY: Final = "unknown-key"
"""The `validator` of an error at an unknown key. The error's value is a pair of known keys and allowed patterns."""


class Validator(Protocol):
    """The methods of a jsonschema validator that are used here."""

    def iter_errors(self, instance: object) -> Iterator[ValidationError]:
        """Yield the failures, in no particular order."""

    def is_valid(self, instance: object) -> bool:
        """Return whether the data is valid."""

    def evolve(self, *, schema: object) -> Validator:
        """Return a validator for a subschema."""


def validator_for_rules(rules: Rules) -> Validator:
    """Return a validator for the whole schema, which accepts data from `json_data`."""
    base = _dialect(rules.schema)
    keywords = {
        "type": _type,
        "enum": _exempt(base.VALIDATORS["enum"]),
        "pattern": _exempt(base.VALIDATORS["pattern"]),
        "oneOf": _one_of(base.VALIDATORS["oneOf"], base.VALIDATORS["anyOf"]),
        "uniqueItems": _unique_items(base.VALIDATORS["uniqueItems"]),
        "additionalProperties": _closed(rules, base.VALIDATORS["additionalProperties"]),
    }
    if "unevaluatedProperties" in base.VALIDATORS:
        keywords["unevaluatedProperties"] = _closed(rules, base.VALIDATORS["unevaluatedProperties"])
    validator: Validator = extend(base, keywords)(rules.schema)
    return validator


def _dialect(schema: Schema) -> Any:
    """Return the validator class for `$schema`. Real schemas write it with http or https and with or without `#`."""
    written = str(schema.get("$schema"))
    for draft, validator in (("draft-06", Draft6Validator), ("draft-07", Draft7Validator)):
        if draft in written:
            return validator
    return validator_for(schema, default=Draft202012Validator)


def is_valid(rules: Rules, schema: Schema, node: Node, place: Place) -> bool:
    """Return whether a node matches a subschema."""
    return validator_for_rules(rules).evolve(schema=schema).is_valid(json_data(node, place))


def _type(validator: Any, expected: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    types = [expected] if isinstance(expected, str) else expected
    if isinstance(instance, WithVariable):
        fits = not VARIABLE_TYPES.isdisjoint(types)
    else:
        fits = not isinstance(instance, Timestamp) and any(validator.is_type(instance, name) for name in types)
    if not fits:
        yield ValidationError("type")


def _exempt(keyword: Keyword) -> Keyword:
    def check(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, WithVariable):
            yield from keyword(validator, expected, instance, schema)

    return check


def _one_of(one_of: Keyword, any_of: Keyword) -> Keyword:
    def check(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        keyword = any_of if isinstance(instance, WithVariable) else one_of
        yield from keyword(validator, expected, instance, schema)

    return check


def _unique_items(keyword: Keyword) -> Keyword:
    """Report a repeated item at its second occurrence."""

    def check(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, Deduplicated) or not any(keyword(validator, expected, instance, schema)):
            return
        second = next(n for n in range(len(instance)) if any(keyword(validator, expected, instance[: n + 1], schema)))
        yield ValidationError("uniqueItems", path=[second])

    return check


def _closed(rules: Rules, keyword: Keyword) -> Keyword:
    """Report each unknown key separately, at that key. jsonschema itself reports all unknown keys in one error."""

    def check(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        shape = shape_of(rules, schema) if expected is False and isinstance(instance, dict) else None
        if shape is None:
            yield from keyword(validator, expected, instance, schema)
            return
        patterns = tuple(pattern.pattern for pattern, _ in shape.patterns)
        for name in instance:
            if shape.schemas(name) == (False,):
                value = (tuple(shape.properties), patterns)
                yield ValidationError(UNKNOWN_KEY, path=[name], validator=UNKNOWN_KEY, validator_value=value)

    return check


# Conversion of nodes to JSON data, using special types for values that plain JSON cannot represent.


class WithVariable(str):
    """A string with a variable, which can become any scalar."""

    __slots__ = ()


class Timestamp(str):
    """An unquoted date, which matches no type in Compose's schema validation."""

    __slots__ = ()


class Deduplicated(list[object]):
    """A list from which Compose removes equal items before schema validation."""


def json_data(node: Node, place: Place) -> object:
    """Return a node as the data that Compose passes to its schema validation."""
    if isinstance(node, Mapping):
        return {name: json_data(value, place.under(name)) for name, value in node.items() if value.tag != RESET}
    if isinstance(node, Sequence):
        items = [json_data(item, place.under("[]")) for item in node.items]
        return Deduplicated(items) if handling_of(place).deduplicated else items
    return _scalar_data(node, place)


def _scalar_data(node: Scalar, place: Place) -> object:
    kind, value = node.meaning
    if kind == "timestamp":
        return Timestamp(node.text)
    if kind != "str":
        return value
    if has_variable(node.text):
        return WithVariable(node.text)
    cast = handling_of(place).cast
    meaning = cast_text(node.text, cast) if cast else None
    return meaning.value if meaning else node.text
