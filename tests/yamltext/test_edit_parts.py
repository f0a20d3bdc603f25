"""Edits of one document one after the other, where the proof of an edit leaves out what was proved before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from composevariant.compose.identities import item_key
from composevariant.errors import UnusableInput
from composevariant.source import Source
from composevariant.tree.edits import delete, put
from composevariant.tree.nodes import Entry, Mapping, Scalar, Sequence, same, string
from composevariant.yamltext.editor import Editor, edit
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[Mapping], Mapping]

LONG = "".join(f"      k{n}: a value that makes this service the larger part of the text\n" for n in range(5))


def removed(*path: str) -> Change:
    return lambda tree: delete(tree, [path], prune=True)


def with_text(text: str, *path: str) -> Change:
    return lambda tree: put(tree, path, string(text))


def inserted(tree: Mapping) -> Mapping:
    """A service `n` behind the first one."""
    services = tree.get("services")
    assert isinstance(services, Mapping)
    new = Entry(string("n"), Mapping((Entry(string("image"), string("q")),)))
    first, *others = services.entries
    return tree.with_value("services", services.with_entries((first, new, *others)))


def section_renamed(tree: Mapping) -> Mapping:
    return tree.with_entries(tuple(replace(each, key=Scalar("x-old", origin=each.key)) for each in tree.entries))


def both(first: Change, second: Change) -> Change:
    return lambda tree: second(first(tree))


ITEMS = Sequence((string("A=9"), string("B=2")))
IN_A_ROW = [
    pytest.param(
        f"services:\n  a:\n    p:\n{LONG}    x: |\n      text\n         \n  b:\n    image: x\n",
        [removed("services", "b"), inserted],
        id="a block scalar whose last line is blanks beyond its indentation",
    ),
    pytest.param(
        f"services:\n  a:\n    p:\n{LONG}    x: |\n      text\n      \u00a0\n  b:\n    image: x\n",
        [removed("services", "b"), inserted],
        id="a block scalar whose last line is a blank of another kind",
    ),
    pytest.param(
        f"services:\n  a:\n    p:\n{LONG}    x: |+\n      text\n    y: 1\n"
        "  b:\n    i: 1\n\n  c:\n    i: 1\n\n  d:\n    i: 1\n",
        [removed("services", "a", "y"), with_text("f", "services", "c", "i")],
        id="a block scalar that keeps blank lines and comes to stand last",
    ),
    pytest.param(
        f"services:\n  &k a:\n    p:\n{LONG}  b:\n    image: *k\n    z: 1\n  c:\n    i: 1\n",
        [with_text("f", "services", "c", "i"), with_text("g", "services", "c", "i")],
        id="an anchor on the key of a service",
    ),
    pytest.param(
        f"services:\n  a:\n    &k image: x\n    e: *k\n    p:\n{LONG}  c:\n    i: 1\n",
        [with_text("f", "services", "a", "image"), with_text("g", "services", "c", "i")],
        id="an anchor on the key of a setting",
    ),
    pytest.param(
        f"services:\n  a:\n    environment:\n      - A=1 # first\n      - B=2\n    p:\n{LONG}",
        [
            lambda tree: put(tree, ("services", "a", "environment"), ITEMS),
            both(lambda tree: put(tree, ("services", "a", "environment"), ITEMS), section_renamed),
        ],
        id="items that are other ones in a section of another name",
    ),
    pytest.param(
        f"x-a: &x {{m: 1}}\nservices:\n  a:\n    l: *x\n    p:\n{LONG}  c:\n    i: 1\n",
        [
            with_text("2", "services", "c", "i"),
            both(with_text("2", "x-a", "m"), with_text("2", "services", "a", "l", "m")),
        ],
        id="an alias whose anchor changes above the services",
    ),
    pytest.param(
        "? &x foo\n: v\nb: *x\nc: 1\n",
        [with_text("2", "c")],
        id="an anchor on a key with a question mark",
    ),
    pytest.param(
        "x: &h\n  m: 1\na: {<<: *h, q: 1}\nb: {<<: *h}\n",
        [removed("x")],
        id="an anchor that moves into a mapping on one line",
    ),
]


@pytest.mark.parametrize(("text", "changes"), IN_A_ROW)
def test_an_edit_after_another_is_what_it_is_alone(text: str, changes: list[Change]) -> None:
    document = parse(Source("compose.yml", text))
    root = document.root
    assert isinstance(root, Mapping)
    editor = Editor(document, item_key)

    for change in (*changes, *reversed(changes)):
        final = change(root)
        new = editor.text_of(final)

        assert new == edit(document, final, item_key)
        again = parse(Source("new", new)).root
        assert again is not None
        assert same(again, final)


def test_what_nobody_changed_is_not_read_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    read: list[str] = []

    def noted(source: Source) -> object:
        read.append(source.text)
        return parse(source)

    text = f"services:\n  a:\n    p:\n{LONG}  b:\n    image: x\n"
    document = parse(Source("compose.yml", text))
    assert isinstance(document.root, Mapping)
    monkeypatch.setattr(sys.modules["composevariant.yamltext.editor"], "parse", noted)

    edit(document, put(document.root, ("services", "b", "image"), string("y")))

    assert read == ["services:\n  a:\n  b:\n    image: y\n"]


@pytest.mark.parametrize("text", ["a: {<<, b: c}\n", "a: {!!x <<, b}\n", "a: [<<: x]\n", "a:\n  ? <<\n"])
def test_a_merge_of_nothing_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(UnusableInput, match="`<<` merges mappings only"):
        parse(Source("compose.yml", text))


def test_pairs_in_lists_count_as_two_levels() -> None:
    deep = "[a: " * 30
    text = f"x: &x {deep}1{']' * 30}\ny: {deep}*x{']' * 30}\n"

    with pytest.raises(UnusableInput, match="nested more than 100 levels deep once aliases are followed"):
        parse(Source("compose.yml", text))
