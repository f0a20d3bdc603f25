"""docs/design.md, "Anchors": what happens to `&`, `*` and `<<` when values change."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.yamltext.edited import (
    Change,
    append,
    before_and_after,
    edited,
    edited_with_sharing,
    insert,
    remove,
    rename,
    set_to,
)


def check(diff: str, *changes: Change) -> None:
    before, after = before_and_after(diff)

    assert edited_with_sharing(before, *changes) == after


@pytest.mark.parametrize(
    ("changes", "diff"),
    [
        pytest.param(
            [set_to("x-logging.options.max-size", "20m")],
            """
              x-logging: &logging
                options:
            -     max-size: 10m   # enough
            +     max-size: 20m   # enough
              services:
                a:
                  logging: *logging
                b:
                  logging: *logging
            """,
            id="a change to a definition reaches every use",
        ),
        pytest.param(
            [set_to("x-logging.driver", "local")],
            """
              x-logging: &logging
                options:
                  max-size: 10m
            +   driver: local
              services:
                a:
                  logging:
                    <<: *logging
                    mode: blocking
            """,
            id="a new key of a definition reaches a use by merge",
        ),
        pytest.param(
            [remove("x-logging.options")],
            """
              x-logging: &logging
                driver: local
            -   options:
            -     max-size: 10m
              services:
                a:
                  logging: *logging
            """,
            id="a key removed from a definition is removed from every use",
        ),
        pytest.param(
            [set_to("services.a.logging.driver", "local")],
            """
              x-logging: &logging
                driver: json-file
              services:
                a:
            -     logging: *logging   # shared
            +     logging:   # shared
            +       driver: local
                b:
                  logging: *logging
            """,
            id="a change to one service changes that one only",
        ),
        pytest.param(
            [set_to("services.a.logging.driver", "local"), set_to("services.b.logging.driver", "local")],
            """
              x-logging: &logging
            -   driver: json-file   # the default
            +   driver: local   # the default
              services:
                a:
                  logging: *logging
                b:
                  logging: *logging
            """,
            id="when all uses end equal the definition is edited",
        ),
        pytest.param(
            [remove("services.a.logging.options"), remove("services.b.logging.options")],
            """
              x-logging: &logging
                driver: json-file
            -   options: {}
              services:
                a:
                  logging:
                    <<: *logging
                    mode: blocking
                b:
                  logging: *logging
            """,
            id="when all uses lose a key the definition loses it",
        ),
        pytest.param(
            [set_to("services.a.labels.v", "2")],
            """
              x-version: &version 1
              services:
                a:
                  labels:
            -       v: *version
            +       v: 2
                b:
                  labels:
                    v: *version
            """,
            id="a scalar, too, is changed where it was asked",
        ),
        pytest.param(
            [remove("services.a.expose.0")],
            """
              x-port: &port 80
              services:
                a:
            -     expose: [*port, 81]
            +     expose: [81]
            """,
            id="what moves into the place of a removed use is no change of the definition",
        ),
        pytest.param(
            [remove("services.a.logging")],
            """
              x-logging: &logging
                driver: json-file
              services:
                a:
                  image: x
            -     logging: *logging
                b:
                  logging: *logging
            """,
            id="a use goes and the definition stays",
        ),
    ],
)
def test_definitions_and_their_uses(changes: list[Change], diff: str) -> None:
    check(diff, *changes)


@pytest.mark.parametrize(
    ("changes", "diff"),
    [
        pytest.param(
            [remove("x-logging")],
            """
            - # shared by all
            - x-logging: &logging
            -   driver: json-file
              services:
                a:
            -     logging: *logging   # first
            +     logging: &logging   # first
            +       driver: json-file
                b:
                  logging: *logging
            """,
            id="the anchor moves to its first use",
        ),
        pytest.param(
            [remove("x-logging")],
            """
            - x-logging: &logging
            -   driver: json-file
              services:
                b:
            -     logging: *logging
            +     logging:
            +       driver: json-file
            """,
            id="the only use needs no anchor",
        ),
        pytest.param(
            [remove("services.base")],
            """
              services:
            -   base: &base
            -     image: x
            -     restart: always
                one:
            -     <<: *base
            +     <<: &base
            +       image: x
            +       restart: always
                  command: one
                two:
                  <<: *base
                  command: two
            """,
            id="the anchor moves to its first use by merge",
        ),
        pytest.param(
            [remove("services.base")],
            """
              services:
            -   base: &base
            -     image: x
            -     restart: always
                one:
            -     <<: *base   # all of it
            +     image: x
            +     restart: always
                  command: one
            """,
            id="the only use by merge becomes keys of its own",
        ),
        pytest.param(
            [remove("x-a")],
            """
            - x-a: &a {image: x}
              x-b: &b {restart: always}
              services:
                one:
            -     <<: [*a, *b]
            +     <<: [&a {image: x}, *b]
                two:
                  <<: [*a, *b]
            """,
            id="the anchor moves into a list of merges",
        ),
        pytest.param(
            [remove("x-ports")],
            """
            - x-ports: &ports
            -   - 80
              services:
                one:
            -     ports: *ports
            +     ports: &ports
            +       - 80
                two:
                  ports: *ports
            """,
            id="the anchor of a list moves",
        ),
        pytest.param(
            [remove("services.a.environment.A")],
            """
              services:
                a:
                  environment:
            -       A: &word secret
                    B: 1
                b:
            -     command: [*word, *word]
            +     command: [&word secret, *word]
            """,
            id="the anchor of a scalar moves",
        ),
    ],
)
def test_the_anchored_value_goes(changes: list[Change], diff: str) -> None:
    check(diff, *changes)


@pytest.mark.parametrize(
    ("changes", "diff"),
    [
        pytest.param(
            [set_to("services.base.image", "new")],
            """
              services:
                base: &base
            -     image: old
            +     image: new
                heir:
                  <<: *base
            +     image: old
                  command: run
            """,
            id="an heir that did not change gets the old value",
        ),
        pytest.param(
            [set_to("services.base.build.dockerfile", "D.fast")],
            """
              services:
                base: &base
                  build: &build
                    context: .
            -       dockerfile: D
            +       dockerfile: D.fast
                heir:
                  <<: *base
            +     build:
            +       context: .
            +       dockerfile: D
                  command: run
                other:
            -     build: *build
            +     build:
            +       context: .
            +       dockerfile: D
            """,
            id="also one of an anchor inside",
        ),
        pytest.param(
            [set_to("services.base.image", "new"), set_to("services.heir.image", "new")],
            """
              services:
                base: &base
            -     image: old
            +     image: new
                heir:
                  <<: *base
                  command: run
            """,
            id="when the heir changes alike one line changes",
        ),
        pytest.param(
            [set_to("services.base.image", "new"), set_to("services.heir.image", "newer")],
            """
              services:
                base: &base
            -     image: old
            +     image: new
                heir:
                  <<: *base
            +     image: newer
                  command: run
            """,
            id="when the heir changes otherwise it gets its own value",
        ),
        pytest.param(
            [remove("services.base.restart")],
            """
              services:
                base: &base
                  image: x
            -     restart: always
                heir:
                  <<: *base
            +     restart: always
                  command: run
            """,
            id="an heir keeps a key that the base loses",
        ),
        pytest.param(
            [remove("services.base.restart", "services.heir.restart")],
            """
              services:
                base: &base
                  image: x
            -     restart: always
                heir:
                  <<: *base
                  command: run
            """,
            id="base and heir lose a key",
        ),
        pytest.param(
            [set_to("services.base.user", "me")],
            """
              services:
                base: &base
                  image: x
            +     user: me
                heir:
            -     <<: *base
            +     image: x
                  command: run
            """,
            id="an heir must not get a key that only the base gets, and loses its merge",
        ),
        pytest.param(
            [set_to("services.base.user", "me"), set_to("services.heir.user", "me")],
            """
              services:
                base: &base
                  image: x
            +     user: me
                heir:
                  <<: *base
                  command: run
            """,
            id="base and heir get a key",
        ),
        pytest.param(
            [rename("services.base", "foundation")],
            """
              services:
            -   base: &base   # for all
            +   foundation: &base   # for all
                  image: x
                heir:
                  <<: *base
            """,
            id="a renamed base keeps its anchor",
        ),
        pytest.param(
            [set_to("services.base", "image: new")],
            """
              services:
                base: &base
            -     image: old
            -     restart: always
            +     image: new
                heir:
                  <<: *base
            +     image: old
            +     restart: always
                  command: run
            """,
            id="a base that is set as a whole keeps its anchor",
        ),
        pytest.param(
            [set_to("services.a.ports", "[90]")],
            """
              services:
                a:
            -     ports: &ports [80, 81]   # all
            +     ports: &ports [90]   # all
                b:
            -     ports: *ports   # too
            +     ports: [80, 81]   # too
            """,
            id="an anchored list that changes keeps its anchor and leaves its old value to the others",
        ),
    ],
)
def test_the_service_that_carries_the_anchor_changes(changes: list[Change], diff: str) -> None:
    check(diff, *changes)


@pytest.mark.parametrize(
    ("changes", "diff"),
    [
        pytest.param(
            [set_to("services.heir.image", "new")],
            """
              services:
                base: &base
                  image: old
                heir:
                  <<: *base   # all of it
            +     image: new
                  command: run
            """,
            id="an inherited value is overridden by a key of its own",
        ),
        pytest.param(
            [set_to("services.heir.image", "newer")],
            """
              services:
                base: &base
                  image: old
                heir:
                  <<: *base
            -     image: new   # another
            +     image: newer   # another
            """,
            id="a key of its own that overrides stays where it is",
        ),
        pytest.param(
            [remove("services.heir.restart")],
            """
              services:
                base: &base
                  image: x
                  restart: always
                  environment:
                    A: 1
                heir:
            -     <<: *base   # all of it
            +     image: x
            +     environment:
            +       A: 1
                  command: run
                other:
                  <<: *base
            """,
            id="removing an inherited key writes that merge out",
        ),
        pytest.param(
            [remove("services.heir.restart")],
            """
              services:
                base: &base
                  image: x
                  restart: always
                heir:
            -     # all of it
            -     <<: *base
            +     image: x

                  command: run
                  user: me
            """,
            id="the keys stand where the merge stood",
        ),
        pytest.param(
            [remove("services.heir.restart")],
            """
              x-a: &a {restart: always, init: true}
              x-b: &b {user: me}
              services:
                heir:
            -     <<: [*a, *b]
            +     <<: [*b]
            +     init: true
                  command: run
                other:
                  <<: [*a, *b]
            """,
            id="of a list of merges only the one that brings the key",
        ),
        pytest.param(
            [remove("services.heir.restart", "services.heir.user")],
            """
              x-a: &a {restart: always}
              x-b: &b {user: me}
              services:
                heir:
            -     <<: [*a, *b]
                  command: run
                other:
                  <<: [*a, *b]
            """,
            id="or all of them",
        ),
        pytest.param(
            [remove("a.0.x")],
            """
              x-a: &a {x: 1, y: 2}
              a:
            -   - <<: *a   # all of it
            +   - y: 2
                  z: 3
                - <<: *a
            """,
            id="also behind a dash",
        ),
        pytest.param(
            [remove("a.0.x")],
            """
              x-a: &a {x: 1, y: 2}
              a:
            -   - {<<: *a, z: 3}
            +   - {y: 2, z: 3}
                - <<: *a
            """,
            id="and in flow style",
        ),
        pytest.param(
            [remove("services.one.a")],
            """
              services:
                one:
            -     <<: &base {a: 1, b: 2}
            +     b: 2
                two:
            -     <<: *base
            +     <<: &base {a: 1, b: 2}
                three:
                  <<: *base
            """,
            id="a merge that is written out gives its anchor on",
        ),
        pytest.param(
            [set_to("services.two.c", "3")],
            """
              services:
                one:
                  <<: &base {a: 1, b: 2}
                two:
                  <<: *base
            +     c: 3
            """,
            id="an anchor on what is merged is left alone",
        ),
        pytest.param(
            [append("services.two.ports", "82")],
            """
              services:
                one: &one
                  ports: &ports
                    - 80
                    - 81
                two:
                  <<: *one
            +     ports:
            +       - 80
            +       - 81
            +       - 82
                  x: 1
            """,
            id="an inherited list that grows becomes a list of its own",
        ),
        pytest.param(
            [insert("list", 0, "new")],
            """
              x-a: &a {k: v}
              list:
            +   - new
                - *a
                - other
                - *a
            """,
            id="aliases in a list stay aliases when the list grows",
        ),
        pytest.param(
            [remove("list.0")],
            """
              x-a: &a {k: v}
              list:
            -   - *a
                - other
                - *a
            """,
            id="of two equal aliases the first goes",
        ),
    ],
)
def test_inherited_values_change(changes: list[Change], diff: str) -> None:
    check(diff, *changes)


def test_an_anchor_defined_in_the_same_mapping_is_known_to_a_merge_below_it() -> None:
    before = dedent(
        """\
        a:
          one: &one {x: 1}
          <<: *one
          two: 2
        """
    )

    assert edited(before, set_to("a.two", "3")) == before.replace("two: 2", "two: 3")
