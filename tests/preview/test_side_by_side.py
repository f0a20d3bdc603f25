"""The side-by-side form: two columns that fit the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.preview.side_by_side_form import side_by_side

BASE = "services:\n  app:\n    image: a:1\n    ports: [80]\n  db:\n    image: b\n"
FAST = "services:\n  app:\n    image: a:2\n  db:\n    image: b\n    init: true\n"


def shown(before: str, after: str, width: int = 60) -> str:
    return side_by_side(("base.yml", before), ("fast.yml", after), width=width, color=False)


def test_two_columns_with_a_sign_for_each_line_that_differs() -> None:
    assert shown(BASE, FAST) == (
        "base.yml                       fast.yml\n"
        "-- 1 services ---------------------------------------------\n"
        "services:                      services:\n"
        "  app:                           app:\n"
        "    image: a:1               |     image: a:2\n"
        "    ports: [80]              <\n"
        "  db:                            db:\n"
        "    image: b                       image: b\n"
        "                             >     init: true\n"
    )


def test_equal_texts_show_nothing() -> None:
    assert shown(BASE, BASE) == ""


def test_a_long_line_is_wrapped_and_nothing_of_it_is_lost() -> None:
    told = shown("a: 1\n", f"a: {'x' * 50}\n", width=43)

    assert "".join(line[23:].strip() for line in told.splitlines()[2:]) == f"a: {'x' * 50}"


def test_wide_and_combining_characters_keep_the_columns() -> None:
    told = shown("a: 漢字\nb: e\u0301\n", "a: x\nb: y\n", width=43)

    assert told.splitlines()[2:] == ["a: 漢字              | a: x", "b: e\u0301                 | b: y"]


@given(st.text("ab: \n\t漢", max_size=60), st.text("ab: \n\t漢", max_size=60), st.integers(40, 100))
def test_no_line_is_wider_than_the_terminal(before: str, after: str, width: int) -> None:
    told = side_by_side(("a", before), ("b", after), width=width, color=False)

    assert all(len(line) + line.count("漢") <= width for line in told.splitlines())


@pytest.mark.parametrize("width", [1, 40, 41])
def test_a_narrow_terminal_gets_forty_columns(width: int) -> None:
    assert max(map(len, shown(BASE, FAST, width).splitlines())) <= 41


def test_colour_marks_both_sides() -> None:
    told = side_by_side(("a", "x: 1\n"), ("b", "x: 2\n"), width=43, color=True)

    assert "\x1b[31mx: 1" in told
    assert "\x1b[32mx: 2\x1b[m" in told
