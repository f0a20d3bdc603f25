"""The quick scanner gives exactly the tokens of ruamel.yaml's scanner, or leaves the text to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.errors import UnusableInput
from composevariant.source import Source
from composevariant.yamltext.fast_scanner import quick_tokens
from composevariant.yamltext.full_scanner import BLOCK_END, MAX_DEPTH, Token, scan
from tests.yamltext.mutations import damaged, yaml_like
from tests.yamltext.texts import FILES, TEXTS, text_of

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

LEADING_BLANKS = "more indented follow up line than first in a block scalar"
"""ruamel.yaml refuses a block scalar that begins with a line of fewer blanks than its text; Docker and we accept it."""


def without_ends(tokens: list[Token]) -> list[Token]:
    """Where a block ends is read off its content, so the place of its end token does not matter."""
    return [
        (kind, 0, 0, text, style) if kind == BLOCK_END else (kind, start, end, text, style)
        for kind, start, end, text, style in tokens
    ]


def check(text: str) -> bool:
    """Compare both scanners; whether the quick one has read the text."""
    quick = quick_tokens(text)
    if quick is None:
        return False
    try:
        full = scan(Source("text", text))
    except UnusableInput as error:
        if LEADING_BLANKS not in error.message:
            raise
        return True
    assert without_ends(quick) == without_ends(full)
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_tokens_are_those_of_the_full_scanner(path: Path) -> None:
    text = text_of(path)

    check(text)
    check(text.replace("\r\n", "\n").replace("\n", "\r\n"))
    check(text.rstrip("\r\n"))


@pytest.mark.corpus
def test_real_files_have_the_same_tokens_and_nearly_all_are_read_quickly(corpus_files: list[Path]) -> None:
    read = [check(text_of(path)) for path in corpus_files]

    assert sum(read) > 0.9 * len(read)


@given(text=st.sampled_from(TEXTS), random=st.randoms(use_true_random=False))
def test_damaged_files_have_the_same_tokens(text: str, random: Random) -> None:
    check(damaged(random, text))


@given(yaml_like)
def test_made_texts_have_the_same_tokens(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a:\n  b: 1\n", id="block mappings"),
        pytest.param("a:\n- b\n- c: 1\n  d: 2\n- - e\n", id="lists"),
        pytest.param("a: [x, 'y', \"z\", {k: v}]  # c\n", id="flow collections"),
        pytest.param("a: [\n  x,  # c\n  y\n]\n", id="flow collections over several lines"),
        pytest.param("a: |\n  x\n\n  y\nb: >-\n  x\n  y\n", id="block scalars"),
        pytest.param("a: \"\\n\\u00e9\"\nb: 'it''s'\n", id="escapes"),
        pytest.param("a: &x\n  b: !!str 1\nc: *x\nd:\n  <<: *x\n", id="anchors, tags, aliases and merges"),
        pytest.param("# c\n---\na: 1\n", id="comments and a document marker"),
        pytest.param("a: 1\r\n\r\nb:\r\n  - 2\r\n", id="CRLF"),
        pytest.param("a: x:y  # c\n", id="colons in words"),
        pytest.param("é: ☃🐳\n", id="characters of all planes"),
        pytest.param("a:\n", id="an empty value"),
        pytest.param("a: |\n \n   text\n", id="a block scalar that begins with blanks"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_compose_files_are_made_of_is_read_quickly(text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a:\tb\n", id="tabs"),
        pytest.param("a: b\n  c\n", id="plain scalars over several lines"),
        pytest.param("a: 'b\n  c'\n", id="quoted scalars over several lines"),
        pytest.param("? a\n: b\n", id="marked keys"),
        pytest.param("a: |2\n   b\n", id="block scalars that say their indentation"),
        pytest.param("a: |\n  b", id="block scalars without a last newline"),
        pytest.param("a: >\n  b\n    c\n", id="folded scalars with deeper lines"),
        pytest.param("%YAML 1.1\n---\na: b\n", id="directives"),
        pytest.param("--- a\n", id="content behind a marker"),
        pytest.param("a: b\n...\n", id="document ends"),
        pytest.param("a: b\n---\nc: d\n", id="several documents"),
        pytest.param("a: [b: c]\n", id="pairs in flow lists"),
        pytest.param("a: {b}\n", id="keys without a value in flow mappings"),
        pytest.param("a: b: c\n", id="two colons"),
        pytest.param("a:\nb\n", id="a value that is not indented"),
        pytest.param("a: &a b\n*a : c\n", id="aliases as keys"),
        pytest.param("a: &x *y\n", id="an alias with an anchor"),
        pytest.param("a: &x &y b\n", id="two anchors"),
        pytest.param("a: [b\n", id="a bracket that is not closed"),
        pytest.param("a: 'b\n", id="a quote that is not closed"),
        pytest.param("a: 'b'c\n", id="text behind a quote"),
        pytest.param("a: @b\n", id="reserved characters"),
        pytest.param("a: \x07\n", id="control characters"),
        pytest.param("a:\u2028b\n", id="line separators"),
        pytest.param("a: b\rc: d\r", id="lone carriage returns"),
        pytest.param("- a\nb: c\n", id="a key below an item"),
        pytest.param(f"a: {'[' * MAX_DEPTH}\n", id="deep nesting"),
        pytest.param(f"{'k' * 1001}: v\n", id="very long keys"),
        pytest.param("a: {b: c,\n---   B: two}\n", id="the mark of a document inside brackets"),
        pytest.param("a: [b,\n... , c]\n", id="the mark of its end inside brackets"),
    ],
)
def test_the_rest_is_left_to_the_full_scanner(text: str) -> None:
    assert quick_tokens(text) is None
