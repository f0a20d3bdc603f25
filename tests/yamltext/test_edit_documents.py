"""Texts of every make: newlines, ends of files, document markers, tags, `? ` keys, trailing blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.source import Source
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse
from tests.yamltext.edited import (
    Change,
    append,
    become,
    before_and_after,
    by_name,
    edited,
    insert,
    remove,
    set_to,
    value,
)

if TYPE_CHECKING:
    from composevariant.tree.nodes import Node, Path


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        pytest.param(
            "a:\r\n  - x\r\nb: 1\r\n",
            append("a", "y", "k: v\nl: w"),
            "a:\r\n  - x\r\n  - y\r\n  - k: v\r\n    l: w\r\nb: 1\r\n",
            id="CRLF: new lines end as the old ones do",
        ),
        pytest.param(
            "a:\r\n  b: 1\r\n\r\n  c: 2\r\n",
            remove("a.b"),
            "a:\r\n  c: 2\r\n",
            id="CRLF: a removal takes whole lines",
        ),
        pytest.param(
            "a:\r\n  b: x   # why\r\n",
            set_to("a.b", "|\n  one\n\n  two\n"),
            "a:\r\n  b: |   # why\r\n    one\r\n\r\n    two\r\n",
            id="CRLF: a block scalar",
        ),
        pytest.param(
            "a:\r\n  - b: 1\r\n    # about c\r\n    c: 2\r\n",
            remove("a.0.b"),
            "a:\r\n  -\r\n    # about c\r\n    c: 2\r\n",
            id="CRLF: the key behind a dash",
        ),
        pytest.param(
            "a:\r\n  b:\r\n    c: 1\r\n    # inside\r\n  d: 2\r\n",
            set_to("a.b", "x"),
            "a:\r\n  b: x\r\n  d: 2\r\n",
            id="CRLF: a mapping becomes a word",
        ),
        pytest.param("a: 1\nb: 2", set_to("b", "3"), "a: 1\nb: 3", id="no last newline: a word"),
        pytest.param("a: 1\nb: 2", set_to("c", "3"), "a: 1\nb: 2\nc: 3", id="no last newline: a new entry"),
        pytest.param("a: 1\nb: 2", remove("b"), "a: 1", id="no last newline: the last entry goes"),
        pytest.param("a:\n  - x", append("a", "y"), "a:\n  - x\n  - y", id="no last newline: a new item"),
        pytest.param("a: 1  # c", set_to("b", "2"), "a: 1  # c\nb: 2", id="no last newline: behind a comment"),
        pytest.param("a: 1\n# c", set_to("b", "2"), "a: 1\nb: 2\n# c", id="no last newline: above a comment"),
        pytest.param("a:\n  b:", set_to("a.b", "k: v"), "a:\n  b:\n    k: v", id="no last newline: nothing is filled"),
        pytest.param(
            "a: |\n  x", set_to("b", "1"), "a: |-\n  x\nb: 1", id="no last newline: a block scalar keeps its value"
        ),
        pytest.param(
            "a: |+\n  x", set_to("b", "1"), "a: |-\n  x\nb: 1", id="no last newline: also one that keeps newlines"
        ),
        pytest.param("a: |\n  x\nb: 1", remove("b"), "a: |\n  x\n", id="no last newline: one is needed in the end"),
        pytest.param(
            "a: 1", set_to("a", "|\n  x\n"), "a: |\n  x\n", id="no last newline: a new block scalar needs one"
        ),
        pytest.param(
            "a:\n  - x\n\n\n", append("a", "y"), "a:\n  - x\n  - y\n\n\n", id="blank lines at the end stay there"
        ),
        pytest.param(
            "a: |+\n  x\n\n\n", set_to("b", "1"), "a: |+\n  x\n\n\nb: 1\n", id="but not those of a block scalar"
        ),
        pytest.param(
            "a: |+\n  x\nb: 1\n", remove("b"), "a: |+\n  x\n", id="the end of a block scalar that keeps newlines"
        ),
        pytest.param(
            "--- # one\na: 1\n... # end\n# c\n",
            set_to("b", "k: v"),
            "--- # one\na: 1\nb:\n  k: v\n... # end\n# c\n",
            id="document markers stay where they are",
        ),
        pytest.param("---\na: 1\n", remove("a"), "---\n{}\n", id="a document is emptied"),
        pytest.param("--- {a: 1}\n", set_to("b", "2"), "--- {a: 1, b: 2}\n", id="content on the line of the marker"),
        pytest.param("--- x # c\n", become("k: v"), "---\nk: v # c\n", id="a block moves below the marker"),
        pytest.param("--- x\n", become("|\n  a\n"), "--- |\n a\n", id="but not a block scalar"),
        pytest.param("%YAML 1.1\n---\na: 1\n", set_to("a", "2"), "%YAML 1.1\n---\na: 2\n", id="a directive"),
        pytest.param("a: x   \nb: y\n", set_to("b", "z"), "a: x   \nb: z\n", id="trailing blanks stay"),
        pytest.param(
            "b:   \n  c: 1   \n", set_to("b.d", "2"), "b:   \n  c: 1   \n  d: 2\n", id="also at the end of a block"
        ),
        pytest.param(
            "a: x   \n", set_to("a", "k: v"), "a:\n  k: v\n", id="but not behind a key whose value moves down"
        ),
        pytest.param("- 1\n- 2\n", append("", "3"), "- 1\n- 2\n- 3\n", id="a file that is a list"),
        pytest.param("x # c\n", become("k: v"), "k: v # c\n", id="a file that is a word"),
        pytest.param("  x\n", become("k: v\nl: w"), "  k: v\n  l: w\n", id="a file that is an indented word"),
        pytest.param("{a: 1} # c\n", set_to("b", "2"), "{a: 1, b: 2} # c\n", id="a file that is a flow mapping"),
        pytest.param(
            "\n  a: 1\n  b: 2\n", set_to("c", "3"), "\n  a: 1\n  b: 2\n  c: 3\n", id="a file that stands right"
        ),
        pytest.param("a:\tx\t# c\n", set_to("a", "y"), "a:\ty\t# c\n", id="tabs that separate stay"),
        pytest.param(
            "naïve: 🐳\nb: ☃ # é\n", set_to("b", "中"), "naïve: 🐳\nb: 中 # é\n", id="characters of all planes"
        ),
        pytest.param("a : 1\n", set_to("b", "2"), "a : 1\nb: 2\n", id="blanks before a colon"),
        pytest.param("a: !!str 12  # c\n", set_to("a", "x"), "a: x  # c\n", id="a tag goes with its value"),
        pytest.param("a: !t {x: 1}\n", set_to("a.x", "2"), "a: !t {x: 2}\n", id="a tag stays with what changes inside"),
        pytest.param("a: !t\n  x: 1\n", remove("a.x"), "a: !t {}\n", id="a tag stays with what is emptied"),
        pytest.param("a: &x !t\n  - 1\n", append("a", "2"), "a: &x !t\n  - 1\n  - 2\n", id="a tag beside an anchor"),
        pytest.param("a: 1\n", set_to("a", "!t 2"), "a: !t 2\n", id="a new value brings its tag"),
        pytest.param("a: 1\n", set_to("b", "!t\n- 2"), "a: 1\nb: !t\n  - 2\n", id="a new list brings its tag"),
        pytest.param("a:\n- 1\n", append("a", "!t\nk: v"), "a:\n- 1\n- !t\n  k: v\n", id="a new item brings its tag"),
        pytest.param("? a\n: b\n", set_to("a", "c"), "? a\n: c\n", id="a marked key: its value"),
        pytest.param("? a\n: b\n", set_to("c", "d"), "? a\n: b\nc: d\n", id="a marked key: one below it"),
        pytest.param("? a\n? c\n", set_to("a", "b"), "? a\n: b\n? c\n", id="a marked key without a colon"),
        pytest.param("? a\n? c\n", remove("a"), "? c\n", id="a marked key goes"),
    ],
)
def test_a_text_keeps_its_make(before: str, change: Change, after: str) -> None:
    assert edited(before, change) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "a: 1\nb:\n  - 2\n", id="empty"),
        pytest.param("# nothing yet\n", "# nothing yet\na: 1\nb:\n  - 2\n", id="a comment"),
        pytest.param("# nothing yet", "# nothing yet\na: 1\nb:\n  - 2", id="a comment without a newline"),
        pytest.param("# nothing yet\r\n", "# nothing yet\r\na: 1\r\nb:\r\n  - 2\r\n", id="CRLF"),
        pytest.param("---\n", "---\na: 1\nb:\n  - 2\n", id="a document marker"),
    ],
)
def test_a_file_without_content_is_filled(before: str, after: str) -> None:
    assert edit(parse(Source("compose.yml", before)), value("a: 1\nb:\n- 2")) == after


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            insert("environment", 0, "A=9"),
            """
              environment:
            +   - A=9
                # about B
                - B=2
                - "C=3"
            """,
            id="a new one is put in",
        ),
        pytest.param(
            set_to("environment", '[B=9, "C=3"]'),
            """
              environment:
                # about B
            -   - B=2   # two
            +   - B=9   # two
                - "C=3"
            """,
            id="one with another value takes the place of the old one, in a list that is set as a whole",
        ),
        pytest.param(
            set_to("environment", "[C=3]"),
            """
              environment:
            -   # about B
            -   - B=2
                - 'C=3'   # three
            """,
            id="one that is left out goes",
        ),
    ],
)
def test_items_with_an_identity_are_aligned_by_it(change: Change, diff: str) -> None:
    before, after = before_and_after(diff)

    assert edited(before, change, item_key=by_name) == after


def test_the_identity_of_an_item_is_asked_for_with_the_path_of_its_list() -> None:
    asked: list[tuple[Path, str]] = []

    def item_key(path: Path, item: Node) -> str | None:
        asked.append((path, str(item.text if hasattr(item, "text") else "")))
        return None

    edited("services:\n  a:\n    - ports:\n      - x\n", set_to("services.a.0.ports", "[y]"), item_key=item_key)

    assert (("services", "a", 0, "ports"), "x") in asked
    assert (("services", "a", 0, "ports"), "y") in asked
