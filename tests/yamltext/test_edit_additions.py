"""New entries and items: where they go, and in what style."""

from __future__ import annotations

import pytest

from tests.yamltext.edited import (
    Change,
    append,
    become,
    before_and_after,
    edited,
    insert,
    insert_key,
    remove,
    reorder,
    set_to,
)


def check(diff: str, *changes: Change) -> None:
    before, after = before_and_after(diff)

    assert edited(before, *changes) == after


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            set_to("services.c", "image: z\nports:\n  - 80"),
            """
              services:
                a:
                  image: x

                b:
                  image: y

            +   c:
            +     image: z
            +     ports:
            +       - 80
            +
              volumes:
                v:
            """,
            id="services set apart by blank lines get one more blank line",
        ),
        pytest.param(
            set_to("services.c", "image: z"),
            """
              services:
                a:
                  image: x
                b:
                  image: y
            +   c:
            +     image: z

              volumes:
                v:
            """,
            id="services without blank lines get none",
        ),
        pytest.param(
            set_to("services.b", "image: y"),
            """
              services:
                a:
                  image: x

            +   b:
            +     image: y
            +
              volumes:
                v:
            """,
            id="the second service is set apart where the sections are",
        ),
        pytest.param(
            set_to("services.b", "image: y"),
            """
              services:
                a:
                  image: x
            +   b:
            +     image: y
              volumes:
                v:
            """,
            id="the second service is not set apart where the sections are not",
        ),
        pytest.param(
            set_to("volumes", "v:\n"),
            """
              services:
                a:
                  image: x
            +
            + volumes:
            +   v:
            """,
            id="the second section is set apart",
        ),
        pytest.param(
            set_to("version", '"3"'),
            """
              name: shop
            + version: "3"
            """,
            id="a word below a word is not set apart",
        ),
        pytest.param(
            set_to("a.environment.C", "3"),
            """
              a:
                environment:
                  A: 1

                  B: 2

            +     C: 3
            +
                image: x
            """,
            id="settings set apart by blank lines get one more",
        ),
        pytest.param(
            set_to("a.restart", "always"),
            """
              a:
                image: x   # pinned
                  # more about the image
            +   restart: always
                # the last words about a
              # about b
              b: 1
            """,
            id="a new entry follows the last one and its comments",
        ),
        pytest.param(
            insert_key("services", 0, "z", "image: z"),
            """
              services:
            +   z:
            +     image: z
            +
                # about a
                a:
                  image: x

                b:
                  image: y
            """,
            id="a new first entry stands above the comment of the one that was first",
        ),
        pytest.param(
            insert_key("services", 1, "z", "image: z"),
            """
              services:
                a:
                  image: x

            +   z:
            +     image: z
            +
                # about b
                b:
                  image: y
            """,
            id="a new entry in the middle stands above the comment of the next",
        ),
        pytest.param(
            append("ports", "90:90"),
            """
              ports:
                - "80:80"   # web
                - "443:443"
            +   - "90:90"
                # - "91:91"
              a: 1
            """,
            id="a new item follows the last one",
        ),
        pytest.param(
            insert("ports", 1, "81", "82"),
            """
              ports:
                # web
                - 80
            +   - 81
            +   - 82
                # metrics
                - 90
            """,
            id="new items in the middle",
        ),
        pytest.param(
            insert("ports", 0, "79"),
            """
              ports:
            +   - 79
                # web
                - 80
            """,
            id="a new first item",
        ),
        pytest.param(
            insert_key("a.0", 0, "z", "1"),
            """
              a:
            -   - x: 1   # one
            +   - z: 1
            +     x: 1   # one
                  y: 2
            """,
            id="a new first key behind a dash moves the others down",
        ),
        pytest.param(
            set_to("a.0.z", "k: v"),
            """
              a:
                - x: 1
                  y: 2
            +     z:
            +       k: v
                - x: 3
            """,
            id="a new key of a mapping in a list",
        ),
        pytest.param(
            append("a.0", "3"),
            """
              a:
                - - 1
                  - 2
            +     - 3
                - [4]
            """,
            id="a new item of a list in a list",
        ),
        pytest.param(
            reorder("a", 2, 0, 1),
            """
              a:
            +   - three
                - one
                - two   # the second
            -   - three   # the third
            """,
            id="an item that moves is written anew and the others stay",
        ),
    ],
)
def test_where_new_text_goes(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("changes", "diff"),
    [
        pytest.param(
            [remove("a.0.x"), insert_key("a.0", 0, "z", "1")],
            """
              a:
            -   - x: 1   # one
            +   - z: 1
                  y: 2
                - x: 3
            """,
            id="the key behind the dash",
        ),
        pytest.param(
            [remove("a.0.x"), insert_key("a.0", 0, "z", "1"), insert_key("a.0", 1, "w", "2")],
            """
              a:
            -   - x: 1
            +   - z: 1
            +     w: 2
                  # about y
                  y: 2
            """,
            id="the key behind the dash, above a comment, by two",
        ),
        pytest.param(
            [remove("a.y"), insert_key("a", 1, "z", "1")],
            """
              a:
                x: 1

                # a group
            -   y: 2
            +   z: 1
                w: 3

                v: 4
            """,
            id="the first of a group",
        ),
        pytest.param(
            [
                remove("services.b"),
                insert_key("services", 1, "z", "image: z"),
                insert_key("services", 2, "w", "image: w"),
            ],
            """
              services:
                a:
                  image: x

            -   # about b
            -   b:
            -     image: y
            +   z:
            +     image: z
            +
            +   w:
            +     image: w

                c:
                  image: x
            """,
            id="a service, by two",
        ),
        pytest.param(
            [remove("a.y"), insert_key("a", 1, "z", "1")],
            """
              a:
                x: 1

            -   y: 2   # the last
            +   z: 1

              b: 1
            """,
            id="the last",
        ),
        pytest.param(
            [remove("a.x", "a.y", "a.z"), set_to("a.w", "1")],
            """
              a:   # all of them
            -   x: 1
            -   # about y
            -   y: 2
            -   z: 3   # three
            +   w: 1
              b: 2
            """,
            id="all",
        ),
        pytest.param(
            [become("x: 1\ny: 2\n")],
            """
              # about this file

            - a: 1   # one
            - b:
            -   c: 2
            + x: 1
            + y: 2
              # the end
            """,
            id="the whole file",
        ),
    ],
)
def test_new_entries_take_the_place_of_old_ones(changes: list[Change], diff: str) -> None:
    check(diff, *changes)


NEW = "environment:\n  - A=1\nbuild:\n  context: .\n  args: {V: 1}\n"


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            set_to("services.b", NEW),
            """
              services:
               a:
                image: x
                ports:
                 - 80
            +
            +  b:
            +   environment:
            +    - A=1
            +   build:
            +    context: .
            +    args: {V: 1}
            """,
            id="one blank",
        ),
        pytest.param(
            set_to("services.b", NEW),
            """
              services:
                 a:
                    image: x
                    ports:
                       -  80
            +
            +    b:
            +       environment:
            +          -  A=1
            +       build:
            +          context: .
            +          args: {V: 1}
            """,
            id="three blanks, and two behind dashes",
        ),
        pytest.param(
            set_to("services.b", NEW),
            """
              services:
                  a:
                      image: x
                      ports:
                      - 80
            +
            +     b:
            +         environment:
            +         - A=1
            +         build:
            +             context: .
            +             args: {V: 1}
            """,
            id="four blanks, and lists without indentation",
        ),
        pytest.param(
            append("services.a.volumes", "x:/y", "type: bind\nsource: ."),
            """
              services:
                a:
                  ports:
                  - 80
                  volumes:
                    -   a:/b
            +       -   x:/y
            +       -   type: bind
            +           source: .
            """,
            id="of lists with unlike indentation, the one at hand",
        ),
    ],
)
def test_indentation_is_the_neighbours(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            append("environment", "C=3", "'D=4'", "5"),
            """
              environment:
                - "A=1"
                - "B=2"
            +   - "C=3"
            +   - "D=4"
            +   - 5
            """,
            id="strings go into the quotes that all their neighbours have",
        ),
        pytest.param(
            append("environment", "C=3", '"D=4"'),
            """
              environment:
                - A=1
                - "B=2"
            +   - C=3
            +   - "D=4"
            """,
            id="beside mixed neighbours strings stay as the overlay has them",
        ),
        pytest.param(
            set_to("a.image", "x"),
            """
              a:
                restart: "no"
                init: "true"
            +   image: x
            """,
            id="quotes that are needed are no habit",
        ),
        pytest.param(
            set_to("labels.new", "it's"),
            """
              labels:
                a: 'x'
                b: 'y'
            +   new: 'it''s'
            """,
            id="a quote in quotes is doubled",
        ),
        pytest.param(
            append("b.ports", "81:81"),
            """
              a:
                ports:
                  - "80:80"
              b:
            -   ports: []
            +   ports:
            +     - "81:81"
            """,
            id="the first item of a list is quoted and set like those of other lists under such a key",
        ),
        pytest.param(
            set_to("b.test", "- CMD\n- curl"),
            """
              a:
                test: ["CMD", "wget"]
              b:
                interval: 5s
            +   test: ["CMD", "curl"]
            """,
            id="a list is in flow style where others under such a key are",
        ),
        pytest.param(
            set_to("b.ports", "[80, 81]"),
            """
              a:
                ports:
                  - 80
              b:
                image: y
            +   ports:
            +     - 80
            +     - 81
            """,
            id="a list is in block style where others under such a key are",
        ),
        pytest.param(
            set_to("b.dns", "[1.1.1.1]"),
            """
              b:
                image: y
            +   dns: [1.1.1.1]
            """,
            id="else a list is in the overlay's style",
        ),
    ],
)
def test_quotes_and_style_are_the_neighbours(change: Change, diff: str) -> None:
    check(diff, change)
