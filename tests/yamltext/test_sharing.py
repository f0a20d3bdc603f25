"""What anchors share, kept together in both directions: by the tree; the text is in yamltext/test_edit_anchors.py."""

from __future__ import annotations

import pytest

from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.parser import Document, parse
from composevariant.yamltext.shared_anchors import lift, propagate
from tests.yamltext.edited import Change, remove, set_to


def read(text: str) -> tuple[Document, Mapping]:
    document = parse(Source("compose.yml", text))
    assert isinstance(document.root, Mapping)
    return document, document.root


def changed(root: Mapping, *changes: Change) -> Mapping:
    for change in changes:
        new = change(root)
        assert isinstance(new, Mapping)
        root = new
    return root


def service(root: Mapping, name: str) -> object:
    services = plain(root)
    assert isinstance(services, dict)
    return services["services"][name]


BASE = """\
x-inner: &inner {size: 1, keep: 1}
x-outer: &outer
  inner: *inner
  own: 1
services:
  a: {use: *outer}
  b:
    <<: *outer
    own: 2
  c: &c {image: x}
  d: {<<: *c, command: y}
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            set_to("x-outer.own", "3"),
            {
                "a": {"use": {"inner": {"size": 1, "keep": 1}, "own": 3}},
                "b": {"inner": {"size": 1, "keep": 1}, "own": 2},
            },
            id="a value reaches the uses that do not hide it",
        ),
        pytest.param(
            set_to("x-inner.size", "2"),
            {
                "a": {"use": {"inner": {"size": 2, "keep": 1}, "own": 1}},
                "b": {"inner": {"size": 2, "keep": 1}, "own": 2},
            },
            id="a value reaches uses by way of another definition",
        ),
        pytest.param(
            remove("x-inner.keep"),
            {"a": {"use": {"inner": {"size": 1}, "own": 1}}, "b": {"inner": {"size": 1}, "own": 2}},
            id="a removal reaches the uses",
        ),
        pytest.param(
            set_to("x-outer.new", "1"),
            {
                "a": {"use": {"inner": {"size": 1, "keep": 1}, "own": 1, "new": 1}},
                "b": {"inner": {"size": 1, "keep": 1}, "own": 2, "new": 1},
            },
            id="a new key reaches the uses",
        ),
        pytest.param(
            set_to("services.a.use.own", "3"),
            {
                "a": {"use": {"inner": {"size": 1, "keep": 1}, "own": 3}},
                "b": {"inner": {"size": 1, "keep": 1}, "own": 2},
            },
            id="a use is a use",
        ),
        pytest.param(
            set_to("services.c.image", "y"), {"d": {"image": "x", "command": "y"}}, id="a service is no definition"
        ),
    ],
)
def test_a_changed_definition_is_carried_to_its_uses(change: Change, expected: dict[str, object]) -> None:
    document, root = read(BASE)

    after = propagate(document, root, changed(root, change))

    assert {name: service(after, name) for name in expected} == expected


def test_what_a_use_says_otherwise_already_stays() -> None:
    document, root = read(BASE)
    first = changed(root, set_to("services.a.use.own", "9"))

    after = propagate(document, first, changed(first, set_to("x-outer.own", "3")))

    assert service(after, "a") == {"use": {"inner": {"size": 1, "keep": 1}, "own": 9}}


def test_nothing_is_carried_where_nothing_changed() -> None:
    document, root = read(BASE)

    assert propagate(document, root, root) is root


def test_without_aliases_there_is_nothing_to_carry_or_hoist() -> None:
    document, root = read("x-a: {b: 1}\nservices: {a: {image: x}}\n")
    after = changed(root, set_to("x-a.b", "2"))

    assert propagate(document, root, after) is after
    assert lift(document, document.root, after) is after


@pytest.mark.parametrize(
    ("changes", "definition"),
    [
        pytest.param([set_to("services.a.v.b", "2")], {"b": 1, "c": 1}, id="one of two uses"),
        pytest.param(
            [set_to("services.a.v.b", "2"), set_to("services.b.v.b", "3")], {"b": 1, "c": 1}, id="two that disagree"
        ),
        pytest.param(
            [set_to("services.a.v.b", "2"), set_to("services.b.v.b", "2")], {"b": 2, "c": 1}, id="two that agree"
        ),
        pytest.param([set_to("services.a.v.b", "2"), remove("services.b")], {"b": 2, "c": 1}, id="all that are left"),
        pytest.param([remove("services.a.v.b", "services.b.v.b")], {"c": 1}, id="two that lose a key"),
        pytest.param([remove("services.a", "services.b")], {"b": 1, "c": 1}, id="no use left"),
        pytest.param(
            [set_to("x-v.b", "5"), set_to("services.a.v.b", "2"), set_to("services.b.v.b", "2")],
            {"b": 5, "c": 1},
            id="a definition that was changed itself",
        ),
    ],
)
def test_a_definition_follows_when_all_its_uses_agree(changes: list[Change], definition: dict[str, int]) -> None:
    document, root = read("x-v: &v {b: 1, c: 1}\nservices:\n  a: {v: *v}\n  b: {v: *v}\n")

    after = lift(document, root, changed(root, *changes)).get("x-v")

    assert after is not None
    assert plain(after) == definition


def test_uses_by_merge_and_by_alias_agree_key_by_key() -> None:
    document, root = read("x-v: &v {b: 1, c: 1}\nservices:\n  a: {v: *v}\n  b: {<<: *v, c: 2, d: 3}\n")

    after = lift(document, root, changed(root, set_to("services.a.v.b", "9"), set_to("services.b.b", "9"))).get("x-v")

    assert after is not None
    assert plain(after) == {"b": 9, "c": 1}


def test_an_item_that_moves_up_is_no_changed_use() -> None:
    document, root = read("x-p: &p 80\nservices:\n  a:\n    expose: [*p, 81]\n")

    after = lift(document, root, changed(root, remove("services.a.expose.0")))

    assert plain(after) == {"x-p": 80, "services": {"a": {"expose": [81]}}}


def test_a_definition_in_a_list_follows_its_uses() -> None:
    document, root = read("x-all:\n- &v {b: 1}\n- other\nservices:\n  a: {v: *v}\n")

    after = lift(document, root, changed(root, set_to("services.a.v.b", "2")))

    assert plain(after) == {"x-all": [{"b": 2}, "other"], "services": {"a": {"v": {"b": 2}}}}
