"""The data model: equality by meaning, keys as Compose sees them, and trees that share what did not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.source import Source
from composevariant.tree.nodes import (
    NULL,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    key_name,
    location_of,
    plain,
    same,
    string,
)
from composevariant.yamltext.parser import parse
from tests.yamltext.texts import TEXTS


def tree(text: str) -> Node:
    root = parse(Source("compose.yml", text)).root
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a: x\n", "a: 'x'\n"),
        ("a: x\n", "a: |-\n  x\n"),
        ("a: null\n", "a:\n"),
        ("a: true\n", "a: True\n"),
        ("a: 1\nb: 2\n", "b: 2\na: 1\n"),
        ("a: [1, {b: c}]\n", "a:\n- 1\n- b: c\n"),
        ("a: !t x\n", "a: !t 'x'\n"),
        ("a: !!str 1\n", "a: '1'\n"),
        ("x: &x {a: 1}\ny: *x\n", "x: {a: 1}\ny: {a: 1}\n"),
    ],
)
def test_the_same_meaning(left: str, right: str) -> None:
    assert same(tree(left), tree(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a: 1\n", "a: '1'\n"),
        ("a: 0444\n", "a: 292\n"),
        ("a: 1.10\n", "a: 1.1\n"),
        ("a: 1_000\n", "a: 1000\n"),
        ("a: 1\n", "a: true\n"),
        ("a: 1\n", "a: 1.0\n"),
        ("a: ''\n", "a:\n"),
        ("a: 2001-01-01\n", "a: '2001-01-01'\n"),
        ("a: [1, 2]\n", "a: [2, 1]\n"),
        ("a: [1]\n", "a: [1, 1]\n"),
        ("a: []\n", "a: {}\n"),
        ("a: 1\n", "a: 1\nb: 2\n"),
        ("a: 1\n", "b: 1\n"),
        ("a: !t x\n", "a: x\n"),
        ("a: !t [x]\n", "a: !u [x]\n"),
        ("a: !t {x: 1}\n", "a: {x: 1}\n"),
    ],
)
def test_not_the_same_meaning(left: str, right: str) -> None:
    assert not same(tree(left), tree(right))


@given(st.sampled_from([text for text in TEXTS if parse(Source("text", text)).root is not None]))
def test_a_tree_means_the_same_as_itself_read_again(text: str) -> None:
    assert same(tree(text), tree(text))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Scalar("80"), "80"),
        (Scalar("80", '"'), "80"),
        (Scalar("0444"), "292"),
        (Scalar("0444", "'"), "0444"),
        (Scalar("1.10"), "1.1"),
        (Scalar("True"), "true"),
        (Scalar("True", tag="!!str"), "True"),
        (Scalar("yes"), "yes"),
        (Scalar("a b"), "a b"),
        (Scalar(""), ""),
    ],
)
def test_keys_are_strings(key: Scalar, name: str) -> None:
    assert key_name(key) == name
    assert Entry(key, NULL).name == name


@pytest.mark.parametrize("text", ["x", "yes", "80:80", "", "12", "true", "~", "2001-01-01", "1e3"])
def test_a_new_string_is_a_string(text: str) -> None:
    assert string(text).meaning == ("str", text)


def test_a_set_value_takes_the_place_of_the_old_one() -> None:
    root = tree("a: 1\nb: 2\nc: 3\n")
    assert isinstance(root, Mapping)

    changed = root.with_value("b", Scalar("4"))

    assert plain(changed) == {"a": 1, "b": 4, "c": 3}
    assert changed.names() == ["a", "b", "c"]
    assert changed.origin is root
    assert plain(root) == {"a": 1, "b": 2, "c": 3}


def test_a_new_value_comes_last() -> None:
    root = tree("a: 1\n")
    assert isinstance(root, Mapping)

    assert root.with_value("b", Scalar("2")).names() == ["a", "b"]


def test_nothing_new_is_no_new_tree() -> None:
    root = tree("a: 1\n")
    assert isinstance(root, Mapping)
    value = root.get("a")
    assert value is not None

    assert root.with_value("a", value) is root
    assert root.without("b") is root


def test_the_origin_of_a_tree_that_changed_twice_is_the_first() -> None:
    root = tree("a: [1]\n")
    assert isinstance(root, Mapping)
    items = root.get("a")
    assert isinstance(items, Sequence)

    assert root.without("a").with_value("b", NULL).origin is root
    assert items.with_items(()).with_items((NULL,)).origin is items


def test_a_node_without_a_place_stands_where_the_one_stood_that_it_replaces() -> None:
    root = tree("a:\n  b: x\n")
    assert isinstance(root, Mapping)
    old = root.get("a")

    assert str(location_of(Scalar("new", origin=old))) == "compose.yml:2:3"
    assert location_of(Scalar("new")) is None
    assert location_of(None) is None


def test_plain_data() -> None:
    root = tree("a: [1, 1.5, true, ~, x, 0444]\n80: {b: 2001-01-01}\n")

    assert plain(root) == {"a": [1, 1.5, True, None, "x", 292], "80": {"b": "2001-01-01"}}
