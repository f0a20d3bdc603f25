"""The parts of the schema that speak of mappings and lists, as functions. See `compiled`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.combinations import RESET, all_of
from composevariant.validation.places import handling
from composevariant.validation.scalar_rules import compiled_pattern, is_string, json_value

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Hashable

    from composevariant.tree import Node
    from composevariant.validation.combinations import Rule
    from composevariant.validation.compiled import Rules
    from composevariant.validation.places import Place
    from composevariant.validation.schema import Schema

ANNOTATIONS: Final = frozenset((
    "$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description", "examples", "format",
    "id", "readOnly", "title", "writeOnly",
))  # fmt: skip
"""Keywords that say nothing about validity. `format` is among them: what Compose checks of it, `places` holds."""
_SHAPE_WORDS: Final = frozenset(("type", "properties", "patternProperties", "required"))


class Shape(NamedTuple):
    """What a schema says about the entries of a mapping."""

    properties: dict[str, tuple[object, ...]]
    """The schemas for the values of known keys."""
    patterns: tuple[tuple[re.Pattern[str], object], ...]
    """The schemas for the values of keys that match."""
    other: object
    """The schema for all other values; False when there must be none."""
    required: frozenset[str]

    def schemas(self, name: str) -> tuple[object, ...]:
        """All the schemas that the value of a key must obey."""
        found = self.properties.get(name, ())
        for pattern, schema in self.patterns:
            if pattern.search(name):
                found = (*found, schema)
        return found or (self.other,)


def shape_of(rules: Rules, schema: Schema) -> Shape | None:
    """The shape of a schema, together with those that it merges by `allOf` and `$ref`; None when it has none."""
    if "unevaluatedProperties" not in schema:
        return _shape([schema], schema.get("additionalProperties", True))
    parts = _merged(rules, {word: value for word, value in schema.items() if word != "unevaluatedProperties"})
    if parts is None or all("type" not in part for part in parts):
        return None
    return _shape(parts, schema["unevaluatedProperties"])


def _merged(rules: Rules, schema: object) -> list[Schema] | None:
    """The schema and those merged with it; None when one of them says more than the shape of a mapping."""
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        return None
    others = schema.get("allOf", [])
    others = [*others, rules.resolve(schema["$ref"])] if "$ref" in schema else others
    if schema.keys() - ANNOTATIONS - _SHAPE_WORDS - {"allOf", "$ref"}:
        return None
    found: list[Schema] = [schema]
    for other in others:
        merged = _merged(rules, other)
        if merged is None:
            return None
        found += merged
    return found


def _shape(parts: list[Schema], other: object) -> Shape:
    properties: dict[str, tuple[object, ...]] = {}
    patterns: list[tuple[re.Pattern[str], object]] = []
    required: set[str] = set()
    for part in parts:
        for name, schema in _members(part, "properties"):
            properties[name] = (*properties.get(name, ()), schema)
        patterns += [(compiled_pattern(pattern), schema) for pattern, schema in _members(part, "patternProperties")]
        names = part.get("required")
        required.update(map(str, names) if isinstance(names, list) else ())
    return Shape(properties, tuple(patterns), other, frozenset(required))


def _members(schema: Schema, word: str) -> list[tuple[str, object]]:
    members = schema.get(word)
    return list(members.items()) if isinstance(members, dict) else []


def mapping_rule(rules: Rules, shape: Shape, place: Place) -> Rule:
    """The rule for mappings of a shape. Those found valid are remembered, as base and result share most of theirs."""
    value_rule = _value_rules(rules, shape, place)
    known: dict[str, Rule] = {}
    valid: set[Mapping] = set()
    required = shape.required

    def rule(node: Node) -> bool:
        if node.__class__ is not Mapping:
            return False
        if node in valid:
            return True
        for entry in node.entries:
            value, text = entry.value, entry.key.text
            holds = known.get(text)
            if holds is None:
                if not is_string(entry.key) and value.tag != RESET:
                    return False
                name = entry.name
                holds = value_rule(name)
                if name == text and name in shape.properties:
                    known[name] = holds
            if not holds(value) and value.tag != RESET:
                return False
        if required and not all(has_entry(node, name) for name in required):
            return False
        valid.add(node)
        return True

    return rule


def _value_rules(rules: Rules, shape: Shape, place: Place) -> Callable[[str], Rule]:
    """The rule for the value of a key, made once for all keys of a pattern where nothing tells them apart."""
    made: dict[tuple[object, ...], Rule] = {}

    def value_rule(name: str) -> Rule:
        schemas, inside = shape.schemas(name), place.under(name)
        key = (inside, *map(id, schemas))
        rule = made.get(key)
        if rule is None:
            rule = made[key] = all_of([rules.rule(schema, inside) for schema in schemas])
        return rule

    return value_rule


def has_entry(node: Mapping, name: str) -> bool:
    """Whether a mapping has a key that Compose does not drop."""
    entry = node.entry(name)
    return entry is not None and entry.value.tag != RESET


def list_rule(rules: Rules, schema: Schema, place: Place) -> Rule:
    """The rule for lists whose items obey one schema, and differ where the schema and Compose ask for that."""
    item_rule = rules.rule(schema.get("items", True), place.under("[]"))
    unique = schema.get("uniqueItems") is True and not handling(place).deduplicated

    def rule(node: Node) -> bool:
        if node.__class__ is not Sequence:
            return False
        return all(map(item_rule, node.items)) and not (unique and repeated(node))

    return rule


def repeated(node: Sequence) -> bool:
    """Whether two items of a list are equal for JSON Schema."""
    return len(node.items) > 1 and len(set(map(_json_key, node.items))) < len(node.items)


def _json_key(node: Node) -> Hashable:
    if isinstance(node, Scalar):
        return json_value(node.meaning.value)
    if isinstance(node, Sequence):
        return tuple(map(_json_key, node.items))
    return frozenset((name, _json_key(value)) for name, value in node.items() if value.tag != RESET)
