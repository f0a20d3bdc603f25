"""docs/design.md, "Comments": which comments are removed with an entry, and which stay."""

from __future__ import annotations

import pytest

from tests.yamltext.edited import Change, before_and_after, edited, remove


def check(diff: str, *changes: Change) -> None:
    before, after = before_and_after(diff)

    assert edited(before, *changes) == after


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            remove("services.api"),
            """
              services:
            -   # the API
            -   # in two lines
            -   api:
            -     image: x
                # the database
                db:
                  image: y
            """,
            id="a comment directly above an entry goes with it",
        ),
        pytest.param(
            remove("services.db"),
            """
              services:
                api:
                  image: x
            -   # the database
            -   db:
            -     image: y
            """,
            id="also above the last entry",
        ),
        pytest.param(
            remove("ports.1"),
            """
              ports:
                # web
                - "80:80"
            -   # metrics
            -   # for Prometheus
            -   - "90:90"
                # the rest
                - "91:91"
            """,
            id="a comment directly above an item goes with it",
        ),
        pytest.param(
            remove("services.api"),
            """
              services:
            -   api:
            -     # about the image
            -     image: x
            -     # after the image
            -       # deeper
                # the database
                db:
                  image: y
            """,
            id="comments inside an entry that are indented deeper go with it",
        ),
        pytest.param(
            remove("services.api"),
            """
              services:
            -   api:
            -     image: x
            -
            -     # set apart, but still inside
                db:
                  image: y
            """,
            id="also those inside that stand apart",
        ),
        pytest.param(
            remove("services.api"),
            """
              services:
            -   api:
            -     image: x
            - #   ports:
            - #     - "80:80"
            -     command: run
                db:
                  image: y
            """,
            id="lines that are commented out at the margin go with the entry around them",
        ),
        pytest.param(
            remove("a.image"),
            """
              a:
            -   image: x   # pinned
                ports: []   # none
            """,
            id="an end-of-line comment goes with its line",
        ),
        pytest.param(
            remove("a.0.name"),
            """
              a:
            -   - name: x   # one
            -     value: y   # two
            +   - value: y   # two
                - name: z
            """,
            id="an end-of-line comment goes with the first key behind a dash",
        ),
        pytest.param(
            remove("a.0.name"),
            """
              a:
            -   - name: x
            +   -
                  # about the value
                  value: y
            """,
            id="the comment of the next key stays with it when the key behind the dash goes",
        ),
    ],
)
def test_what_goes_with_an_entry(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            remove("services.api"),
            """
              services:
                # about all services

            -   api:
            -     image: x
            -
                db:
                  image: y
            """,
            id="a comment followed by a blank line stays",
        ),
        pytest.param(
            remove("services.api"),
            """
              services:
                # -----------------
                #  Backend
                # -----------------
            -   api:
            -     image: x
                worker:
                  image: y

                # -----------------
                #  Data
                # -----------------
                db:
                  image: z
            """,
            id="a banner over several entries stays",
        ),
        pytest.param(
            remove("services.api", "services.worker"),
            """
              services:
            -   # ===== Backend =====
            -   api:
            -     image: x
            -   worker:
            -     image: y
            -
                # ===== Data =====
                db:
                  image: z
            """,
            id="a banner goes when all the entries that it heads go",
        ),
        pytest.param(
            remove("services.db"),
            """
              services:
                ##### Backend #####
                api:
                  image: x
            -
            -   ##### Data #####
            -   db:
            -     image: z
            """,
            id="a banner over one entry goes with it",
        ),
        pytest.param(
            remove("environment.DB_HOST"),
            """
              environment:
                # database
            -   DB_HOST: db
                DB_PORT: "5432"

                # cache
                CACHE_HOST: cache
                CACHE_PORT: "6379"
            """,
            id="a comment over a group that blank lines set apart stays while the group has an entry",
        ),
        pytest.param(
            remove("environment.DB_HOST", "environment.DB_PORT"),
            """
              environment:
            -   # database
            -   DB_HOST: db
            -   DB_PORT: "5432"
            -
                # cache
                CACHE_HOST: cache
                CACHE_PORT: "6379"
            """,
            id="a comment over a group goes with the whole group",
        ),
        pytest.param(
            remove("environment.DB_PORT"),
            """
              environment:
                # database
                DB_HOST: db
            -   DB_PORT: "5432"

                # cache
                CACHE_HOST: cache
            """,
            id="a comment over a group stays with its first entry",
        ),
        pytest.param(
            remove("a.x"),
            """
              a:
            -   # about x
            -   x: 1
                y: 2
                # about z
                z: 3
            """,
            id="without groups a comment heads the one entry below it",
        ),
        pytest.param(
            remove("services.api"),
            """
              services:
            -   api:
            -     image: x
              #  old:
              #    image: y
                db:
                  image: z
            """,
            id="what is commented out at the margin below an entry stays",
        ),
        pytest.param(
            remove("services.db"),
            """
              services:
                api:
                  image: x
            -   db:
            -     image: y
                # the last words about services

              # the volumes
              volumes:
                data:
            """,
            id="comments less deep than an entry stay below it",
        ),
        pytest.param(
            remove("a"),
            """
            - a: 1
              # the end
            """.replace("- a: 1\n", "- a: 1\n              b: 2\n"),
            id="the comment at the end of the file stays",
        ),
        pytest.param(
            remove("a.x", "a.z"),
            """
              a:
            -   x: 1
            -
                # about what follows

            -   z: 3
                w: 4
            """,
            id="also between two that go",
        ),
        pytest.param(
            remove("a.dns", "a.volumes"),
            """
              a:
            -   dns: 1.1.1.1
                #ports:
                  #- 80
            -   volumes: []
                image: x
            """,
            id="a setting that is commented out between two that go",
        ),
        pytest.param(
            remove("ports.0"),
            """
              ports:
              # the list's own words

            - - "80:80"
              # about the other
              - "81:81"
            """,
            id="in a list without indentation, too",
        ),
    ],
)
def test_what_stays(change: Change, diff: str) -> None:
    check(diff, change)


@pytest.mark.parametrize(
    ("change", "diff"),
    [
        pytest.param(
            remove("services.b"),
            """
              services:
                a:
                  image: x

            -   b:
            -     image: y
            -
                c:
                  image: z
            """,
            id="from the middle: one blank line stays between the neighbours",
        ),
        pytest.param(
            remove("services.b", "services.c"),
            """
              services:
                a:
                  image: x

            -   b:
            -     image: y
            -
            -   c:
            -     image: z
            -
                d:
                  image: z
            """,
            id="two at once: one blank line stays",
        ),
        pytest.param(
            remove("services.a"),
            """
              services:
            -   a:
            -     image: x
            -
                b:
                  image: y
            """,
            id="the first: no blank line is left at the beginning",
        ),
        pytest.param(
            remove("services.a"),
            """
              services:

            -   a:
            -     image: x
            -
                b:
                  image: y
            """,
            id="the first: a blank line at the beginning stays",
        ),
        pytest.param(
            remove("services.b"),
            """
              services:
                a:
                  image: x
            -
            -   # about b
            -   b:
            -     image: y

              volumes:
                v:
            """,
            id="the last: the blank line before the next section stays",
        ),
        pytest.param(
            remove("volumes"),
            """
              services:
                a:
                  image: x
            -
            - volumes:
            -   v:
            """,
            id="the last section: no blank line is left at the end of the file",
        ),
        pytest.param(
            remove("a.y"),
            """
              a:
                x: |+
                  text

            -   y: 1
            -
                z: 2
            """,
            id="blank lines that are content of a block scalar stay, and none is added to them",
        ),
        pytest.param(
            remove("a.y"),
            """
              a:
                x: |+
                  text

            -   y: 1
            -
              b: 2
            """,
            id="also where the last entry goes",
        ),
    ],
)
def test_blank_lines_after_a_removal(change: Change, diff: str) -> None:
    check(diff, change)
