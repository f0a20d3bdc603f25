"""The block that `switch` keeps in a `.env`: all else stays, byte for byte, and it goes without a trace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.project.active_variant import add_block, find_block

END = ": `composevariant switch base` takes this block out <<<"
VARIABLES = [("COMPOSE_FILE", "docker-compose.fast.yml")]
SHAPES = [
    pytest.param(None, id="no file"),
    pytest.param("", id="an empty file"),
    pytest.param("A=1\n", id="a line"),
    pytest.param("A=1", id="no line break at the end"),
    pytest.param("# a comment\n\nexport A='x y'\n", id="comments, export and quotes"),
    pytest.param("A=1\r\nB=2\r\n", id="CRLF"),
    pytest.param("A=1\r\nB=2", id="CRLF and no line break at the end"),
    pytest.param("COMPOSE_FILE=other.yml\nA=1\n", id="an earlier COMPOSE_FILE"),
    pytest.param("A='x\ny'\n", id="a value over two lines"),
    pytest.param("\n\n\n", id="blank lines"),
    pytest.param("A=1\n   ", id="blanks at the end"),
    pytest.param("A=1\r", id="a lone carriage return at the end"),
]


@pytest.mark.parametrize("text", SHAPES)
def test_switching_and_back_leaves_the_file_as_it_was(text: str | None) -> None:
    block = find_block(add_block(text, "fast", VARIABLES))

    assert block is not None
    assert (block.variant, block.is_ours, block.rest) == ("fast", True, text)


@given(st.none() | st.text("aA=1'\"# \n\r\t>é", max_size=40), st.text(max_size=8).filter(lambda text: "\0" not in text))
def test_any_file_comes_back(text: str | None, value: str) -> None:
    block = find_block(add_block(text, "fast", [("A", value)]))

    assert block is not None
    assert (block.is_ours, block.rest) == (True, text)


def test_the_block_stands_last() -> None:
    text = add_block("A=1\n", "fast", [*VARIABLES, ("MODE", "two words")])

    assert text == (
        "A=1\n"
        "# >>> composevariant switch fast >>>\n"
        "COMPOSE_FILE=docker-compose.fast.yml\n"
        "MODE='two words'\n"
        f"# <<< composevariant 1494d94b52cd3a10{END}\n"
    )


def test_an_edited_block_is_not_ours() -> None:
    edited = add_block("", "fast", VARIABLES).replace("fast.yml", "mine.yml")

    block = find_block(edited)

    assert block is not None
    assert not block.is_ours


def test_lines_that_somebody_added_behind_the_block_stay() -> None:
    block = find_block(add_block("A=1", "fast", VARIABLES) + "B=2\n")

    assert block is not None
    assert block.rest == "A=1\nB=2\n"


def test_a_file_without_a_block_has_none() -> None:
    assert find_block("A=1\n# composevariant\n") is None
