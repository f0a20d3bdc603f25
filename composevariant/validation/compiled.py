"""The Compose schema as functions over our nodes: they decide, fast, whether a node is valid.

A rule is made when a file first needs it, from the part of the schema that applies there and from what `places` knows
about the spot. Parts that use keywords unknown here are left to jsonschema: never wrong, only slower.
Scalars with a variable in them may be anything that a scalar can be, as Compose casts them after interpolation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.collection_rules import ANNOTATIONS, list_rule, mapping_rule, shape_of
from composevariant.validation.combinations import all_of, any_of, anything, by_class, nothing, one_of, with_checks
from composevariant.validation.facts import ServiceFacts
from composevariant.validation.places import FILE, handling
from composevariant.validation.scalar_rules import scalar_rule

if TYPE_CHECKING:
    from composevariant.tree import Node
    from composevariant.validation.combinations import Rule
    from composevariant.validation.places import Place
    from composevariant.validation.schema import Schema

_MAPPING_WORDS: Final = frozenset(("additionalProperties", "patternProperties", "properties", "required"))
_LIST_WORDS: Final = frozenset(("items", "uniqueItems"))
_SCALAR_WORDS: Final = frozenset(("enum", "maximum", "minimum", "pattern"))
_OWN_WORDS: Final = _MAPPING_WORDS | _LIST_WORDS | _SCALAR_WORDS | {"type"}
_CHOICES: Final = frozenset(("anyOf", "oneOf"))
_KNOWN_WORDS: Final = _OWN_WORDS | _CHOICES | {"$ref", "allOf", "unevaluatedProperties"} | ANNOTATIONS
_NODE_CLASSES: Final = (Scalar, Mapping, Sequence)
_OLD_DRAFTS: Final = ("draft-06", "draft-07")


class Rules:
    """One schema, compiled. It remembers which mappings are valid, so a result costs what differs from its base.

    Not to be shared between schemas; to be shared between files and between base and result.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.ignores_words_beside_ref = any(draft in str(schema.get("$schema")) for draft in _OLD_DRAFTS)
        self.facts = ServiceFacts()
        self._made: dict[tuple[int, Place], Rule] = {}

    def accept(self, root: Node) -> bool:
        """Whether a whole file is valid: by the schema, and by the checks of `places`."""
        return self.rule(self.schema, FILE)(root)

    def rule(self, schema: object, place: Place) -> Rule:
        """The rule of a part of the schema at a place.

        Raises:
            UnusableInput: the schema is broken there.
        """
        if not isinstance(schema, dict):
            return nothing if schema is False else with_checks(anything, place)
        made = self._made.get((id(schema), place))
        if made is None:
            made = self._made[id(schema), place] = with_checks(self._compile(schema, place), place)
        return made

    def resolve(self, reference: object) -> object:
        """The part of the schema that a `$ref` points to.

        Raises:
            UnusableInput: there is no such part.
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
        """What the schema itself says, without the schemas that it refers to."""
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
            made[Scalar] = scalar_rule(schema, types, handling(place).cast)
        return by_class(made)

    def _choice(self, schema: Schema, word: str, place: Place) -> Rule:
        """`oneOf` and `anyOf`: only the branches that can hold a node of its class are asked."""
        made: dict[type, Rule] = {}
        for cls in _NODE_CLASSES:
            branches = [part for part in _parts(schema, word) if cls in self._classes(part)]
            types = _united_types(branches) if cls is Scalar else None
            if types:
                made[cls] = scalar_rule({"type": list(types)}, types, handling(place).cast)
                continue
            rules = [self.rule(part, place) for part in branches]
            if len(rules) == 1:
                made[cls] = rules[0]
            elif rules:
                made[cls] = one_of(rules) if word == "oneOf" else any_of(rules)
        return by_class(made)

    def _classes(self, schema: object) -> set[type]:
        """The classes of nodes that a schema may accept."""
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
            from composevariant.validation.judge import is_valid

            return is_valid(self, schema, node, place)

        return rule


def types_of(schema: Schema) -> frozenset[str]:
    """The JSON types that a schema allows; all of them when it does not say."""
    types = schema.get("type")
    if isinstance(types, str):
        return frozenset((types,))
    if isinstance(types, list):
        return frozenset(map(str, types))
    return frozenset(("object", "array", "string", "number", "integer", "boolean", "null"))


def _united_types(schemas: list[object]) -> frozenset[str] | None:
    """The types of several schemas that say no more than their type, and different ones; else None."""
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
