"""Three texts merged: what only one side changed is taken; `git merge-file` as the judge."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.text.three_way_merge import three_way

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
services:
  app:
    image: shop:1
    ports:
      - 80:80
  db:
    image: postgres:15
    environment:
      A: 1
      B: 2
volumes:
  data:
"""


def changed(*pairs: tuple[str, str], text: str = BASE) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


IMAGE = ("shop:1", "shop:2")
OTHER_IMAGE = ("shop:1", "shop:3")
DB = ("postgres:15", "postgres:16")
PORT = ("      - 80:80\n", "      - 80:80\n      - 443:443\n")
OTHER_PORT = ("      - 80:80\n", "      - 80:80\n      - 8443:443\n")
NO_PORTS = ("    ports:\n      - 80:80\n", "")
NO_DB = (BASE[BASE.index("  db:") : BASE.index("volumes:")], "")
NOTHING = ("services", "services")
TOP = ("services:\n", "# ours\nservices:\n")
NAME = ("services:\n", "name: shop\nservices:\n")
LAST = ("  data:\n", "  data:\n  logs:\n")
FIRST_B = ("      B: 2\n", "      B: 3\n")
A_AND_B = ("      A: 1\n      B: 2\n", "      A: 2\n      B: 3\n")
LINE_A = ("      A: 1\n", "      A: 2\n")
GONE_A = ("      A: 1\n", "")
COMMENT = ("    image: postgres:15\n", "    image: postgres:15 # the old one\n")

CLEAN = [
    pytest.param([NOTHING], [NOTHING], [], id="nobody changed anything"),
    pytest.param([IMAGE], [NOTHING], [IMAGE], id="only the hand edit"),
    pytest.param([NOTHING], [IMAGE], [IMAGE], id="only the base"),
    pytest.param([IMAGE], [DB], [IMAGE, DB], id="both, in different services"),
    pytest.param([DB], [IMAGE], [IMAGE, DB], id="both, the other way round"),
    pytest.param([IMAGE], [IMAGE], [IMAGE], id="both the same"),
    pytest.param([PORT], [PORT], [PORT], id="both put in the same"),
    pytest.param([PORT], [DB], [PORT, DB], id="one adds, the other changes"),
    pytest.param([NO_PORTS], [DB], [NO_PORTS, DB], id="one removes, the other changes"),
    pytest.param([NO_DB], [IMAGE], [NO_DB, IMAGE], id="one removes a service, the other changes another"),
    pytest.param([NO_DB], [NO_DB], [NO_DB], id="both remove a service"),
    pytest.param([NO_DB], [NO_DB, IMAGE], [NO_DB, IMAGE], id="both remove a service, one changes another"),
    pytest.param([TOP], [LAST], [TOP, LAST], id="the first and the last line"),
    pytest.param([LAST], [TOP], [TOP, LAST], id="the last and the first line"),
    pytest.param([IMAGE, LAST], [DB, TOP], [IMAGE, LAST, DB, TOP], id="two changes on each side"),
    pytest.param([IMAGE, DB], [IMAGE, LAST], [IMAGE, DB, LAST], id="one change is the same, others are not"),
    pytest.param([A_AND_B], [A_AND_B], [A_AND_B], id="both change two lines the same"),
    pytest.param([COMMENT], [IMAGE], [COMMENT, IMAGE], id="a comment put behind a value"),
    pytest.param([LINE_A], [LAST], [LINE_A, LAST], id="a variable and a volume"),
    pytest.param([GONE_A], [IMAGE], [GONE_A, IMAGE], id="a variable goes, an image changes"),
    pytest.param([PORT, DB, LAST], [NOTHING], [PORT, DB, LAST], id="three changes on one side"),
    pytest.param([NOTHING], [PORT, DB, LAST], [PORT, DB, LAST], id="three changes on the other"),
    pytest.param([NOTHING], [NO_DB], [NO_DB], id="the base lost a service"),
    pytest.param([NO_DB], [NOTHING], [NO_DB], id="the hand edit lost a service"),
    pytest.param([NO_DB], [LAST, TOP], [NO_DB, LAST, TOP], id="a service goes, the first and last line are new"),
    pytest.param([NO_PORTS, LAST], [TOP], [NO_PORTS, LAST, TOP], id="a list goes, lines come at both ends"),
    pytest.param([PORT, LINE_A], [TOP, LAST], [PORT, LINE_A, TOP, LAST], id="two changes between two others"),
    pytest.param([TOP, LAST], [PORT, LINE_A], [PORT, LINE_A, TOP, LAST], id="two changes around two others"),
    pytest.param([COMMENT], [COMMENT], [COMMENT], id="both put the same comment behind a value"),
    pytest.param([TOP], [TOP], [TOP], id="both put the same line at the top"),
    pytest.param([LAST], [LAST], [LAST], id="both put the same line at the end"),
    pytest.param([GONE_A], [GONE_A], [GONE_A], id="both remove a variable"),
    pytest.param([GONE_A, TOP], [GONE_A, LAST], [GONE_A, TOP, LAST], id="both remove a variable, each adds a line"),
    pytest.param([NO_PORTS], [NO_PORTS, DB], [NO_PORTS, DB], id="both remove a list, one changes an image"),
    pytest.param([IMAGE, NO_DB], [IMAGE], [IMAGE, NO_DB], id="one change is shared, the other is not"),
]
CONFLICTS = [
    pytest.param([IMAGE], [OTHER_IMAGE], id="two new values"),
    pytest.param([PORT], [OTHER_PORT], id="two lines put in at one place"),
    pytest.param([NO_PORTS], [PORT], id="one removes what the other adds to"),
    pytest.param([NO_DB], [DB], id="one removes a service that the other changes"),
    pytest.param([DB], [NO_DB], id="one changes a service that the other removes"),
    pytest.param([TOP], [NAME], id="two lines put in at the top"),
    pytest.param([LINE_A], [A_AND_B], id="one changes one line, the other two"),
    pytest.param([LINE_A], [FIRST_B], id="lines that touch each other"),
    pytest.param([GONE_A], [LINE_A], id="one removes a line that the other changes"),
    pytest.param([COMMENT], [DB], id="a comment on a value that changes"),
    pytest.param([IMAGE, DB], [OTHER_IMAGE, LAST], id="one of several changes"),
]


@pytest.mark.parametrize(("ours", "theirs", "both"), CLEAN)
def test_what_one_side_changed_is_taken(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]], both: list[tuple[str, str]]
) -> None:
    merged = three_way(BASE, changed(*ours), changed(*theirs))

    assert merged == (changed(*both), ())


@pytest.mark.parametrize(("ours", "theirs"), CONFLICTS)
def test_what_both_changed_is_a_conflict_and_the_first_side_stays(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]]
) -> None:
    merged = three_way(BASE, changed(*ours), changed(*theirs))

    assert merged.conflicts
    for conflict in merged.conflicts:
        lines = changed(*ours).splitlines(keepends=True)
        assert tuple(lines[conflict.line - 1 :][: len(conflict.ours)]) == conflict.ours


def test_a_conflict_has_all_three_sides() -> None:
    (conflict,) = three_way(BASE, changed(IMAGE), changed(OTHER_IMAGE)).conflicts

    assert conflict == (3, ("    image: shop:1\n",), ("    image: shop:2\n",), ("    image: shop:3\n",))


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "merged"),
    [
        pytest.param("a\nb\nc\n", "a\nb\nc", "x\nb\nc\n", "x\nb\nc", id="the hand edit took the last newline"),
        pytest.param("a\nb\nc", "x\nb\nc", "a\nb\nc\n", "x\nb\nc\n", id="the base has a last newline now"),
        pytest.param("", "a\n", "", "a\n", id="everything is new"),
        pytest.param("a\n", "", "a\n", "", id="everything is gone"),
        pytest.param(
            "a\r\nb\r\nc\r\n", "x\r\nb\r\nc\r\n", "a\nb\ny\n", "x\nb\ny\n", id="the newline style is the new one"
        ),
        pytest.param("a\nb\nc\n", "x\nb\nc\n", "a\r\nb\r\ny\r\n", "x\r\nb\r\ny\r\n", id="CRLF is the new style"),
        pytest.param("a\x0cb\nc\nd\n", "a\x0cx\nc\nd\n", "a\x0cb\nc\ny\n", "a\x0cx\nc\ny\n", id="only \\n ends a line"),
    ],
)
def test_ends_of_lines(ancestor: str, ours: str, theirs: str, merged: str) -> None:
    assert three_way(ancestor, ours, theirs) == (merged, ())


_TEXTS = st.lists(st.sampled_from("abcde"), max_size=9).map(
    lambda letters: "".join(f"{letter}\n" for letter in letters)
)


@given(_TEXTS, _TEXTS)
def test_a_side_that_changed_nothing_gives_way(ancestor: str, other: str) -> None:
    assert three_way(ancestor, other, ancestor) == (other, ())
    assert three_way(ancestor, ancestor, other) == (other, ())
    assert three_way(ancestor, other, other) == (other, ())


@given(_TEXTS, _TEXTS, _TEXTS)
def test_the_sides_can_change_places(ancestor: str, ours: str, theirs: str) -> None:
    one, other = three_way(ancestor, ours, theirs), three_way(ancestor, theirs, ours)

    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert one.text == other.text


@pytest.mark.parametrize(("ours", "theirs", "both"), CLEAN)
def test_git_merges_the_same(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]], both: list[tuple[str, str]], tmp_path: Path
) -> None:
    for name, text in (("base", BASE), ("ours", changed(*ours)), ("theirs", changed(*theirs))):
        (tmp_path / name).write_text(text)

    ran = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout) == (0, changed(*both))
