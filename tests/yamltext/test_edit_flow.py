"""Flow collections: elements in and out of `[…]` and `{…}`, with their commas and comments."""

from __future__ import annotations

import pytest

from tests.yamltext.edited import Change, append, before_and_after, edited, insert, insert_key, remove, set_to


def check(diff: str, *changes: Change) -> None:
    before, after = before_and_after(diff)

    assert edited(before, *changes) == after


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        pytest.param("[x, y]  # c\n", append("a", "z"), "[x, y, z]  # c\n", id="append"),
        pytest.param("[x, y]\n", insert("a", 0, "z"), "[z, x, y]\n", id="insert before all"),
        pytest.param("[x, y]\n", insert("a", 1, "z", "w"), "[x, z, w, y]\n", id="insert two in the middle"),
        pytest.param("[ x, y ]\n", append("a", "z"), "[ x, y, z ]\n", id="blanks inside the brackets stay"),
        pytest.param("[x,y]\n", append("a", "z"), "[x,y,z]\n", id="no blanks behind commas"),
        pytest.param('["x", "y"]\n', append("a", "z", "1"), '["x", "y", "z", 1]\n', id="quotes of the neighbours"),
        pytest.param("['x']\n", set_to("a.0", "y"), "['y']\n", id="quotes of the old item"),
        pytest.param("[x]\n", append("a", "k: [v]"), "[x, {k: [v]}]\n", id="a mapping in flow style"),
        pytest.param("[x]\n", append("a", "|\n  one\n  two\n"), '[x, "one\\ntwo\\n"]\n', id="a block scalar in quotes"),
        pytest.param("[x]\n", append("a", '"b, [c]"', "d, e"), '[x, "b, [c]", "d, e"]\n', id="a string with commas"),
        pytest.param("[x, y, z]\n", remove("a.0"), "[y, z]\n", id="remove the first"),
        pytest.param("[x, y, z]\n", remove("a.1"), "[x, z]\n", id="remove from the middle"),
        pytest.param("[x, y, z]\n", remove("a.2"), "[x, y]\n", id="remove the last"),
        pytest.param("[x, y, z]\n", remove("a.0", "a.1"), "[z]\n", id="remove the first two"),
        pytest.param("[x, y, z]\n", remove("a.0", "a.1", "a.2"), "[]\n", id="remove all"),
        pytest.param("[x, y,]\n", remove("a.1"), "[x,]\n", id="a comma behind the last stays"),
        pytest.param("[]\n", append("a", "x"), "\n  - x\n", id="fill an empty list"),
        pytest.param("{k: v, l: w}\n", set_to("a.m", "1"), "{k: v, l: w, m: 1}\n", id="a new key"),
        pytest.param("{k: v}\n", insert_key("a", 0, "j", "1"), "{j: 1, k: v}\n", id="a new first key"),
        pytest.param("{k: v, l: w, m: 1}\n", remove("a.l"), "{k: v, m: 1}\n", id="remove a key"),
        pytest.param("{k: v, l: w}\n", set_to("a.k", "b: [c]"), "{k: {b: [c]}, l: w}\n", id="a collection for a word"),
        pytest.param("{k: v}\n", set_to("a.k", "null"), "{k: null}\n", id="a null"),
        pytest.param("{k: , l: w}\n", set_to("a.k", "v"), "{k: v , l: w}\n", id="a value for a key without one"),
        pytest.param("{k, l: w}\n", set_to("a.k", "v"), "{k: v, l: w}\n", id="a value for a key without a colon"),
        pytest.param("{k:, l: w}\n", set_to("a.m", "v"), "{k:, l: w, m: v}\n", id="a key beside one without a value"),
        pytest.param(
            "{k: w, l: }\n", set_to("a.m", "v"), "{k: w, l: , m: v }\n", id="a key behind one without a value"
        ),
        pytest.param("{k:}\n", set_to("a.m", "v"), "{k:, m: v}\n", id="a key beside one that ends in a colon"),
        pytest.param('{"k":"v"}\n', set_to("a.l", "w"), '{"k":"v", "l": "w"}\n', id="a key beside JSON"),
    ],
)
def test_on_one_line(before: str, change: Change, after: str) -> None:
    if after.startswith("\n"):
        assert edited(f"a: {before}", change) == f"a:{after}"
    else:
        assert edited(f"a: {before}", change) == f"a: {after}"


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            append("ports", "90"),
            """
              ports: [
                80,   # web
            -   81   # metrics
            +   81,   # metrics
            +   90
              ]
            """,
            id="append where the last has no comma",
        ),
        pytest.param(
            append("ports", "90"),
            """
              ports: [
                80,   # web
                81,   # metrics
            +   90,
              ]
            """,
            id="append where the last has a comma",
        ),
        pytest.param(
            insert("ports", 0, "79"),
            """
              ports: [
            +   79,
                # the web
                80,
                81
              ]
            """,
            id="insert before all",
        ),
        pytest.param(
            remove("ports.0"),
            """
              ports: [
            -   # the web
            -   80,   # http
                # metrics
                81,
              ]
            """,
            id="remove the first with its comments",
        ),
        pytest.param(
            remove("ports.1"),
            """
              ports: [
            -   80,   # http
            -   # metrics
            -   81   # prometheus
            +   80   # http
              ]
            """,
            id="remove the last where the last has no comma",
        ),
        pytest.param(
            remove("ports.1"),
            """
              ports: [
                80,   # http
            -   81,   # prometheus
              ]
            """,
            id="remove the last where the last has a comma",
        ),
        pytest.param(
            set_to("labels.c", "3"),
            """
              labels: {
                a: 1,
                b: {
                  d: 2
            -   }
            +   },
            +   c: 3
              }
            """,
            id="a new key below one over several lines",
        ),
        pytest.param(
            append("command", "--now"),
            """
              command: ["serve",
            -           "--port", "80"]
            +           "--port", "80",
            +           "--now"]
            """,
            id="append to a list that is broken into lines",
        ),
        pytest.param(
            remove("command.1"),
            """
              command: ["serve",   # the server
            -           "--port", "80"]
            +           "80"]
            """,
            id="remove from a list that is broken into lines",
        ),
        pytest.param(
            remove("command.1"),
            """
            - command: ["serve",   # the server
            -           "--now"]   # at once
            + command: ["serve"   # the server
            +           ]   # at once
            """,
            id="remove the last and keep the comment of the one before it",
        ),
        pytest.param(
            set_to("b", "[1]"),
            """
              {
            -   "a": [1, 2]
            +   "a": [1, 2],
            +   "b": [1]
              }
            """,
            id="a new key of a file that is one flow mapping",
        ),
    ],
)
def test_over_several_lines(change: Change, diff: str) -> None:
    check(diff, change)
