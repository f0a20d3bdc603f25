"""The Compose schema, compiled to functions that decide quickly whether a node is valid.

A rule is compiled from the schema and the `attribute_rules` for its position when a file first needs the rule. Schemas
with keywords that are not supported here are evaluated by jsonschema, which is slower but gives the same result. A
scalar with a variable is accepted as any scalar type, because Compose casts the scalar after interpolation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import service_references
from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.attribute_rules import FILE, handling_of
from composevariant.validation.scalar_rules import (
    RESET,
    all_of,
    any_of,
    anything,
    by_class,
    compiled_pattern,
    is_string,
    json_value,
    nothing,
    one_of,
    scalar_rule,
    with_checks,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.compose import Reference
    from composevariant.tree import Node
    from composevariant.validation.attribute_rules import Place
    from composevariant.validation.scalar_rules import Rule
    from composevariant.validation.schema import Schema

_MAPPING_WORDS: Final = frozenset(("additionalProperties", "patternProperties", "properties", "required"))
_LIST_WORDS: Final = frozenset(("items", "uniqueItems"))
_SCALAR_WORDS: Final = frozenset(("enum", "maximum", "minimum", "pattern"))
_OWN_WORDS: Final = _MAPPING_WORDS | _LIST_WORDS | _SCALAR_WORDS | {"type"}
_CHOICES: Final = frozenset(("anyOf", "oneOf"))
ANNOTATIONS: Final = frozenset((
    "$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description", "examples", "format",
    "id", "readOnly", "title", "writeOnly",
))  # fmt: skip
"""Keywords without effect on validity. Formats are checked by `attribute_rules` instead."""

_KNOWN_WORDS: Final = _OWN_WORDS | _CHOICES | {"$ref", "allOf", "unevaluatedProperties"} | ANNOTATIONS
_NODE_CLASSES: Final = (Scalar, Mapping, Sequence)
_OLD_DRAFTS: Final = ("draft-06", "draft-07")


class Rules:
    """One compiled schema.

    An instance remembers the mappings found to be valid. Use the same instance for base and result, so that only the
    differences are checked in the result.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.ignores_words_beside_ref = any(draft in str(schema.get("$schema")) for draft in _OLD_DRAFTS)
        self.cache = ServiceCache()
        self._made: dict[tuple[int, Place], Rule] = {}

    def accept(self, root: Node) -> bool:
        """Return whether a whole file is valid according to the schema and `attribute_rules`."""
        return self.rule(self.schema, FILE)(root)

    def rule(self, schema: object, place: Place) -> Rule:
        """Return the rule for a subschema at a position in the file.

        Raises:
            UnusableInput: This part of the schema is broken.
        """
        if not isinstance(schema, dict):
            return nothing if schema is False else with_checks(anything, place)
        made = self._made.get((id(schema), place))
        if made is None:
            made = self._made[id(schema), place] = with_checks(self._compile(schema, place), place)
        return made

    def resolve(self, reference: object) -> object:
        """Return the subschema that a `$ref` points to.

        Raises:
            UnusableInput: The target does not exist.
        """
        found: object = self.schema
        head, *names = str(reference).split("/")
        for name in names:
            key = name.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        if head != "#" or found is None:
            raise UnusableInput(f'the Compose schema refers to "{reference}", which it does not define')
        return found

    def _compile(self, schema: Schema, place: Place) -> Rule:
        words = schema.keys() - ANNOTATIONS
        if "$ref" in words and (self.ignores_words_beside_ref or len(words) == 1):
            return self.rule(self.resolve(schema["$ref"]), place)
        if not schema.keys() <= _KNOWN_WORDS or (self.ignores_words_beside_ref and "unevaluatedProperties" in words):
            return self._left_to_jsonschema(schema, place)
        if "unevaluatedProperties" in words:
            shape = shape_of(self, schema)
            return mapping_rule(self, shape, place) if shape else self._left_to_jsonschema(schema, place)
        parts = [self.rule(part, place) for part in _parts(schema, "allOf")]
        if "$ref" in words:
            parts.append(self.rule(self.resolve(schema["$ref"]), place))
        parts += [self._choice(schema, word, place) for word in _CHOICES & words]
        if not parts or words & _OWN_WORDS:
            parts.append(self._own_rule(schema, place))
        return all_of(parts)

    def _own_rule(self, schema: Schema, place: Place) -> Rule:
        """Compile the keywords of the schema itself, without the schemas to which it refers."""
        types = types_of(schema)
        choices = schema.get("enum")
        if isinstance(choices, list):
            if any(isinstance(choice, dict | list) for choice in choices):
                return self._left_to_jsonschema(schema, place)
            types -= {"object", "array"}
        made: dict[type, Rule] = {}
        if "object" in types:
            shape = shape_of(self, {word: schema[word] for word in _MAPPING_WORDS & schema.keys()})
            made[Mapping] = mapping_rule(self, shape, place) if shape else self._left_to_jsonschema(schema, place)
        if "array" in types:
            known = not isinstance(schema.get("items"), list)
            made[Sequence] = list_rule(self, schema, place) if known else self._left_to_jsonschema(schema, place)
        if types - {"object", "array"}:
            made[Scalar] = scalar_rule(schema, types, handling_of(place).cast)
        return by_class(made)

    def _choice(self, schema: Schema, word: str, place: Place) -> Rule:
        """Compile `oneOf` or `anyOf`. Each node is only tested against branches that can accept its class."""
        made: dict[type, Rule] = {}
        for cls in _NODE_CLASSES:
            branches = [part for part in _parts(schema, word) if cls in self._classes(part)]
            types = _united_types(branches) if cls is Scalar else None
            if types:
                made[cls] = scalar_rule({"type": list(types)}, types, handling_of(place).cast)
                continue
            rules = [self.rule(part, place) for part in branches]
            if len(rules) == 1:
                made[cls] = rules[0]
            elif rules:
                made[cls] = one_of(rules) if word == "oneOf" else any_of(rules)
        return by_class(made)

    def _classes(self, schema: object) -> set[type]:
        """Return the classes of nodes that a schema may accept."""
        if not isinstance(schema, dict):
            return set() if schema is False else set(_NODE_CLASSES)
        if "$ref" in schema:
            return self._classes(self.resolve(schema["$ref"]))
        types = types_of(schema)
        classes: set[type] = {Mapping} if "object" in types else set()
        classes |= {Sequence} if "array" in types else set()
        return classes | ({Scalar} if types - {"object", "array"} else set())

    def _left_to_jsonschema(self, schema: Schema, place: Place) -> Rule:
        def rule(node: Node) -> bool:
            from composevariant.validation.jsonschema_fallback import is_valid

            return is_valid(self, schema, node, place)

        return rule


def types_of(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema allows, which are all types if it has no `type`."""
    types = schema.get("type")
    if isinstance(types, str):
        return frozenset((types,))
    if isinstance(types, list):
        return frozenset(map(str, types))
    return frozenset(("object", "array", "string", "number", "integer", "boolean", "null"))


def _united_types(schemas: list[object]) -> frozenset[str] | None:
    """Return the union of the schemas' types, or None unless the schemas only specify types, which are disjoint."""
    united: frozenset[str] = frozenset()
    for schema in schemas:
        if not isinstance(schema, dict) or schema.keys() - ANNOTATIONS != {"type"}:
            return None
        types = types_of(schema)
        if united & types or {"number", "integer"} <= united | types:
            return None
        united |= types
    return united


def _parts(schema: Schema, word: str) -> list[object]:
    parts = schema.get(word)
    return parts if isinstance(parts, list) else []


_SHAPE_WORDS: Final = frozenset(("type", "properties", "patternProperties", "required"))


class Shape(NamedTuple):
    """The rules of a schema for the entries of a mapping."""

    properties: dict[str, tuple[object, ...]]
    """The schemas for the values of known keys."""
    patterns: tuple[tuple[re.Pattern[str], object], ...]
    """The schemas for the values of keys that match a pattern."""
    other: object
    """The schema for all other values, or False if no other keys are allowed."""
    required: frozenset[str]

    def schemas(self, name: str) -> tuple[object, ...]:
        """Return all schemas that the value of a key must match."""
        found = self.properties.get(name, ())
        for pattern, schema in self.patterns:
            if pattern.search(name):
                found = (*found, schema)
        return found or (self.other,)


def shape_of(rules: Rules, schema: Schema) -> Shape | None:
    """Return the shape of a schema merged with its `allOf` and `$ref`, or None if a shape cannot express them."""
    if "unevaluatedProperties" not in schema:
        return _shape([schema], schema.get("additionalProperties", True))
    parts = _merged(rules, {word: value for word, value in schema.items() if word != "unevaluatedProperties"})
    if parts is None or all("type" not in part for part in parts):
        return None
    return _shape(parts, schema["unevaluatedProperties"])


def _merged(rules: Rules, schema: object) -> list[Schema] | None:
    """Return the schema and all schemas merged with it, or None if a `Shape` cannot express all keywords."""
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
    """Return the rule for mappings of a shape.

    The rule remembers valid mappings, because base and result share most of them.
    """
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
    """Return a function from a key to the rule for its value. Keys with the same schemas and position share a rule."""
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
    """Return whether a mapping has the given key, and `!reset` does not remove that key."""
    entry = node.entry(name)
    return entry is not None and entry.value.tag != RESET


def list_rule(rules: Rules, schema: Schema, place: Place) -> Rule:
    """Return the rule for lists.

    All items must match one schema and be unique if the schema and Compose require that.
    """
    item_rule = rules.rule(schema.get("items", True), place.under("[]"))
    unique = schema.get("uniqueItems") is True and not handling_of(place).deduplicated

    def rule(node: Node) -> bool:
        if node.__class__ is not Sequence:
            return False
        return all(map(item_rule, node.items)) and not (unique and has_equal_items(node))

    return rule


def has_equal_items(node: Sequence) -> bool:
    """Return whether any two items of a list are equal by the rules of JSON Schema."""
    return len(node.items) > 1 and len(set(map(_json_key, node.items))) < len(node.items)


def _json_key(node: Node) -> Hashable:
    if isinstance(node, Scalar):
        return json_value(node.meaning.value)
    if isinstance(node, Sequence):
        return tuple(map(_json_key, node.items))
    return frozenset((name, _json_key(value)) for name, value in node.items() if value.tag != RESET)


# A cache for each service, because base and result share most of their services.


class ServiceCache:
    """Facts about services, cached by node because nodes are immutable. The cache lives as long as its `Rules`."""

    def __init__(self) -> None:
        self._references: dict[Mapping, tuple[str, tuple[Reference, ...]]] = {}
        self._keys: dict[Mapping, frozenset[str]] = {}
        self._valid: set[Mapping] = set()

    def having(self, services: Table[str, Mapping], key: str) -> dict[str, Mapping]:
        """Return the services that have the setting `key`."""
        return {name: service for name, service in services.items() if key in self._keys_of(service)}

    def _keys_of(self, service: Mapping) -> frozenset[str]:
        keys = self._keys.get(service)
        if keys is None:
            keys = self._keys[service] = frozenset([entry.key.text for entry in service.entries])
        return keys

    def references(self, services: Iterable[tuple[str, Mapping]]) -> Iterator[Reference]:
        """Yield all references of the services."""
        for name, service in services:
            known = self._references.get(service)
            if known is None or known[0] != name:
                known = self._references[service] = name, tuple(service_references(name, service))
            yield from known[1]

    def not_known_valid(self, services: Table[str, Mapping]) -> dict[str, Mapping]:
        """Return the services that have not yet been found free of contradictions."""
        return {name: service for name, service in services.items() if service not in self._valid}

    def remember_valid(self, services: Iterable[Mapping]) -> None:
        """Remember services whose settings do not contradict each other."""
        self._valid.update(services)
