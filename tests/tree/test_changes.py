"""What changed between two trees, as reports tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.source import Source
from composevariant.tree.changes import Cause, Change, compare
from composevariant.tree.nodes import Node, plain, same
from composevariant.yamltext.editor import no_key
from composevariant.yamltext.parser import parse
from tests.yamltext.edited import by_name, remove, rename, set_to
from tests.yamltext.random_changes import changed
from tests.yamltext.texts import TEXTS

if TYPE_CHECKING:
    from random import Random


def tree(text: str) -> Node:
    root = parse(Source("compose.yml", text)).root
    assert root is not None
    return root


def told(changes: list[Change]) -> list[tuple[object, ...]]:
    return [
        (change.kind, change.path, change.before and plain(change.before), change.after and plain(change.after))
        for change in changes
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a: 1\n", "a: 1\n", [], id="nothing"),
        pytest.param("a: x\n", "a: 'x'\n", [], id="another spelling"),
        pytest.param("a: 1\nb: 2\n", "b: 2\na: 1\n", [], id="the order of keys"),
        pytest.param("a: 1\n", "a: 2\n", [("set", ("a",), 1, 2)], id="a value"),
        pytest.param("a: 1.0\n", "a: 1.00\n", [("set", ("a",), 1.0, 1.0)], id="a number that is spelled otherwise"),
        pytest.param("a: {b: {c: 1}}\n", "a: {b: {c: 2}}\n", [("set", ("a", "b", "c"), 1, 2)], id="a value below"),
        pytest.param("a: 1\n", "a: 1\nb: {c: 2}\n", [("insert", ("b",), None, {"c": 2})], id="a new key"),
        pytest.param("a: 1\nb: 2\n", "a: 1\n", [("remove", ("b",), 2, None)], id="a key that goes"),
        pytest.param("a: x\n", "a: {b: c}\n", [("set", ("a",), "x", {"b": "c"})], id="a value of another kind"),
        pytest.param("a: [x]\n", "a: !t [x]\n", [("set", ("a",), ["x"], ["x"])], id="a tag"),
        pytest.param("a: [x, y]\n", "a: [x, z, y]\n", [("insert", ("a", 1), None, "z")], id="a new item"),
        pytest.param("a: [x, y]\n", "a: [y]\n", [("remove", ("a", 0), "x", None)], id="an item that goes"),
        pytest.param(
            "a: [A=1, B=2]\n",
            "a: [A=1, B=3]\n",
            [("replace item", ("a", 1), "B=2", "B=3")],
            id="an item with an identity",
        ),
        pytest.param(
            "a: [x, y]\n",
            "a: [y, x]\n",
            [("remove", ("a", 1), "y", None), ("insert", ("a", 0), None, "y")],
            id="an item that moves",
        ),
        pytest.param(
            "a: [{n: 1, v: x}]\n",
            "a: [{n: 1, v: y}]\n",
            [("remove", ("a", 0), {"n": 1, "v": "x"}, None), ("insert", ("a", 0), None, {"n": 1, "v": "y"})],
            id="an item without an identity",
        ),
        pytest.param(
            "a: 1\nb: 2\nc: 3\n",
            "c: 4\nd: 5\na: 1\n",
            [("remove", ("b",), 2, None), ("set", ("c",), 3, 4), ("insert", ("d",), None, 5)],
            id="several, in the order of the file",
        ),
    ],
)
def test_what_is_told(before: str, after: str, expected: list[tuple[object, ...]]) -> None:
    assert told(compare(tree(before), tree(after), by_name)) == expected


def test_a_new_key_is_told_as_a_rename_with_both_keys() -> None:
    before = tree("services: {pg: {image: x}}\n")
    after = set_to("services.db.image", "y")(rename("services.pg", "db")(before))

    assert told(compare(before, after, no_key)) == [
        ("rename", ("services", "db"), "pg", "db"),
        ("set", ("services", "db", "image"), "x", "y"),
    ]


def test_a_name_that_is_taken_over_is_told_as_removal_and_rename() -> None:
    before = tree("new: {image: y}\nold: {image: x}\n")
    after = rename("old", "new")(remove("new")(before))

    assert told(compare(before, after, no_key)) == [
        ("remove", ("new",), {"image": "y"}, None),
        ("rename", ("new",), "old", "new"),
    ]


def test_an_item_that_takes_the_place_of_another_is_told_as_such() -> None:
    before = tree("a: [x, y]\n")
    after = set_to(("a", 0), "z")(before)

    assert told(compare(before, after, no_key)) == [("replace item", ("a", 0), "x", "z")]


def test_the_cause_is_told_with_every_change() -> None:
    location = Source("overlay.yml", "strip: [filebeat]\n").location(0)

    changes = compare(tree("a: 1\n"), tree("b: 2\n"), no_key, Cause("strip", location))

    assert [(change.operation, change.location) for change in changes] == [("strip", location)] * 2


@given(text=st.sampled_from(TEXTS), random=st.randoms(use_true_random=False))
def test_something_is_told_when_something_changed_and_only_then(text: str, random: Random) -> None:
    before = parse(Source("text", text)).root
    if before is None:
        return
    after = changed(random, before)
    changes = compare(before, after, no_key)

    if same(before, after):
        assert {change.kind for change in changes} <= {"rename"}  # two entries that are alike may swap their names
    else:
        assert changes
