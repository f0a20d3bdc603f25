"""Which lines differ: whatever the texts, what is found makes the second of the first."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.text.line_diff import Hunk, LineEdit, edits, hunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SERVICES = 1000
LONG = [
    line
    for number in range(SERVICES)
    for line in (f"  s{number}:", "    build: .", "    restart: always", "    environment:", f"      - N={number}", "")
]


def made(before: Sequence[str], after: Sequence[str], found: Iterable[LineEdit]) -> list[str]:
    """The first text with the edits applied."""
    lines, at = list[str](), 0
    for edit in found:
        lines += before[at : edit.before_start]
        lines += after[edit.after_start : edit.after_end]
        at = edit.before_end
    return [*lines, *before[at:]]


def changed_lines(found: Iterable[LineEdit]) -> int:
    return sum(edit.before_end - edit.before_start + edit.after_end - edit.after_start for edit in found)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("", "", [], id="nothing in nothing"),
        pytest.param("abc", "abc", [], id="nothing in equal texts"),
        pytest.param("", "ab", [LineEdit(0, 0, 0, 2)], id="everything is new"),
        pytest.param("ab", "", [LineEdit(0, 2, 0, 0)], id="everything is gone"),
        pytest.param("abc", "axc", [LineEdit(1, 2, 1, 2)], id="one line in the middle"),
        pytest.param(
            "abc", "bcd", [LineEdit(0, 1, 0, 0), LineEdit(3, 3, 2, 3)], id="one gone at the top, one new at the end"
        ),
        pytest.param("abab", "ab", [LineEdit(2, 4, 2, 2)], id="of equal blocks the last one goes"),
        pytest.param("xaxbx", "xbxax", [LineEdit(1, 1, 1, 3), LineEdit(2, 4, 4, 4)], id="what moved is new and gone"),
        pytest.param(
            "pxxq", "rxys", [LineEdit(0, 1, 0, 1), LineEdit(2, 4, 2, 4)], id="lines that occur twice in a small gap"
        ),
    ],
)
def test_finds_the_lines_that_differ(before: str, after: str, expected: list[LineEdit]) -> None:
    assert edits(before, after) == expected


@given(st.data())
def test_what_is_found_makes_the_second_text_of_the_first(data: st.DataObject) -> None:
    alphabet = data.draw(st.sampled_from(["a", "ab", "abcdef", "".join(map(chr, range(97, 160)))]))
    texts = st.lists(st.sampled_from(alphabet), max_size=200)
    before, after = data.draw(texts), data.draw(texts)

    found = edits(before, after)

    assert made(before, after, found) == after
    for edit in found:
        assert before[edit.before_start : edit.before_end] != after[edit.after_start : edit.after_end]
    for edit, following in pairwise(found):
        assert edit.before_end < following.before_start
        assert edit.after_end < following.after_start
        assert before[edit.before_end : following.before_start] == after[edit.after_end : following.after_start]


@given(st.lists(st.integers(0, len(LONG) - 1), max_size=30, unique=True))
def test_scattered_edits_of_a_long_text_are_found_as_they_were_made(places: list[int]) -> None:
    after = list(LONG)
    for place in places:
        after[place] = f"# changed {place}"

    assert changed_lines(edits(LONG, after)) == 2 * len(places)


@pytest.mark.parametrize(
    ("before", "after", "at_most"),
    [
        pytest.param(LONG, [line for line in LONG if "restart" not in line], SERVICES, id="a line of each service"),
        pytest.param(["x"] * 20_000, ["x"] * 19_000, 1000, id="all lines are equal"),
        pytest.param(["x"] * 20_000, ["x", "y"] * 10_000, 20_000, id="every other line of equal ones"),
        pytest.param(LONG, [f"{line}#" for line in LONG], 2 * len(LONG), id="all lines are different"),
        pytest.param(LONG, LONG[::-1], 2 * len(LONG), id="the text upside down"),
        pytest.param(["a", "b"] * 5000, ["b", "c"] * 5000, 10_002, id="no line is unique"),
    ],
)
def test_long_texts_take_a_bounded_number_of_steps(before: list[str], after: list[str], at_most: int) -> None:
    steps = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        found = edits(before, after)
    finally:
        sys.setprofile(None)

    assert made(before, after, found) == after
    assert changed_lines(found) <= at_most
    assert steps < 30 * (len(before) + len(after))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param([], [], id="no edits, no hunks"),
        pytest.param([LineEdit(10, 11, 10, 10)], [LineEdit(7, 14, 7, 13)], id="three lines around"),
        pytest.param([LineEdit(1, 1, 1, 2)], [LineEdit(0, 4, 0, 5)], id="no more lines than there are above"),
        pytest.param([LineEdit(19, 20, 19, 20)], [LineEdit(16, 20, 16, 20)], id="no more lines than there are below"),
        pytest.param(
            [LineEdit(2, 3, 2, 3), LineEdit(9, 10, 9, 10)], [LineEdit(0, 13, 0, 13)], id="six lines between: one hunk"
        ),
        pytest.param(
            [LineEdit(2, 3, 2, 3), LineEdit(10, 11, 10, 11)],
            [LineEdit(0, 6, 0, 6), LineEdit(7, 14, 7, 14)],
            id="seven lines between: two hunks",
        ),
    ],
)
def test_hunks_hold_the_edits_with_their_context(changed: list[LineEdit], expected: list[LineEdit]) -> None:
    shift = sum(edit.after_end - edit.after_start - edit.before_end + edit.before_start for edit in changed)

    found = list(hunks(changed, 20, 20 + shift))

    assert [hunk.span for hunk in found] == expected
    assert [edit for hunk in found for edit in hunk.edits] == changed
    assert all(isinstance(hunk, Hunk) for hunk in found)
