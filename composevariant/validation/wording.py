"""What is wrong with a file that the compiled rules refuse: one problem for each cause, at the deepest place.

jsonschema finds the causes in the parts that are refused, and `phrases` has the words for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.path_table import NOWHERE
from composevariant.compose.placing import items_at
from composevariant.tree import Mapping, Sequence, location_of
from composevariant.validation.causes import causes_of
from composevariant.validation.collection_rules import shape_of
from composevariant.validation.combinations import RESET
from composevariant.validation.json_data import json_data
from composevariant.validation.judge import UNKNOWN_KEY, judge_of
from composevariant.validation.phrases import words_for
from composevariant.validation.places import FILE, handling
from composevariant.validation.problem import Problem, place_of, problem_at, shown
from composevariant.validation.scalar_rules import is_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.compiled import Rules
    from composevariant.validation.places import Place


def schema_problems(rules: Rules, root: Mapping) -> list[Problem]:
    """What the schema refuses in a file; nothing when jsonschema accepts it."""
    errors = judge_of(rules).iter_errors(json_data(_failing_part(rules, root), FILE))
    found: dict[tuple[Path, str], Problem] = {}
    for cause in causes_of(errors):
        check, message, args = words_for(root, cause)
        place = place_of(root, cause.path, at_key=cause.keyword == UNKNOWN_KEY)
        found.setdefault((cause.path, message), Problem(check, "error", cause.path, message, place, args))
    return list(found.values())


def _failing_part(rules: Rules, root: Mapping) -> Mapping:
    """The file without the services, volumes and so on that the compiled rules accept, as jsonschema is slow."""
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
    """Keys at and below a node that are no strings."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            below = (*path, entry.name)
            if entry.value.tag == RESET:
                continue
            if not is_string(entry.key):
                message = f"{shown(path)} has the key {entry.key.text}, which is no string; put it in quotes"
                yield Problem("document.key", "error", below, message, location_of(entry.key), (entry.name,))
            yield from key_problems(entry.value, below)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from key_problems(item, (*path, index))


def value_problems(root: Node, node: Node, place: Place = FILE, path: Path = ()) -> Iterator[Problem]:
    """What Compose's own checks refuse at and below a node, whatever the schema says."""
    for check in handling(place).checks:
        if wrong := check.wrong(node):
            yield problem_at(root, check.name, "error", path, wrong)
    if isinstance(node, Mapping):
        children: list[tuple[str | int, Node, Place]] = [(key, value, place.under(key)) for key, value in node.items()]
    else:
        children = [(index, item, place.under("[]")) for index, item in enumerate(items_at(node))]
    for key, child, inside in children:
        if inside is not NOWHERE:
            yield from value_problems(root, child, inside, (*path, key))
