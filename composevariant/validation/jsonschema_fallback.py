"""jsonschema, made to see a Compose file as Compose does. It finds the failures, and decides what `compiled` cannot.

Only imported when it is needed: importing jsonschema takes longer than validating a large file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from jsonschema.exceptions import ValidationError
from jsonschema.validators import Draft6Validator, Draft7Validator, Draft202012Validator, extend, validator_for

from composevariant.tree import Mapping, Sequence
from composevariant.validation.attribute_checks import cast_text, has_variable
from composevariant.validation.attribute_rules import handling
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
"""The `validator` of an error at a key that must not be there; its value: the known keys, and patterns for others."""


class Judge(Protocol):
    """What is used of a jsonschema validator."""

    def iter_errors(self, instance: object) -> Iterator[ValidationError]:
        """The failures, in no particular order."""

    def is_valid(self, instance: object) -> bool:
        """Whether there are none."""

    def evolve(self, *, schema: object) -> Judge:
        """The judge for a part of the same schema."""


def judge_of(rules: Rules) -> Judge:
    """A validator of the whole schema, for data from `json_data`."""
    base = _dialect(rules.schema)
    own = {
        "type": _type,
        "enum": _exempt(base.VALIDATORS["enum"]),
        "pattern": _exempt(base.VALIDATORS["pattern"]),
        "oneOf": _one_of(base.VALIDATORS["oneOf"], base.VALIDATORS["anyOf"]),
        "uniqueItems": _unique_items(base.VALIDATORS["uniqueItems"]),
        "additionalProperties": _closed(rules, base.VALIDATORS["additionalProperties"]),
    }
    if "unevaluatedProperties" in base.VALIDATORS:
        own["unevaluatedProperties"] = _closed(rules, base.VALIDATORS["unevaluatedProperties"])
    judge: Judge = extend(base, own)(rules.schema)
    return judge


def _dialect(schema: Schema) -> Any:
    """The validator class for what `$schema` says, which real schemas spell with http, with https and without `#`."""
    written = str(schema.get("$schema"))
    for draft, validator in (("draft-06", Draft6Validator), ("draft-07", Draft7Validator)):
        if draft in written:
            return validator
    return validator_for(schema, default=Draft202012Validator)


def is_valid(rules: Rules, schema: Schema, node: Node, place: Place) -> bool:
    """Whether a node obeys a part of the schema."""
    return judge_of(rules).evolve(schema=schema).is_valid(json_data(node, place))


def _type(validator: Any, wanted: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    types = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(instance, WithVariable):
        fits = not VARIABLE_TYPES.isdisjoint(types)
    else:
        fits = not isinstance(instance, Timestamp) and any(validator.is_type(instance, name) for name in types)
    if not fits:
        yield ValidationError("type")


def _exempt(keyword: Keyword) -> Keyword:
    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, WithVariable):
            yield from keyword(validator, wanted, instance, schema)

    return check


def _one_of(one_of: Keyword, any_of: Keyword) -> Keyword:
    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        keyword = any_of if isinstance(instance, WithVariable) else one_of
        yield from keyword(validator, wanted, instance, schema)

    return check


def _unique_items(keyword: Keyword) -> Keyword:
    """An error at the last item that occurs earlier in the list."""

    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, Deduplicated) or not any(keyword(validator, wanted, instance, schema)):
            return
        second = next(n for n in range(len(instance)) if any(keyword(validator, wanted, instance[: n + 1], schema)))
        yield ValidationError("uniqueItems", path=[second])

    return check


def _closed(rules: Rules, keyword: Keyword) -> Keyword:
    """One error for each key that must not be there, at that key. jsonschema has one for all, and follow-up errors."""

    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        shape = shape_of(rules, schema) if wanted is False and isinstance(instance, dict) else None
        if shape is None:
            yield from keyword(validator, wanted, instance, schema)
            return
        patterns = tuple(pattern.pattern for pattern, _ in shape.patterns)
        for name in instance:
            if shape.schemas(name) == (False,):
                value = (tuple(shape.properties), patterns)
                yield ValidationError(UNKNOWN_KEY, path=[name], validator=UNKNOWN_KEY, validator_value=value)

    return check


# A tree as the plain data that jsonschema wants, with marks where Compose sees more than JSON can say.


class WithVariable(str):
    """A string that has a variable in it: any scalar in the end."""

    __slots__ = ()


class Timestamp(str):
    """A plain date, which Compose's schema validation takes for nothing at all."""

    __slots__ = ()


class Deduplicated(list[object]):
    """A list from which Compose removes equal items before it looks at the schema."""


def json_data(node: Node, place: Place) -> object:
    """A node as Compose hands it to its schema validation."""
    if isinstance(node, Mapping):
        return {name: json_data(value, place.under(name)) for name, value in node.items() if value.tag != RESET}
    if isinstance(node, Sequence):
        items = [json_data(item, place.under("[]")) for item in node.items]
        return Deduplicated(items) if handling(place).deduplicated else items
    return _scalar_data(node, place)


def _scalar_data(node: Scalar, place: Place) -> object:
    kind, value = node.meaning
    if kind == "timestamp":
        return Timestamp(node.text)
    if kind != "str":
        return value
    if has_variable(node.text):
        return WithVariable(node.text)
    cast = handling(place).cast
    meaning = cast_text(node.text, cast) if cast else None
    return meaning.value if meaning else node.text
