"""A value takes the place of another: on its line, over several lines, and from one to the other."""

from __future__ import annotations

import pytest

from tests.yamltext.edited import Change, before_and_after, edited, remove, rename, set_to


def check(diff: str, *changes: Change) -> None:
    before, after = before_and_after(diff)

    assert edited(before, *changes) == after


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            set_to("a.image", "new"),
            """
              a:
            -   image: old   # pinned
            +   image: new   # pinned
                restart: always
            """,
            id="a word becomes another and its comment stays",
        ),
        pytest.param(
            set_to("a.image", "new"),
            """
              a:
            -   image:     old   # aligned
            +   image:     new   # aligned
                restart:   always
            """,
            id="the blanks that align values stay",
        ),
        pytest.param(
            set_to("a.image", "new"),
            """
              a:
            -   image: 'old'
            +   image: 'new'
            """,
            id="a string keeps the quotes of the one it replaces",
        ),
        pytest.param(
            set_to("a.image", '"new"'),
            """
              a:
            -   image: old
            +   image: "new"
            """,
            id="a string in place of a plain one keeps the overlay's quotes",
        ),
        pytest.param(
            set_to("a.port", "81"),
            """
              a:
            -   port: "80"
            +   port: 81
            """,
            id="a number is not put in the quotes of the string it replaces",
        ),
        pytest.param(
            set_to("a.mode", "0444"),
            """
              a:
            -   mode: 0400
            +   mode: 0444
            """,
            id="a number keeps the overlay's spelling",
        ),
        pytest.param(
            set_to("a.b", "null"),
            """
              a:
            -   b: x   # why
            +   b: null   # why
            """,
            id="a word becomes null",
        ),
        pytest.param(
            set_to("volumes.data", "x"),
            """
              volumes:
            -   data:   # why
            +   data: x   # why
                more:
            """,
            id="nothing becomes a word",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
            -   command: one
            -     two
            -     three   # why
            +   command: run   # why
                image: x
            """,
            id="a plain scalar over several lines becomes a word and its comment stays",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
            -   command: "one
            -
            -     two"   # why
            +   command: "run"   # why
                image: x
            """,
            id="a quoted scalar over several lines becomes a word and its comment stays",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
                command:
                  # how it starts
            -     serve   # now
            +     run   # now
                image: x
            """,
            id="a value below its key is replaced where it stands",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
            -   command: |   # the script
            -     one
            -
            -     two
            +   command: run   # the script

                image: x
            """,
            id="a block scalar becomes a word and the comment of its header stays",
        ),
        pytest.param(
            set_to("a.command", "|\n  one\n\n    two\n"),
            """
              a:
            -   command: run   # the script
            +   command: |   # the script
            +     one
            +
            +       two
                image: x
            """,
            id="a word becomes a block scalar",
        ),
        pytest.param(
            set_to("a.command", ">-  # the overlay's\n    folded\n    text\n\n    more\n"),
            """
              a:
            -   command: |
            -     one
            +   command: >-
            +     folded
            +     text
            +
            +     more
                image: x
            """,
            id="a block scalar is spelled as in the overlay, without its comment",
        ),
        pytest.param(
            set_to("a.command", '"one\\ntwo\\n"'),
            """
              a:
            -   command: run
            +   command: "one\\ntwo\\n"
            """,
            id="a string with escapes keeps them",
        ),
    ],
)
def test_a_scalar_replaces_a_scalar(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            set_to("services.a.build", "context: .\ndockerfile: D"),
            """
              services:
                a:
            -     build: .   # the context
            +     build:   # the context
            +       context: .
            +       dockerfile: D
                  image: x
            """,
            id="a scalar that becomes a mapping keeps its comment on the key's line",
        ),
        pytest.param(
            set_to("a.command", "- run\n- now"),
            """
              a:
            -   command: "one
            -     two"   # why
            +   command:   # why
            +     - run
            +     - now
                image: x
            """,
            id="a scalar over several lines that becomes a list keeps its comment, too",
        ),
        pytest.param(
            set_to("a.command", "[run, now]"),
            """
              a:
            -   command:
            -     serve   # why
            +   command: [run, now]   # why
                image: x
            """,
            id="a value below its key that becomes a flow list moves up to the key",
        ),
        pytest.param(
            set_to("a.build", "."),
            """
              a:
            -   build:   # the context
            -     # what follows is gone
            -     context: .   # as is this
            -     dockerfile: D
            -     # and this
            +   build: .   # the context
                image: x
            """,
            id="a mapping that becomes a scalar takes the comments inside along",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
            -   command:
            -   - one   # first
            -   - two
            +   command: run
                # about the image
                image: x
            """,
            id="a list without indentation becomes a scalar and the comment below stays",
        ),
        pytest.param(
            set_to("a.command", "run"),
            """
              a:
            -   command: ["one",   # first
            -     "two"]   # why
            +   command: run   # why
                image: x
            """,
            id="a flow list over several lines becomes a word",
        ),
        pytest.param(
            set_to("a.0", "k: v\nl: w"),
            """
              a:
            -   - x   # one
            +   - k: v   # one
            +     l: w
                - y
            """,
            id="an item that becomes a mapping keeps its comment on the dash's line",
        ),
        pytest.param(
            set_to("a.0", "z"),
            """
              a:
            -   - k: v   # of the key
            -     l: w
            -     # inside
            +   - z
                # about y
                - y
            """,
            id="an item that becomes a word takes the comments inside along",
        ),
        pytest.param(
            set_to("a.1", "z"),
            """
              a:
                -   k: v
            -   -   "one
            -       two"   # why
            +   -   "z"   # why
            """,
            id="the blanks behind a dash stay",
        ),
        pytest.param(
            set_to("a.0", "- 1\n- 2"),
            """
              a:
            -   - x
            +   - - 1
            +     - 2
                - y
            """,
            id="an item becomes a list",
        ),
        pytest.param(
            set_to("a.0", "|\n  one\n  two\n"),
            """
              a:
            -   - x   # why
            +   - |   # why
            +     one
            +     two
                - y
            """,
            id="an item becomes a block scalar",
        ),
    ],
)
def test_a_value_changes_its_kind(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            remove("a.b.x"),
            """
              a:
            -   b:   # why
            -     # about x
            -     x: 1   # one
            +   b: {}   # why

                c: 1
            """,
            id="a mapping is emptied",
        ),
        pytest.param(
            remove("a.b.0"),
            """
              a:
            -   b:
            -   # about x
            -   - x   # one
            +   b: []
                c: 1
            """,
            id="a list without indentation is emptied",
        ),
        pytest.param(
            remove("a.1.k"),
            """
              a:
                - j: 1
            -   - k: 1
            +   - {}
            """,
            id="a mapping in a list is emptied",
        ),
        pytest.param(
            set_to("a.b.x", "1"),
            """
              a:
            -   b: {}   # why
            +   b:   # why
            +     x: 1
                c: 1
            """,
            id="an empty mapping is filled on lines of its own",
        ),
        pytest.param(
            set_to("volumes.data.driver", "local"),
            """
              volumes:
            -   data: null   # why
            +   data:   # why
            +     driver: local
            """,
            id="a null is filled",
        ),
        pytest.param(
            set_to("volumes.data.driver", "local"),
            """
              volumes:
                data:   # why
            +     driver: local
                  # labels: {}
                # about more
                more:
            """,
            id="nothing is filled directly below its key",
        ),
        pytest.param(
            set_to("a.b", "[1, 2]"),
            """
              a:
            -   b: []   # why
            +   b: [1, 2]   # why
            """,
            id="an empty list is filled in the overlay's style",
        ),
    ],
)
def test_a_collection_is_emptied_or_filled(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            rename("services.pg", "db"),
            """
              services:
                # the database
            -   pg:   # 17
            +   db:   # 17
                  image: postgres
                web:
                  image: nginx
            """,
            id="a key is renamed where it stands",
        ),
        pytest.param(
            rename("services.pg", "db"),
            """
              services:
            -   'pg': {image: postgres}
            +   'db': {image: postgres}
            """,
            id="a renamed key keeps its quotes",
        ),
        pytest.param(
            rename("services.pg", "db"),
            """
            - services: {pg: {image: postgres}, web: {image: nginx}}
            + services: {db: {image: postgres}, web: {image: nginx}}
            """,
            id="a key in a flow mapping is renamed",
        ),
        pytest.param(
            rename("labels.x", "a: b"),
            """
              labels:
            -   x: 1
            +   "a: b": 1
            """,
            id="a new name that is not a plain word is quoted",
        ),
    ],
)
def test_a_key_is_renamed(change: Change, diff: str) -> None:
    check(diff, change)


def test_two_keys_swap_their_names() -> None:
    check(
        """
        - a: 1   # one
        - b: 2   # two
        + b: 1   # one
        + a: 2   # two
        """,
        rename("a", "c"),
        rename("b", "a"),
        rename("c", "b"),
    )


def test_a_key_takes_the_name_of_one_that_goes() -> None:
    check(
        """
          services:
        -   old: {image: x}   # the one that stays
        -   new: {image: y}   # the one that goes
        +   new: {image: x}   # the one that stays
        """,
        remove("services.new"),
        rename("services.old", "new"),
    )
