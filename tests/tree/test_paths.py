from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.identities import identity as compose_identity
from composevariant.errors import UnusableInput
from composevariant.source import Location, Source
from composevariant.text.patterns import matches
from composevariant.tree.edits import delete, get, put
from composevariant.tree.nodes import Mapping, Path, Scalar, location_of, plain
from composevariant.tree.paths import (
    Step,
    find,
    format_path,
    literal,
    nearest,
    parse_path,
    reach,
    write_path,
    write_step,
)
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from composevariant.tree.nodes import Node

BASE = """\
services:
  ordering.api:
    image: ordering
  backend:
    build: {context: ., dockerfile: Dockerfile}
    command: [./app, --dev]
    container_name: shop-backend
    environment:
      - DEBUG=1
      - LEVEL=info
      - DEBUG=2
      - "ODD[*]=x"
    ports:
      - "2000:2000"
      - "9229:9229"
    networks:
      front:
        aliases: [api]
  db:
    container_name: shop-db
    environment: {DEBUG: 0, DEBUGGER: 1}
    deploy: {resources: {limits: {cpus: "1"}}}
    ports: [5432:5432]
    env_file: db.env
volumes:
  data: {driver: local}
"""


def identity(path: Path, item: Node) -> tuple[str, ...] | None:
    """As Compose's, for the few lists of the tests."""
    assert isinstance(item, Scalar)
    if path[-1] == "ports":
        return (f"0.0.0.0:{item.text}/tcp", item.text)
    if path[-1] == "environment":
        return (item.text.partition("=")[0],)
    return (item.text,) if path[-1] == "env_file" else None


def tree(text: str = BASE) -> Mapping:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    return root


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        pytest.param("services", [("services", False)], id="one name"),
        pytest.param("a.b-c.x_y", [("a", False), ("b-c", False), ("x_y", False)], id="names joined by dots"),
        pytest.param("a.*.c", [("a", False), ("*", True), ("c", False)], id="a star is wild"),
        pytest.param("a.svc-*", [("a", False), ("svc-*", True)], id="a star inside a name is wild"),
        pytest.param('a["ordering.api"].b', [("a", False), ("ordering.api", False), ("b", False)], id="name with dots"),
        pytest.param('["a.b"]', [("a.b", False)], id="a quoted name first"),
        pytest.param('a["*"]', [("a", False), ("*", False)], id="a quoted star is only a star"),
        pytest.param("a['say \"hi\"']", [("a", False), ('say "hi"', False)], id="single quotes"),
        pytest.param('a["say ""hi"""]', [("a", False), ('say "hi"', False)], id="the quote itself is written twice"),
        pytest.param(r'a["C:\data"]', [("a", False), (r"C:\data", False)], id="a backslash is only a backslash"),
        pytest.param("a[DEBUG]", [("a", False), ("DEBUG", False)], id="an item"),
        pytest.param("a[2000:2000]", [("a", False), ("2000:2000", False)], id="a port without quotes"),
        pytest.param("a[*:2000]", [("a", False), ("*:2000", True)], id="a wild item"),
        pytest.param("a[/var/log/x.d]", [("a", False), ("/var/log/x.d", False)], id="a folder with a dot in brackets"),
        pytest.param("a[c 1:3 mr]", [("a", False), ("c 1:3 mr", False)], id="blanks inside an item"),
        pytest.param('a[""]', [("a", False), ("", False)], id="an empty name in quotes"),
        pytest.param("a[x][y].z", [("a", False), ("x", False), ("y", False), ("z", False)], id="brackets in a row"),
    ],
)
def test_reads_paths(text: str, steps: list[tuple[str, bool]]) -> None:
    assert parse_path(text) == tuple(Step(*step) for step in steps)


@pytest.mark.parametrize(
    ("text", "wrong", "column"),
    [
        pytest.param("", "it is empty", 0, id="nothing"),
        pytest.param("a..b", "a name is missing after the dot", 2, id="two dots"),
        pytest.param("a.b.", "a name is missing after the dot", 4, id="a dot at the end"),
        pytest.param(".a", ". is not expected here", 0, id="a dot at the start"),
        pytest.param("a.[b]", "a name is missing after the dot", 2, id="a dot before brackets"),
        pytest.param("a[]", "this bracket is empty, not closed, or", 1, id="empty brackets"),
        pytest.param("a[b", "this bracket is empty, not closed, or", 1, id="an open bracket"),
        pytest.param('a["b]', "this bracket is empty, not closed, or", 1, id="an open quote"),
        pytest.param("a[b]c", "c is not expected here", 4, id="a name behind a bracket without a dot"),
        pytest.param("a]", "] is not expected here", 1, id="a closing bracket alone"),
        pytest.param('a."b"', "a name is missing after the dot", 2, id="a quoted name without brackets"),
        pytest.param("a.my app", "write a name with a blank in brackets and quotes", 4, id="a blank in a name"),
        pytest.param("a[ b ]", "this bracket is empty, not closed, or", 1, id="a blank at the edge of an item"),
        pytest.param("a[[::1]:80:80]", "this bracket is empty, not closed, or", 1, id="a bracket inside brackets"),
        pytest.param("a\nb", "write a name with a blank in brackets and quotes", 1, id="two lines"),
    ],
)
def test_refuses_what_is_no_path_and_points_at_the_place(text: str, wrong: str, column: int) -> None:
    with pytest.raises(UnusableInput) as caught:
        parse_path(text, Location("overlay.yml", 3, 5))

    first, shown, caret = caught.value.message.split("\n")
    assert first.startswith(f'"{shown[4:]}" is not a path: {wrong}')
    assert shown == "    " + text.replace("\n", " ")
    assert caret == "    " + " " * column + "^"
    assert str(caught.value).startswith("overlay.yml:3:5: ")


@given(st.lists(st.text(), min_size=1))
def test_any_names_can_be_written_and_read_back(names: list[str]) -> None:
    assert parse_path(write_path(literal(*names))) == literal(*names)
    assert parse_path(format_path(tuple(names))) == literal(*names)


@given(st.lists(st.one_of(st.text(), st.integers(min_value=0)), min_size=1))
def test_addresses_can_be_written_and_read_back(path: list[str | int]) -> None:
    assert parse_path(format_path(tuple(path))) == literal(*map(str, path))


@given(st.text(min_size=1))
def test_any_item_can_be_written_and_read_back(name: str) -> None:
    written = write_step(Step(name), item=True)

    assert written.startswith("[")
    assert parse_path(f"list{written}") == literal("list", name)


@given(st.text(alphabet="ab.*[]\"' :/-", max_size=12))
def test_what_is_read_can_be_written_and_read_back(text: str) -> None:
    try:
        steps = parse_path(text)
    except UnusableInput as error:
        assert "is not a path" in error.message  # noqa: PT017 - both outcomes are right, never another exception
    else:
        assert parse_path(write_path(steps)) == steps


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("services", [("services",)], id="a section"),
        pytest.param('services["ordering.api"].image', [("services", "ordering.api", "image")], id="a name with dots"),
        pytest.param(
            "services.*.container_name",
            [("services", "backend", "container_name"), ("services", "db", "container_name")],
            id="a star skips services without the key",
        ),
        pytest.param("services.b*.build.dockerfile", [("services", "backend", "build", "dockerfile")], id="a pattern"),
        pytest.param('services["*"].image', [], id="a quoted star is the name of no service"),
        pytest.param(
            "services.*.environment[DEBUG]",
            [
                ("services", "backend", "environment", 0),
                ("services", "backend", "environment", 2),
                ("services", "db", "environment", "DEBUG"),
            ],
            id="items by identity in lists, with duplicates, and in mappings",
        ),
        pytest.param(
            "services.backend.environment.DEBUG",
            [("services", "backend", "environment", 0), ("services", "backend", "environment", 2)],
            id="a dot does the same as brackets",
        ),
        pytest.param(
            "services.db.environment[DEBUG*]",
            [("services", "db", "environment", "DEBUG"), ("services", "db", "environment", "DEBUGGER")],
            id="a wild item of a mapping",
        ),
        pytest.param(
            'services.*.environment["ODD[*]"]', [("services", "backend", "environment", 3)], id="brackets in an item"
        ),
        pytest.param('services.*.ports["2000:2000"]', [("services", "backend", "ports", 0)], id="a port"),
        pytest.param("services.*.ports[*:5432]", [("services", "db", "ports", 0)], id="a wild port"),
        pytest.param(
            "services.backend.command[1]",
            [("services", "backend", "command", 1)],
            id="items without identity go by position",
        ),
        pytest.param("services.backend.command[--dev]", [], id="and not by their text"),
        pytest.param("services.backend.image", [], id="a key that is not there"),
        pytest.param("services.backend.container_name.x", [], id="nothing is below plain values"),
    ],
)
def test_finds_what_a_path_names_in_the_order_of_the_file(pattern: str, found: list[Path]) -> None:
    assert find(tree(), parse_path(pattern), identity) == tuple(found)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        pytest.param("service.db", 'the file has no "service" (did you mean "services"?)', id="a section"),
        pytest.param("services.bakend.image", 'services has no "bakend" (did you mean "backend"?)', id="a service"),
        pytest.param("services.web-*", 'services has nothing like "web-*"', id="a pattern"),
        pytest.param("services.*.imag", 'services.* has no "imag" (did you mean "image"?)', id="a key of no service"),
        pytest.param(
            "services.db.environment[DEBUGER]",
            'services.db.environment has no "DEBUGER" (did you mean "DEBUGGER"?)',
            id="an item of a mapping",
        ),
        pytest.param(
            "services.backend.ports[200:2000]",
            'services.backend.ports has no "200:2000" (did you mean "2000:2000"?)',
            id="an item of a list",
        ),
        pytest.param(
            "services.db.container_name.x", 'services.db.container_name has no "x"', id="something below a plain value"
        ),
        pytest.param(
            "services.db.env_file[b.env]",
            'services.db.env_file has no "b.env" (did you mean "db.env"?)',
            id="another text instead of a list",
        ),
        pytest.param("services.db.image", 'services.db has no "image"', id="nothing is near"),
        pytest.param("services.db", "", id="what is there"),
    ],
)
def test_says_why_a_path_names_nothing(pattern: str, why: str) -> None:
    assert nearest(tree(), parse_path(pattern), identity) == why


def test_says_how_far_a_path_leads() -> None:
    far = reach(tree(), parse_path("services.*.deploy.resources.limits.memory"), identity)

    assert far == ((("services", "db", "deploy", "resources", "limits"),), 5)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        pytest.param(("services", "ordering.api", "image"), 'services["ordering.api"].image', id="a name with dots"),
        pytest.param(("services", "backend", "environment", 1), "services.backend.environment[LEVEL]", id="an item"),
        pytest.param(
            ("services", "backend", "environment", 3), 'services.backend.environment["ODD[*]"]', id="odd item"
        ),
        pytest.param(("services", "backend", "ports", 0), "services.backend.ports[2000:2000]", id="a port"),
        pytest.param(
            ("services", "backend", "command", 1), "services.backend.command[1]", id="an item without identity"
        ),
    ],
)
def test_writes_addresses_as_paths_that_lead_back(path: Path, written: str) -> None:
    assert format_path(path, tree(), identity) == written
    assert path in find(tree(), parse_path(written), identity)


def test_writes_positions_when_it_does_not_know_the_tree() -> None:
    assert format_path(("services", "backend", "ports", 0)) == "services.backend.ports[0]"


def test_gets_the_node_at_an_address() -> None:
    node = get(tree(), ("services", "backend", "ports", 1))

    assert plain(node) == "9229:9229"
    assert str(location_of(node)) == "compose.yml:15:9"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("services", "web"), id="a key that is not there"),
        pytest.param(("services", "backend", "ports", 2), id="a position behind the end"),
        pytest.param(("services", "backend", "ports", -1), id="a negative position"),
        pytest.param(("services", "backend", "ports", "x"), id="a key of a list"),
        pytest.param(("services", 0), id="a position in a mapping"),
        pytest.param(("services", "db", "container_name", "x"), id="something below a plain value"),
    ],
)
def test_there_is_nothing_at_other_addresses(path: Path) -> None:
    with pytest.raises(KeyError):
        get(tree(), path)


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        pytest.param("a: {b: 1, c: 2}", ("a", "b"), {"a": {"b": "new", "c": 2}}, id="replaces a value in its place"),
        pytest.param("a: {b: 1}", ("a", "c"), {"a": {"b": 1, "c": "new"}}, id="adds a key at the end"),
        pytest.param("a: [1, 2, 3]", ("a", 1), {"a": [1, "new", 3]}, id="replaces an item"),
        pytest.param("a: {}", ("a", "b", "c"), {"a": {"b": {"c": "new"}}}, id="creates missing mappings"),
        pytest.param("a:", ("a", "b"), {"a": {"b": "new"}}, id="an empty value becomes a mapping"),
        pytest.param("a: [{b: 1}]", ("a", 0, "b"), {"a": [{"b": "new"}]}, id="leads through a list"),
    ],
)
def test_puts_a_value_at_an_address(before: str, path: Path, after: object) -> None:
    given = tree(before)
    result = put(given, path, Scalar("new"))

    assert plain(result) == after
    assert plain(given) == plain(tree(before))


def test_a_value_that_takes_a_place_remembers_whose() -> None:
    base = tree("a: {b: 1}\nc: {d: 2}")
    result = put(put(base, ("a", "b"), Scalar("x")), ("a", "b"), Scalar("y"))

    assert get(result, ("a", "b")).origin is get(base, ("a", "b"))
    assert get(result, ("c",)) is get(base, ("c",))
    assert put(base, ("a", "b"), get(base, ("a", "b"))) is base


def test_a_new_key_that_looks_like_something_else_is_quoted() -> None:
    result = put(tree("a: {}"), ("a", "yes"), Scalar("1"))
    assert result.get("a") is not None

    quoted = get(put(tree("a: {}"), ("a", "true"), Scalar("1")), ("a",))

    assert isinstance(quoted, Mapping)
    assert [(entry.key.text, entry.key.style) for entry in quoted.entries] == [("true", '"')]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param((0,), id="a position in the file"),
        pytest.param(("a", "x"), id="a key of a list"),
        pytest.param(("a", 1), id="a position behind the end"),
        pytest.param(("b", "x"), id="below a plain value"),
    ],
)
def test_refuses_to_put_a_value_where_nothing_can_be(path: Path) -> None:
    with pytest.raises(KeyError):
        put(tree("a: [1]\nb: 2"), path, Scalar("new"))


@pytest.mark.parametrize(
    ("before", "paths", "after"),
    [
        pytest.param("a: {b: 1, c: 2}", [("a", "b")], {"a": {"c": 2}}, id="a key"),
        pytest.param("a: [1, 2, 3]", [("a", 0), ("a", 2)], {"a": [2]}, id="items, whose positions do not shift"),
        pytest.param("a: {b: 1}", [("a", "b")], {"a": {}}, id="an emptied mapping stays"),
        pytest.param("a: [1]", [("a", 0)], {"a": []}, id="an emptied list stays"),
        pytest.param("a: {b: 1}", [("a", "b"), ("a",)], {}, id="a node and what is in it"),
        pytest.param("a: [[1, 2], [3]]", [("a", 0, 1), ("a", 1)], {"a": [[1]]}, id="at several depths"),
        pytest.param("a: {b: 1}", [("x",), ("a", "x"), ("a", "b", "c"), ("a", 0)], {"a": {"b": 1}}, id="nothing"),
    ],
)
def test_deletes_addresses_together(before: str, paths: list[Path], after: object) -> None:
    assert plain(delete(tree(before), paths)) == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        pytest.param(
            "services: {a: {image: i, ports: [1]}}",
            ("services", "a", "ports", 0),
            {"services": {"a": {"image": "i"}}},
            id="an emptied list goes",
        ),
        pytest.param(
            "services: {a: {image: i, deploy: {resources: {limits: {cpus: 1}}}}}",
            ("services", "a", "deploy", "resources", "limits", "cpus"),
            {"services": {"a": {"image": "i"}}},
            id="so does what held nothing else",
        ),
        pytest.param(
            "services: {a: {image: i, volumes: []}}",
            ("services", "a", "image"),
            {"services": {"a": {"volumes": []}}},
            id="what was empty before stays",
        ),
        pytest.param(
            "services: {a: {image: i}}", ("services", "a", "image"), {"services": {"a": {}}}, id="a service stays"
        ),
        pytest.param("services: {a: {}}", ("services", "a"), {"services": {}}, id="services stays"),
        pytest.param(
            "services: {a: {networks: {n: {aliases: [x]}}}}",
            ("services", "a", "networks", "n", "aliases", 0),
            {"services": {"a": {"networks": {"n": {}}}}},
            id="the network that a service joins stays",
        ),
        pytest.param(
            "services: {}\nvolumes: {v: {driver: d}}",
            ("volumes", "v", "driver"),
            {"services": {}, "volumes": {"v": {}}},
            id="a volume stays",
        ),
        pytest.param(
            "services: {}\nvolumes: {v: {}}", ("volumes", "v"), {"services": {}}, id="an emptied section goes"
        ),
        pytest.param(
            "services: {a: {ports: [{target: 1}]}}",
            ("services", "a", "ports", 0, "target"),
            {"services": {"a": {"ports": [{}]}}},
            id="an item of a list stays",
        ),
    ],
)
def test_prunes_what_became_empty_and_says_nothing_then(before: str, path: Path, after: object) -> None:
    assert plain(delete(tree(before), [path], prune=True)) == after


def test_deleting_nothing_gives_the_same_tree() -> None:
    given = tree()

    assert delete(given, [("services", "web")]) is given


COMPOSE = """\
services:
  dns:
    ports:
      - "53:53"
      - "53:53/udp"
      - "127.0.0.1:53:53"
      - {target: 80, published: "8080"}
    volumes: ["logs:/var/log/filebeat:ro", {type: bind, source: ./c, target: /etc/c}, "./a.b:/etc/a.b"]
    depends_on: [db]
    env_file: dns.env
  db:
    environment: [A=1, A=2, B]
    depends_on: {dns: {condition: service_started}}
"""


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("services.dns.ports[*:53]", [0, 1, 2], id="every protocol and host address"),
        pytest.param('services.dns.ports["*:53/udp"]', [1], id="one protocol"),
        pytest.param('services.dns.ports["53:53"]', [0], id="the port as it is written, which means TCP"),
        pytest.param("services.dns.ports[127.0.0.1:53:53]", [2], id="one host address"),
        pytest.param("services.dns.ports[8080:80]", [3], id="a port in the long syntax"),
        pytest.param("services.dns.volumes[/var/log/filebeat]", [0], id="a mount by its target"),
        pytest.param("services.dns.volumes[/etc/c]", [1], id="a mount in the long syntax"),
        pytest.param("services.dns.volumes[/etc/*]", [1, 2], id="mounts by a pattern"),
        pytest.param("services.*.depends_on[db]", [0], id="a dependency in a list"),
        pytest.param("services.*.depends_on[dns]", ["dns"], id="a dependency in a mapping"),
        pytest.param("services.db.environment.A", [0, 1], id="a variable that is there twice"),
        pytest.param("services.db.environment[B]", [2], id="a variable without a value"),
        pytest.param("services.*.env_file[dns.env]", ["env_file"], id="one file instead of a list"),
    ],
)
def test_finds_items_by_the_identity_that_they_have_for_compose(pattern: str, found: list[str | int]) -> None:
    base = tree(COMPOSE)
    paths = find(base, parse_path(pattern), compose_identity)

    assert [path[-1] for path in paths] == found
    for path in paths:
        assert path in find(base, parse_path(format_path(path, base, compose_identity)), compose_identity)


def test_items_are_shown_as_users_write_them() -> None:
    base = tree(COMPOSE)

    assert [
        format_path(path, base, compose_identity)
        for pattern in ("services.dns.ports[*]", "services.dns.volumes[*]", "services.db.environment.*")
        for path in find(base, parse_path(pattern), compose_identity)
    ] == [
        "services.dns.ports[53:53]",
        "services.dns.ports[53:53/udp]",
        "services.dns.ports[127.0.0.1:53:53]",
        "services.dns.ports[0.0.0.0:8080:80/tcp]",
        "services.dns.volumes[/var/log/filebeat]",
        "services.dns.volumes[/etc/c]",
        "services.dns.volumes[/etc/a.b]",
        "services.db.environment[A]",
        "services.db.environment[A]",
        "services.db.environment[B]",
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("api", "api", True, id="the same text"),
        pytest.param("api", "Api", False, id="letter case counts"),
        pytest.param("*", "", True, id="a star stands for nothing too"),
        pytest.param("*", "a/b.c\nd", True, id="and for any character"),
        pytest.param("web-*", "web-1", True, id="at the end"),
        pytest.param("web-*", "my-web-1", False, id="the beginning must fit"),
        pytest.param("*-db", "shop-db", True, id="at the beginning"),
        pytest.param("a*b*c", "a-b-b-c", True, id="in the middle"),
        pytest.param("a*b*c", "a-c-b", False, id="in order"),
        pytest.param("ab*ba", "aba", False, id="ends do not overlap"),
        pytest.param("a?[bc].d", "a?[bc].d", True, id="nothing else is special"),
        pytest.param("a?*", "ab", False, id="nor beside a star"),
        pytest.param("*a" * 40 + "b", "a" * 4000, False, id="many stars take no exponential time"),
    ],
)
def test_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected
