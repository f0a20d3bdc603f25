"""The compiled rules and jsonschema never disagree, whatever the schema and whatever the file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composevariant.compose.attributes import NOWHERE
from composevariant.errors import UnusableInput
from composevariant.source import Source
from composevariant.tree.edits import put
from composevariant.tree.nodes import Entry, Mapping, Node, Scalar, Sequence, string
from composevariant.validation.attribute_rules import FILE
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.jsonschema_fallback import is_valid, json_data, validator_for_rules
from composevariant.validation.schema import installed_schema
from composevariant.validation.wording import key_problems, value_problems
from composevariant.yamltext.parser import parse
from tests.validation.accepted_files import ACCEPTED
from tests.validation.broken_files import BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.tree.nodes import Path as Path_
    from composevariant.validation.schema import Schema

WORDS = ("", "a", "ab", "x-a", "5", "-1", "1.0", "2.5", "true", "null", "2020-01-01", "$$", "${A}", "a${A:-b}", "$A")
SCALARS = st.builds(Scalar, st.sampled_from(WORDS), st.sampled_from(("", "'")))
KEYS = st.sampled_from(("a", "b", "ab", "x-a", "c")).map(string)


def mapping(entries: list[tuple[Scalar, Node]]) -> Mapping:
    return Mapping(tuple({key.text: Entry(key, value) for key, value in entries}.values()))


NODES: st.SearchStrategy[Node] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Sequence(tuple(items))),
        st.lists(st.tuples(KEYS, inner), max_size=3).map(mapping),
    ),
    max_leaves=6,
)
TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")


def schemas(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    members = st.dictionaries(st.sampled_from(("a", "b", "ab")), inner, max_size=2)
    several = st.lists(inner, min_size=1, max_size=3)
    words = {
        "type": st.one_of(
            st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True)
        ),
        "properties": members,
        "patternProperties": st.dictionaries(st.sampled_from(("^x-", "^a", ".")), inner, max_size=2),
        "additionalProperties": inner,
        "unevaluatedProperties": inner,
        "required": st.lists(st.sampled_from(("a", "b")), max_size=2, unique=True),
        "items": inner,
        "uniqueItems": st.booleans(),
        "enum": st.lists(st.sampled_from(["a", 5, 1, True, None, "5"]), min_size=1, max_size=3),
        "pattern": st.sampled_from(("^a", "5$")),
        "minimum": st.integers(-1, 3),
        "maximum": st.integers(-1, 3),
        "oneOf": several,
        "anyOf": several,
        "allOf": several,
        "$ref": st.just("#/$defs/other"),
        "description": st.just("anything"),
        "minLength": st.integers(0, 2),
        "not": inner,
    }
    return st.fixed_dictionaries({}, optional=words)


SCHEMAS = st.recursive(st.one_of(st.booleans(), st.just({"type": "string"})), schemas, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(schema=SCHEMAS, other=SCHEMAS, node=NODES)
def test_rules_and_jsonschema_agree_on_any_schema(schema: object, other: object, node: Node) -> None:
    whole: Schema = {"$defs": {"other": {"type": ["string", "object"]}, "more": other}, "part": schema}
    rules = Rules(whole)

    expected = validator_for_rules(rules).evolve(schema=schema).is_valid(json_data(node, NOWHERE))

    assert rules.rule(schema, NOWHERE)(node) == expected


@settings(max_examples=300, deadline=None)
@given(node=NODES)
def test_old_drafts_ignore_what_stands_beside_a_reference(node: Node) -> None:
    part: Schema = {"$ref": "#/definitions/text", "type": "object"}
    old = Rules({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"text": {"type": "string"}}})

    assert old.rule(part, NOWHERE)(node) == is_valid(old, part, node, NOWHERE)


def agree(rules: Rules, root: Mapping) -> bool:
    wanted = validator_for_rules(rules).is_valid(json_data(root, FILE)) and not any(value_problems(root, root))
    return rules.accept(root) == (wanted and not any(key_problems(root)))


@pytest.mark.parametrize("text", [*ACCEPTED.values(), *(parameters.values[0] for parameters in BROKEN)])
def test_rules_and_jsonschema_agree_on_the_samples(text: str, rules: Rules) -> None:
    root = parse(Source("c.yml", text)).root

    assert not isinstance(root, Mapping) or agree(rules, root)


@pytest.fixture(scope="module")
def corpus() -> list[Mapping]:
    """The real files that can be read."""
    folder = os.environ.get("COMPOSEVARIANT_CORPUS", "")
    if not folder:
        pytest.skip("COMPOSEVARIANT_CORPUS names no folder of real Compose files")
    roots = [_root(path) for path in sorted(Path(folder).rglob("*.y*ml"))]
    return [root for root in roots if isinstance(root, Mapping)]


def _root(path: Path) -> Node | None:
    try:
        return parse(Source(path.name, path.read_bytes().decode("utf-8-sig"))).root
    except UnusableInput:
        return None


@pytest.mark.corpus
def test_rules_and_jsonschema_agree_on_real_files(corpus: list[Mapping], rules: Rules) -> None:
    assert [root for root in corpus if not agree(rules, root)] == []


@pytest.mark.corpus
def test_rules_and_jsonschema_agree_on_real_files_with_something_else_in_them(
    corpus: list[Mapping], rules: Rules
) -> None:
    spots = [(root, path) for root in corpus for path in _paths(root) if path]

    @settings(max_examples=500, deadline=None)
    @given(spot=st.sampled_from(spots), node=NODES)
    def check(spot: tuple[Mapping, Path_], node: Node) -> None:
        root, path = spot
        assert agree(rules, put(root, path, node))

    check()


def _paths(node: Node, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    children: Iterable[tuple[str | int, Node]] = ()
    if isinstance(node, Mapping):
        children = node.items()
    elif isinstance(node, Sequence):
        children = enumerate(node.items)
    for key, child in children:
        yield from _paths(child, (*path, key))


SAMPLE_SPOTS = [
    (root, path)
    for root in (parse(Source("c.yml", text)).root for text in ACCEPTED.values())
    if isinstance(root, Mapping)
    for path in _paths(root)
    if path
]


@settings(max_examples=500, deadline=None)
@given(spot=st.sampled_from(SAMPLE_SPOTS), node=NODES)
def test_whatever_stands_in_a_file_is_validated(spot: tuple[Mapping, Path_], node: Node) -> None:
    root, path = spot
    changed = put(root, path, node)
    rules = Rules(installed_schema())

    errors = [problem for problem in find_problems(changed, rules, "c.yml") if problem.severity == "error"]

    assert agree(rules, changed)
    assert errors or rules.accept(changed)


def test_a_result_is_judged_like_a_new_file_although_the_base_is_remembered(rules: Rules) -> None:
    root = parse(Source("c.yml", ACCEPTED["ports of every form"])).root
    assert isinstance(root, Mapping)
    rules.accept(root)

    broken = put(root, ("services", "web", "ports"), string("80"))

    assert not rules.accept(broken)
    assert rules.accept(root)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"$ref": "#/$defs/none"}, 'refers to "#/$defs/none", which it does not define'),
        ({"$ref": "other.json"}, 'refers to "other.json", which it does not define'),
        ({"patternProperties": {"(": {}}}, 'has the pattern "(", which is not valid'),
        ({"properties": {"a": {"pattern": "["}}}, 'has the pattern "[", which is not valid'),
    ],
)
def test_a_broken_schema_is_refused(schema: Schema, message: str) -> None:
    root = mapping([(string("a"), string("b"))])

    with pytest.raises(UnusableInput, match=re.escape(message)):
        Rules(schema).accept(root)
