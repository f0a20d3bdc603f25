"""The semantic form: what two files say differently, in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.identities import item_key
from composevariant.preview.semantic_form import SAME, semantic
from composevariant.project.variants import resolve_variant
from composevariant.source import Location, Source
from composevariant.tree.changes import Cause, Change, compare
from composevariant.tree.nodes import Entry, Mapping, Node, Scalar, Sequence, same
from composevariant.variants.open_project import OpenProject, load_rules
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SAMPLES = Path(__file__).parents[2] / "samples"


def tree(text: str) -> Node:
    root = parse(Source("compose.yml", text)).root
    assert root is not None
    return root


def words(before: str, after: str, changes: Iterable[Change] = ()) -> str:
    return semantic(tree(before), tree(after), changes, color=False)


def service(settings: str) -> str:
    return f"services: {{app: {{image: app, {settings}}}}}"


def sample(name: str, variant: str) -> str:
    """What a variant of a sample says differently, without where it says so."""
    workshop = OpenProject(str(SAMPLES / name), (), load_rules(None))
    made, _ = workshop.make(resolve_variant(workshop.declared, variant, workshop.files))
    assert workshop.model.document.root is not None
    return semantic(workshop.model.document.root, made.tree, [], color=False)


def test_tells_the_fast_variant_of_the_reconciliation_sample() -> None:
    assert (
        sample("reconciliation", "fast")
        == """\
backend: Dockerfile infrastructure/docker/Dockerfile.backend -> infrastructure/docker/Dockerfile.backend.fast
backend: mount filebeat_data:/var/log/filebeat removed
frontend: Dockerfile infrastructure/docker/Dockerfile.frontend -> infrastructure/docker/Dockerfile.frontend.fast
frontend: mount filebeat_frontend_data:/var/log/filebeat removed
volumes: filebeat_data removed
volumes: filebeat_frontend_data removed
"""
    )


def test_tells_the_sidecar_sample_without_its_sidecar() -> None:
    assert (
        sample("sidecar", "nolog")
        == """\
app: environment FILEBEAT_TAGS removed
app: label co.elastic.logs/module removed
app: label co.elastic.logs/fileset.stdout removed
app: label co.elastic.logs/fileset.stderr removed
filebeat: removed; app and worker no longer depend on it; worker no longer links to it
worker: label co.elastic.logs/enabled removed
worker: label co.elastic.logs/exclude_lines removed
configs: filebeat_config removed
volumes: filebeat_data removed
networks: logging removed
"""
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "environment: [RUST_LOG=info]",
            "environment: [RUST_LOG=debug]",
            "environment RUST_LOG info -> debug",
            id="variable",
        ),
        pytest.param("environment: {A: 1}", "environment: {A: 1, B: 2}", "environment B=2 added", id="new variable"),
        pytest.param(
            "environment: [A=1]", "environment: [A]", "environment A 1 -> (no value)", id="variable without value"
        ),
        pytest.param(
            "environment: [A=1, A=2]",
            "environment: [A=3]",
            "environment A (duplicate) removed\napp: environment A 2 -> 3",
            id="the last of equal variables counts",
        ),
        pytest.param(
            "labels: {a.b: x}", "init: true", "label a.b removed\napp: init true added", id="all of the labels"
        ),
        pytest.param(
            "build: .",
            "build: {context: ., dockerfile: Dockerfile.fast}",
            "Dockerfile Dockerfile -> Dockerfile.fast",
            id="Dockerfile of a short build",
        ),
        pytest.param("build: {context: ., target: dev}", "build: .", "build target dev removed", id="build target"),
        pytest.param("build: .", "build: {context: ., args: [A=1]}", "build argument A=1 added", id="build argument"),
        pytest.param('ports: ["80:80"]', 'ports: ["80:80", "81:81"]', "port 81:81 added", id="port"),
        pytest.param(
            "volumes: [old:/data]",
            "volumes: [new:/data]",
            "mount old:/data -> new:/data",
            id="mount with another source",
        ),
        pytest.param(
            "volumes: [{type: bind, source: ., target: /x}]",
            "volumes: [{type: bind, source: ., target: /x, read_only: true}]",
            "mount /x: read_only true added",
            id="inside of a long mount",
        ),
        pytest.param(
            "volumes: [{type: bind, source: ., target: /x}]",
            "init: true",
            "mount /x removed\napp: init true added",
            id="long mount",
        ),
        pytest.param(
            "networks: [a]", "networks: [b]", "no longer is in network a\napp: now is in network b", id="network"
        ),
        pytest.param("depends_on: [a]", "depends_on: []", "no longer depends on a", id="dependency"),
        pytest.param(
            "depends_on: []",
            "depends_on: {a: {condition: service_healthy}}",
            "now depends on a, condition service_healthy",
            id="new dependency",
        ),
        pytest.param(
            "depends_on: [a]",
            "depends_on: {a: {condition: service_healthy}}",
            "waits for a: service_started -> service_healthy",
            id="condition of a dependency",
        ),
        pytest.param("links: [a]", "links: [b]", "no longer links to a\napp: now links to b", id="link"),
        pytest.param(
            "restart: always",
            "stdin_open: true",
            "restart always removed\napp: stdin_open true added",
            id="a setting that goes and one that comes",
        ),
        pytest.param("command: [a, b]", "command: [a, c]", "command [a, b] -> [a, c]", id="command as a whole"),
        pytest.param(
            'command: [a, "b, c"]',
            "command: [a, b, c]",
            'command [a, "b, c"] -> [a, b, c]',
            id="what separates and what does not",
        ),
        pytest.param(
            "env_file: a.env", "env_file: [b.env, a.env]", "env_file [a.env] -> [b.env, a.env]", id="order of env_file"
        ),
        pytest.param(
            "privileged: true", 'privileged: "true"', 'privileged true -> "true"', id="a text that looks like a boolean"
        ),
        pytest.param("x-n: 1.10", "x-n: 1.1", "x-n 1.10 -> 1.1", id="numbers as they are spelled"),
        pytest.param(
            "healthcheck: {interval: 1s}",
            "healthcheck: {interval: 2s}",
            "healthcheck.interval 1s -> 2s",
            id="setting without words of its own",
        ),
        pytest.param(
            "healthcheck: {interval: 1s}",
            "tty: true",
            "healthcheck removed\napp: tty true added",
            id="mapping without words of its own",
        ),
        pytest.param(
            "post_start: [{command: a}]",
            "post_start: [{command: a}, {command: b}]",
            "post_start[1] {command: b} added",
            id="item of a list without keys",
        ),
        pytest.param(
            '"x-{a}": {"b.c": 1}', '"x-{a}": {"b.c": 2}', 'x-{a}["b.c"] 1 -> 2', id="keys with braces and dots"
        ),
        pytest.param("__x: 1", "__x: 2", "__x 1 -> 2", id="key with underscores"),
        pytest.param(
            r'command: "a\n\e[2Jb"', "command: b", r"command a\n\x1b[2Jb -> b", id="line breaks and control characters"
        ),
        pytest.param("x-a: !mine {b: 1}", "x-a: {b: 1}", "x-a !mine {b: 1} -> {b: 1}", id="tag"),
    ],
)
def test_says_what_differs_in_a_service(before: str, after: str, expected: str) -> None:
    assert words(service(before), service(after)) == f"app: {expected}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "services: {a: {image: x}}",
            "services: {b: {build: ./b}}",
            "a: removed\nb: added, built from ./b\n",
            id="services",
        ),
        pytest.param(
            "services: {a: }", "services: {a: {image: x}}", "a: null -> {image: x}\n", id="service without settings"
        ),
        pytest.param(
            "name: a\nvolumes:\n",
            "name: b\nvolumes: {v: {driver: local}, w: }",
            "name: a -> b\nvolumes: v added\nvolumes: w added\n",
            id="top level",
        ),
        pytest.param(
            "volumes: {v: {driver: local}}",
            "volumes: {v: {driver: nfs}}",
            "volumes: v: driver local -> nfs\n",
            id="setting of a volume",
        ),
        pytest.param("x-log: {max: {size: 1}}", "x-log: {max: {size: 2}}", "x-log: max.size 1 -> 2\n", id="extension"),
        pytest.param(
            "volumes: {v: }\nservices: {a: {image: x}}",
            "services: {a: {image: y}}",
            "a: image x -> y\nvolumes: v removed\n",
            id="services come first",
        ),
        pytest.param(
            "services: {a: {image: x}}",
            "services: {a: {image: x}, services: {image: y}}",
            "services: added, image y\n",
            id="service called services",
        ),
        pytest.param("[a]", "{a: b}", "the file: [a] -> {a: b}\n", id="no Compose file at all"),
        pytest.param("a", "b", "the file: a -> b\n", id="single values"),
    ],
)
def test_says_what_differs_around_services(before: str, after: str, expected: str) -> None:
    assert words(before, after) == expected


def test_tells_references_to_a_removed_service_with_it() -> None:
    before = """\
services:
  api: {image: api, depends_on: [log], links: ["log:shipper", db]}
  web: {image: web, depends_on: {log: {condition: service_healthy}}}
  job: {image: job, depends_on: [log]}
  log: {image: log, depends_on: [db]}
  db: {image: db}
"""
    after = """\
services:
  api: {image: api, links: [db]}
  web: {image: web}
  job: {image: job}
  db: {image: db}
"""

    assert words(before, after) == "log: removed; api, web and job no longer depend on it; api no longer links to it\n"


def test_of_long_values_shows_the_part_that_differs() -> None:
    start, end = "start " * 40, " end" * 40

    told = words(service(f'command: "{start}one{end}"'), service(f'command: "{start}two{end}"'))

    assert told.startswith("app: command …")
    assert " one end" in told
    assert " two end" in told
    assert len(told) < 250


def test_says_which_operation_made_the_difference() -> None:
    before = "services: {a: {image: x, ports: ['80:80', '81:81'], restart: always}, b: {image: x}}"
    after = "services: {a: {image: y, ports: ['81:81'], restart: 'no'}, c: {image: x}}"
    between = "services: {a: {image: y, ports: ['81:81'], restart: always}}"
    first, second = Location("fast.yml", 3, 5), Location("fast.yml", 9, 5)
    changes = compare(tree(before), tree(between), item_key, Cause("remove", first))
    changes += compare(tree(between), tree(after), item_key, Cause("compose", second))
    changes += compare(tree(before), tree(after), item_key)

    assert (
        words(before, after, changes)
        == """\
a: image x -> y  (remove, fast.yml:3:5)
a: port 80:80 removed  (remove, fast.yml:3:5)
a: restart always -> no  (compose, fast.yml:9:5)
b: removed  (remove, fast.yml:3:5)
c: added, image x  (compose, fast.yml:9:5)
"""
    )


def test_colours_what_is_new_gone_and_changed() -> None:
    before, after = tree(service("tty: true, user: a")), tree(service("init: true, user: b"))
    changes = compare(before, after, item_key, Cause("compose", Location("o.yml", 1, 1)))

    told = semantic(before, after, changes, color=True)

    cause = "  \x1b[2m(compose, o.yml:1:1)\x1b[m"
    assert told == (
        f"\x1b[1mapp:\x1b[m \x1b[31mtty true removed\x1b[m{cause}\n"
        f"\x1b[1mapp:\x1b[m \x1b[36muser a -> b\x1b[m{cause}\n"
        f"\x1b[1mapp:\x1b[m \x1b[32minit true added\x1b[m{cause}\n"
    )


EQUAL = [
    pytest.param("user: a # comment", "user: 'a'", id="comments and quotes"),
    pytest.param("user: a, tty: true", "tty: true, user: a", id="order of keys"),
    pytest.param("environment: [A=1, B=]", 'environment: {B: "", A: "1"}', id="list and mapping"),
    pytest.param("environment: {A: 0x10, B: true}", 'environment: [A=16, "B=true"]', id="values that become texts"),
    pytest.param("build: ./a", "build: {context: ./a}", id="short and long build"),
    pytest.param(
        'ports: ["80:80/tcp"]', 'ports: [{target: 80, published: "80", protocol: tcp}]', id="short and long port"
    ),
    pytest.param(
        "volumes: [./a:/a:ro, data:/b/]",
        "volumes: [data:/b, {type: bind, source: ./a, target: /a, read_only: true, bind: {create_host_path: true}}]",
        id="short and long mounts in another order",
    ),
    pytest.param(
        "depends_on: [db]", "depends_on: {db: {condition: service_started, required: true}}", id="dependencies"
    ),
    pytest.param("networks: [x, y]", "networks: {y: , x: {}}", id="networks"),
    pytest.param("env_file: a.env", "env_file: [{path: a.env, required: true}]", id="short and long env_file"),
    pytest.param("dns: 1.1.1.1", "dns: [1.1.1.1]", id="one text for a list"),
]
AROUND = "\nvolumes: {data: }\nnetworks: {x: , y: }\n"
WITH_DB = "services: {{db: {{image: db}}, app: {{image: app, {}}}}}"


@pytest.mark.parametrize(("before", "after"), EQUAL)
def test_says_when_the_meaning_is_the_same(before: str, after: str) -> None:
    assert words(_yaml(before), _yaml(after)) == SAME


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "after"), EQUAL)
def test_compose_takes_these_for_the_same_too(config: Callable[[str], str], before: str, after: str) -> None:
    assert _unordered(json.loads(config(_yaml(before)))) == _unordered(json.loads(config(_yaml(after))))


def _unordered(value: object) -> object:
    """The model without what says nothing in it: the order of lists, and empty mappings."""
    if isinstance(value, dict):
        return {key: _unordered(below) for key, below in value.items()} or None
    return sorted(map(_unordered, value), key=repr) if isinstance(value, list) else value


def _yaml(settings: str) -> str:
    content, _, comment = settings.partition(" # ")
    return f"{WITH_DB.format(content)}{f' # {comment}' if comment else ''}{AROUND}"


TEXTS = st.sampled_from(
    ["a", "1", "80:80", "A=1", "A=2", "A", "x:/y", "x:/y:ro", "", "true", "null", "1.10", "a\nb", "{x}", "[a]"]
)
SCALARS = st.builds(Scalar, TEXTS, st.sampled_from(["", '"'])).filter(
    lambda node: node.style == '"' or node.text not in ("a\nb", "{x}", "[a]")
)
KEYS = st.sampled_from(
    [
        "services",
        "volumes",
        "app",
        "environment",
        "ports",
        "depends_on",
        "build",
        "networks",
        "command",
        "x-y",
        "target",
        "b.c",
    ]
)


def _mapping(entries: dict[str, Node]) -> Mapping:
    return Mapping(tuple(Entry(Scalar(key), value) for key, value in entries.items()))


TREES: st.SearchStrategy[Node] = st.recursive(
    SCALARS,
    lambda below: st.one_of(
        st.dictionaries(KEYS, below, max_size=4).map(_mapping),
        st.lists(below, max_size=4).map(lambda items: Sequence(tuple(items))),
    ),
    max_leaves=12,
)


def _in_a_service(node: Node) -> Node:
    return _mapping({"services": _mapping({"app": node})})


@given(TREES)
def test_any_tree_means_what_it_means(node: Node) -> None:
    assert semantic(node, node, [], color=False) == SAME
    assert semantic(_in_a_service(node), _in_a_service(node), [], color=False) == SAME


@given(TREES, TREES)
def test_tells_any_two_trees_apart_on_lines_of_their_own(before: Node, after: Node) -> None:
    for old, new in ((before, after), (_in_a_service(before), _in_a_service(after))):
        told = semantic(old, new, compare(old, new, item_key), color=False)

        assert told.endswith("\n")
        assert all(line.isprintable() and line.strip() for line in told[:-1].split("\n"))
        if same(old, new):
            assert told == SAME


@given(TREES, SCALARS, SCALARS)
def test_a_value_that_changed_is_never_passed_over(node: Node, old: Scalar, new: Scalar) -> None:
    before, after = (_mapping({"x-a": node, "name": value}) for value in (old, new))

    assert (semantic(before, after, [], color=False) == SAME) == same(old, new)
