"""What holds for every text and every change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, Node, same
from composevariant.yamltext.editor import Editor, edit, no_key
from composevariant.yamltext.fast_scanner import quick_tokens
from composevariant.yamltext.parser import Document, parse
from composevariant.yamltext.shared_anchors import lift, propagate
from tests.yamltext.edited import by_name
from tests.yamltext.mutations import damaged
from tests.yamltext.random_changes import changed
from tests.yamltext.texts import FILES, TEXTS, text_of
from tests.yamltext.untouched import come_in_order, untouched_pieces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from composevariant.tree.nodes import Path as Address

ItemKey: TypeAlias = "Callable[[Address, Node], str | None]"
ITEM_KEYS = (no_key, by_name)
WITH_CONTENT = tuple(text for text in TEXTS if parse(Source("text", text)).root is not None)
WITHOUT_ALIASES = tuple(text for text in WITH_CONTENT if not re.search(r"[*]\w", text))

texts = st.sampled_from(WITH_CONTENT)
randoms = st.randoms(use_true_random=False)
item_keys = st.sampled_from(ITEM_KEYS)
sizes = st.sampled_from((1, 1, 1, 2, 4))


def made(random: Random, text: str) -> str:
    """The same text with another kind of newlines, or without its last one."""
    kind = random.choice(("as it is", "as it is", "CRLF", "no last newline"))
    if kind == "CRLF":
        return text.replace("\r\n", "\n").replace("\n", "\r\n")
    return text.rstrip("\r\n") if kind == "no last newline" else text


def document_of(text: str) -> tuple[Document, Node]:
    document = parse(Source("text", text))
    assume(document.root is not None)
    assert document.root is not None
    return document, document.root


def changed_often(random: Random, root: Node, size: int) -> Node:
    for _ in range(size):
        root = changed(random, root)
    return root


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_change_gives_the_identical_text(path: Path) -> None:
    text = text_of(path)
    document = parse(Source(path.name, text))
    if document.root is not None:
        assert edit(document, document.root) == text


@pytest.mark.corpus
def test_no_change_gives_the_identical_text_of_every_real_file(corpus_files: list[Path]) -> None:
    for path in corpus_files:
        text = text_of(path)
        document = parse(Source(path.name, text))
        if document.root is not None:
            assert edit(document, document.root) == text


@given(text=texts, random=randoms)
def test_the_same_tree_from_elsewhere_gives_the_identical_text(text: str, random: Random) -> None:
    """What counts is what a tree means: one that another file spells alike asks for no change."""
    text = made(random, text)
    document, _ = document_of(text)
    _, other = document_of(text)

    assert edit(document, other) == text


@given(text=texts, random=randoms, size=sizes, item_key=item_keys)
def test_the_new_text_means_the_changed_tree(text: str, random: Random, size: int, item_key: ItemKey) -> None:
    document, root = document_of(made(random, text))
    final = changed_often(random, root, size)

    new = edit(document, final, item_key)

    read_again = parse(Source("new", new)).root
    assert read_again is not None
    assert same(read_again, final)


@given(text=texts, random=randoms, size=sizes)
def test_the_new_text_means_the_changed_tree_with_what_anchors_share(text: str, random: Random, size: int) -> None:
    document, root = document_of(text)
    after = changed_often(random, root, size)
    assume(isinstance(root, Mapping) and isinstance(after, Mapping))
    assert isinstance(root, Mapping)
    assert isinstance(after, Mapping)
    try:
        final = lift(document, root, propagate(document, root, after))
    except UnusableInput:
        return  # a definition that is merged became something that cannot be

    read_again = parse(Source("new", edit(document, final))).root

    assert read_again is not None
    assert same(read_again, final)


@given(text=st.sampled_from(WITHOUT_ALIASES), random=randoms, size=sizes, item_key=item_keys)
def test_lines_outside_the_changed_entries_are_unchanged(
    text: str, random: Random, size: int, item_key: ItemKey
) -> None:
    text = text if text.endswith("\n") else f"{text}\n"
    document, root = document_of(text)
    final = changed_often(random, root, size)

    new = edit(document, final, item_key)

    assert come_in_order(untouched_pieces(document, final, item_key), new if new.endswith("\n") else f"{new}\n")


@given(text=texts, random=randoms)
def test_the_way_back_gives_the_meaning_back(text: str, random: Random) -> None:
    document, root = document_of(text)
    new = edit(document, changed(random, root))
    again = parse(Source("new", new))

    back = edit(again, root)

    read_again = parse(Source("back", back)).root
    assert read_again is not None
    assert same(read_again, root)


@given(text=st.sampled_from(TEXTS), random=randoms)
def test_whatever_is_read_quickly_can_be_edited(text: str, random: Random) -> None:
    text = damaged(random, text)
    if quick_tokens(text) is None:
        return
    try:
        document = parse(Source("text", text))
    except ComposeVariantError:
        return
    if document.root is None:
        return
    final = changed(random, document.root)

    read_again = parse(Source("new", edit(document, final))).root

    assert read_again is not None
    assert same(read_again, final)


def edits_in_a_row(document: Document, root: Node, random: Random, size: int, item_key: ItemKey) -> None:
    """What an edit takes over from the one before it is what it would have made itself."""
    editor = Editor(document, item_key)
    first = changed_often(random, root, size)
    second = changed_often(random, random.choice((root, first, first)), size)
    for final in (first, second, first):
        new = editor.text_of(final)

        assert new == edit(document, final, item_key)
        read_again = parse(Source("new", new)).root
        assert read_again is not None
        assert same(read_again, final)


@given(text=texts, random=randoms, size=sizes, item_key=item_keys)
def test_edits_in_a_row_are_what_each_is_alone(text: str, random: Random, size: int, item_key: ItemKey) -> None:
    document, root = document_of(made(random, text))

    edits_in_a_row(document, root, random, size, item_key)


@pytest.mark.corpus
@given(number=st.integers(0, 10_000), random=randoms, size=sizes, item_key=item_keys)
def test_edits_of_real_files_in_a_row_are_what_each_is_alone(
    number: int, random: Random, size: int, item_key: ItemKey, corpus_files: list[Path]
) -> None:
    document, root = document_of(made(random, text_of(corpus_files[number % len(corpus_files)])))

    edits_in_a_row(document, root, random, size, item_key)


@pytest.mark.corpus
@given(number=st.integers(0, 10_000), random=randoms, size=sizes, item_key=item_keys)
def test_real_files_are_edited_where_they_change_and_nowhere_else(
    number: int, random: Random, size: int, item_key: ItemKey, corpus_files: list[Path]
) -> None:
    text = made(random, text_of(corpus_files[number % len(corpus_files)]))
    document, root = document_of(text)
    final = changed_often(random, root, size)

    new = edit(document, final, item_key)

    read_again = parse(Source("new", new)).root
    assert read_again is not None
    assert same(read_again, final)
    if document.written is document.root and text.endswith("\n"):
        assert come_in_order(untouched_pieces(document, final, item_key), new if new.endswith("\n") else f"{new}\n")
