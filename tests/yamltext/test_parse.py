"""A text becomes a tree: what it means, and where each part of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.source import Source
from composevariant.tree.nodes import Alias, Mapping, Scalar, Sequence, plain
from composevariant.yamltext.aliases import written_value
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from composevariant.tree.nodes import Path, WrittenNode


def meaning(text: str) -> object:
    root = parse(Source("compose.yml", text)).root
    return None if root is None else plain(root)


def written_at(text: str, path: Path) -> WrittenNode:
    node = parse(Source("compose.yml", text)).written
    for step in path:
        if isinstance(node, Mapping):
            node = next(entry.value for entry in node.entries if entry.name == step)
        else:
            assert isinstance(node, Sequence)
            assert isinstance(step, int)
            node = node.items[step]
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1\nb:\n  c: x\n", {"a": 1, "b": {"c": "x"}}, id="block mappings"),
        pytest.param("a:\n- x\n- - y\n  - z\n-\n", {"a": ["x", ["y", "z"], None]}, id="block lists"),
        pytest.param(
            "a: [x, {k: v, l: }, y: z]\n", {"a": ["x", {"k": "v", "l": None}, {"y": "z"}]}, id="flow collections"
        ),
        pytest.param(
            '{"a":1,b,c: [d,]}\n', {"a": 1, "b": None, "c": ["d"]}, id="flow collections without blanks or values"
        ),
        pytest.param("? a\n: b\n? c\n", {"a": "b", "c": None}, id="marked keys"),
        pytest.param(
            "80: a\n0444: b\n1.10: c\nyes: d\nTrue: e\n",
            {"80": "a", "292": "b", "1.1": "c", "yes": "d", "true": "e"},
            id="keys are strings as Go prints them",
        ),
        pytest.param("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}, id="aliases"),
        pytest.param("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}, id="an anchor that is used again"),
        pytest.param("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}, id="an anchor on a key"),
        pytest.param("a: |\n  x\n\n  y\n\nb: |-\n  z\n", {"a": "x\n\ny\n", "b": "z"}, id="block scalars"),
        pytest.param(
            "a: |+\n  x\n\nb: >\n  x\n  y\n\n  z\n", {"a": "x\n\n", "b": "x y\nz\n"}, id="kept and folded ones"
        ),
        pytest.param("a: |\n  x", {"a": "x"}, id="the last newline that is missing is missing in a block scalar, too"),
        pytest.param('a: "x\n  y\n\n  z"\nb: u\n  v\n', {"a": "x y\nz", "b": "u v"}, id="scalars over several lines"),
        pytest.param("a: |\r\n  x\r\n  y\r\nb: 'z'\r\n", {"a": "x\ny\n", "b": "z"}, id="CRLF"),
        pytest.param("a:\tx\t# c\nb: {c:\td}\n", {"a": "x", "b": {"c": "d"}}, id="tabs that separate"),
        pytest.param(
            "a:\tx\ty\nb: 'x\ty'\nc: |\n  x\ty\n",
            {"a": "x\ty", "b": "x\ty", "c": "x\ty\n"},
            id="tabs that separate beside tabs that are content",
        ),
        pytest.param("# c\n", None, id="a comment alone"),
        pytest.param("", None, id="nothing"),
        pytest.param("---\n", None, id="a marker alone"),
        pytest.param("---\na: 1\n...\n", {"a": 1}, id="document markers"),
        pytest.param("just words\n", "just words", id="a scalar"),
        pytest.param("a: !!str 12\nb: !!float 1\nc: !mine x\n", {"a": "12", "b": 1.0, "c": "x"}, id="tags"),
        pytest.param("a: 'it''s'\nb: \"\\t\\x41\\u00e9\\U0001F433\"\n", {"a": "it's", "b": "\tAé🐳"}, id="escapes"),
        pytest.param(
            "a: x#y\nb: x:y\nc: -x\nd: ?x\ne: a[b]{c}\n",
            {"a": "x#y", "b": "x:y", "c": "-x", "d": "?x", "e": "a[b]{c}"},
            id="marks inside words",
        ),
    ],
)
def test_what_a_text_means(text: str, expected: object) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: &a {x: 1}\nb:\n  <<: *a\n", {"x": 1}, id="one mapping"),
        pytest.param("a: &a {x: 1, y: 1}\nb:\n  <<: *a\n  x: 2\n", {"x": 2, "y": 1}, id="a key of its own wins"),
        pytest.param("a: &a {x: 1, y: 1}\nb:\n  x: 2\n  <<: *a\n", {"x": 2, "y": 1}, id="also one above the merge"),
        pytest.param(
            "a: &a {x: 1}\nc: &c {x: 2, y: 2}\nb:\n  <<: [*a, *c]\n", {"x": 1, "y": 2}, id="of a list the earlier wins"
        ),
        pytest.param(
            "a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c, z: 3}\n", {"x": 1, "y": 2, "z": 3}, id="a merge of a merge"
        ),
        pytest.param("b:\n  <<: {x: 1}\n  y: 2\n", {"x": 1, "y": 2}, id="a mapping in place"),
        pytest.param("b:\n  <<:\n  - {x: 1}\n  - x: 2\n    y: 2\n", {"x": 1, "y": 2}, id="a block list"),
        pytest.param('b:\n  "<<": {x: 1}\n', {"<<": {"x": 1}}, id="in quotes it is a key like others"),
        pytest.param(
            "a: &a {x: {p: 1}}\nb:\n  <<: *a\n  x: {q: 2}\n", {"x": {"q": 2}}, id="nothing is merged below the keys"
        ),
    ],
)
def test_what_a_merge_brings(text: str, expected: object) -> None:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    merged = root.get("b")
    assert merged is not None

    assert plain(merged) == expected


def test_inherited_entries_say_so() -> None:
    root = parse(Source("compose.yml", "a: &a {x: 1, y: 1}\nb:\n  <<: *a\n  y: 2\n")).root
    assert isinstance(root, Mapping)
    merged = root.get("b")
    assert isinstance(merged, Mapping)

    assert {entry.name: entry.inherited for entry in merged.entries} == {"x": True, "y": False}


def test_what_needs_no_resolving_is_one_and_the_same_object() -> None:
    document = parse(Source("compose.yml", "a: &a {x: 1}\nb: *a\nc: {d: [1]}\n"))
    assert isinstance(document.written, Mapping)
    assert isinstance(document.root, Mapping)

    assert document.root is not document.written
    assert document.root.get("c") is document.written.get("c")
    assert document.root.get("b") is document.root.get("a")


def test_a_document_without_aliases_is_its_own_meaning() -> None:
    document = parse(Source("compose.yml", "a: &a {x: 1}\n"))

    assert document.root is document.written


@pytest.mark.parametrize(
    ("text", "path", "whole", "content"),
    [
        pytest.param("a: x  # c\n", ("a",), "x", "x", id="a plain word"),
        pytest.param("a: 'x y'  # c\n", ("a",), "'x y'", "'x y'", id="a quoted word"),
        pytest.param("a: x\n  y  # c\n", ("a",), "x\n  y", "x\n  y", id="words over several lines"),
        pytest.param("a: &n !t x  # c\n", ("a",), "&n !t x", "x", id="anchor and tag"),
        pytest.param("a: &n   # c\n  b: x\n\n# d\n", ("a",), "&n   # c\n  b: x", "b: x", id="an anchored mapping"),
        pytest.param(
            "a:\n  b: x\n  # c\n\nd: e\n", ("a",), "b: x", "b: x", id="a block mapping without what follows it"
        ),
        pytest.param("a:\n- x\n- y\n# c\nb: z\n", ("a",), "- x\n- y", "- x\n- y", id="a block list"),
        pytest.param("a: [x,\n  y]  # c\n", ("a",), "[x,\n  y]", "[x,\n  y]", id="a flow list"),
        pytest.param("a: {b: x }  # c\n", ("a", "b"), "x", "x", id="a value in a flow mapping"),
        pytest.param(
            "a: |  # c\n  x\n\n  y  \n\n# d\n",
            ("a",),
            "|  # c\n  x\n\n  y  ",
            "|  # c\n  x\n\n  y  ",
            id="a block scalar without the blank lines below",
        ),
        pytest.param(
            "a: |+\n  x\n\n\nb: 1\n",
            ("a",),
            "|+\n  x\n\n",
            "|+\n  x\n\n",
            id="one that keeps blank lines, but for the last newline",
        ),
        pytest.param("a: >-\r\n  x\r\n  y\r\n\r\nb: 1\r\n", ("a",), ">-\r\n  x\r\n  y", ">-\r\n  x\r\n  y", id="CRLF"),
        pytest.param("a:   # c\nb: 1\n", ("a",), "", "", id="nothing"),
        pytest.param("a: &n   # c\nb: 1\n", ("a",), "&n", "", id="nothing with an anchor"),
        pytest.param("a: &n x\nb: *n  # c\n", ("b",), "*n", "*n", id="an alias"),
        pytest.param("- a: x\n  b: y\n", (0,), "a: x\n  b: y", "a: x\n  b: y", id="a mapping in a list"),
        pytest.param("- - x\n  - y\n", (0,), "- x\n  - y", "- x\n  - y", id="a list in a list"),
        pytest.param("a: [x: y, z]\n", ("a", 0), "x: y", "x: y", id="a pair in a flow list"),
        pytest.param("é: 🐳🐳  # c\n", ("é",), "🐳🐳", "🐳🐳", id="characters of all planes"),
    ],
)
def test_spans(text: str, path: Path, whole: str, content: str) -> None:
    span = written_at(text, path).span
    assert span is not None

    assert text[span.begin : span.end] == whole
    assert text[span.start : span.end] == content


@pytest.mark.parametrize(
    ("text", "key", "colon"),
    [
        pytest.param("a: x\n", "a", 1, id="a plain key"),
        pytest.param("'a:b' : x\n", "'a:b'", 6, id="a quoted key with a blank behind it"),
        pytest.param("{a: x}\n", "a", 2, id="a key in a flow mapping"),
        pytest.param("{a}\n", "a", -1, id="a key without a colon"),
        pytest.param("? a\n: x\n", "? a", 4, id="a marked key counts its mark in"),
    ],
)
def test_where_keys_and_colons_are(text: str, key: str, colon: int) -> None:
    root = parse(Source("compose.yml", text)).written
    assert isinstance(root, Mapping)
    (entry,) = root.entries
    assert entry.key.span is not None

    assert text[entry.key.span.begin : entry.key.span.end] == key
    assert entry.colon == colon


def test_where_dashes_are() -> None:
    text = "a:\n  -   x\n  - - y\n"
    node = written_at(text, ("a",))
    assert isinstance(node, Sequence)

    assert node.dashes == (5, 13)
    assert written_at(text, ("a", 1)).span is not None


def test_an_alias_is_a_reference_to_the_node_that_it_names() -> None:
    root = parse(Source("compose.yml", "a: &n {b: 1}\nc: *n\n")).written
    assert isinstance(root, Mapping)
    anchored, alias = (written_value(entry) for entry in root.entries)
    assert isinstance(alias, Alias)

    assert alias.name == "n"
    assert alias.target is anchored


@pytest.mark.parametrize(
    ("text", "style"),
    [("a: x\n", ""), ("a: 'x'\n", "'"), ('a: "x"\n', '"'), ("a: |\n  x\n", "|"), ("a: >\n  x\n", ">")],
)
def test_the_style_of_a_scalar_is_known(text: str, style: str) -> None:
    node = written_at(text, ("a",))
    assert isinstance(node, Scalar)

    assert node.style == style
