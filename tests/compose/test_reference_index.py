"""References between services and to what is defined at the top level, in every notation."""

from __future__ import annotations

from textwrap import dedent

import pytest

from composevariant.compose.reference_index import SECTIONS, container_references, references, service_references
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, location_of
from composevariant.yamltext.parser import parse


def tree(text: str) -> Mapping:
    root = parse(Source("compose.yml", dedent(text))).root
    assert isinstance(root, Mapping)
    return root


def service(settings: str) -> Mapping:
    return tree(f"services:\n  app:\n    {settings}\n")


FOUND = [
    pytest.param(
        "depends_on: [db, cache]",
        [("depends_on", "db", (0,)), ("depends_on", "cache", (1,))],
        id="depends_on as a list",
    ),
    pytest.param(
        "depends_on: {db: {condition: service_healthy}}", [("depends_on", "db", ("db",))], id="depends_on as a mapping"
    ),
    pytest.param(
        'links: [db, "cache:store"]',
        [("links", "db", (0,)), ("links", "cache", (1,))],
        id="links with and without alias",
    ),
    pytest.param(
        'volumes_from: [db, "cache:ro", "container:other:ro"]',
        [("volumes_from", "db", (0,)), ("volumes_from", "cache", (1,))],
        id="volumes_from with and without mode, but not of a container",
    ),
    pytest.param('network_mode: "service:db"', [("network_mode", "db", ())], id="network_mode of a service"),
    pytest.param("network_mode: host", [], id="network_mode of the host"),
    pytest.param('network_mode: "container:db"', [], id="network_mode of a container"),
    pytest.param('pid: "service:db"', [("pid", "db", ())], id="pid"),
    pytest.param('ipc: "service:db"', [("ipc", "db", ())], id="ipc"),
    pytest.param('uts: "service:db"', [("uts", "db", ())], id="uts"),
    pytest.param('cgroup: "service:db"', [("cgroup", "db", ())], id="cgroup"),
    pytest.param("extends: db", [("extends", "db", ())], id="extends as text"),
    pytest.param("extends: {service: db}", [("extends", "db", ())], id="extends as a mapping"),
    pytest.param("extends: {service: db, file: other.yml}", [], id="extends of another file"),
    pytest.param(
        'build: {additional_contexts: {base: "service:db", x: "docker-image://a"}}',
        [("additional_contexts", "db", ("additional_contexts", "base"))],
        id="additional_contexts as a mapping",
    ),
    pytest.param(
        'build: {additional_contexts: ["x=./x", "base=service:db"]}',
        [("additional_contexts", "db", ("additional_contexts", 1))],
        id="additional_contexts as a list",
    ),
    pytest.param(
        'volumes: ["data:/data", "./conf:/conf", "/anon", "${V:-logs}:/logs:ro", "${W}:/w"]',
        [("volumes", "data", (0,)), ("volumes", "logs", (3,))],
        id="named volumes in the short syntax, variables by their default",
    ),
    pytest.param('volumes: ["c:/data"]', [], id="a volume of one letter is a drive"),
    pytest.param(
        "volumes: [{type: volume, source: data, target: /d}, {type: bind, source: ./x, target: /x}, {type: tmpfs}]",
        [("volumes", "data", (0,))],
        id="volumes in the long syntax",
    ),
    pytest.param("networks: [back]", [("networks", "back", (0,))], id="networks as a list"),
    pytest.param(
        "networks: {back: null, default: {}}",
        [("networks", "back", ("back",)), ("networks", "default", ("default",))],
        id="networks as a mapping",
    ),
    pytest.param(
        "configs: [a, {source: b, target: /b}]", [("configs", "a", (0,)), ("configs", "b", (1,))], id="configs"
    ),
    pytest.param("secrets: [a, {source: b}]", [("secrets", "a", (0,)), ("secrets", "b", (1,))], id="secrets"),
    pytest.param(
        "build: {secrets: [a, {source: b}]}",
        [("build.secrets", "a", ("secrets", 0)), ("build.secrets", "b", ("secrets", 1))],
        id="secrets of the build",
    ),
    pytest.param("models: [llm]", [("models", "llm", (0,))], id="models as a list"),
    pytest.param("models: {llm: {endpoint_var: E}}", [("models", "llm", ("llm",))], id="models as a mapping"),
    pytest.param("depends_on: null", [], id="nothing"),
    pytest.param("depends_on: db", [], id="a kind of value that Compose refuses"),
    pytest.param("volumes: {data: /data}", [], id="a mapping where a list belongs"),
]


@pytest.mark.parametrize(("settings", "expected"), FOUND)
def test_every_notation(settings: str, expected: list[tuple[str, str, tuple[str | int, ...]]]) -> None:
    found = list(references(service(settings)))

    first = settings.partition(":")[0]
    assert [(one.kind, one.name, one.path) for one in found] == [
        (kind, name, ("services", "app", first, *path)) for kind, name, path in expected
    ]
    assert {one.user for one in found} <= {"app"}


def test_the_sort_of_target_names_its_section() -> None:
    project = service("{networks: [n], volumes: ['vv:/v'], configs: [c], secrets: [s], models: [m], depends_on: [d]}")

    found = {one.kind: SECTIONS[one.target] for one in references(project)}

    assert found == {kind: kind for kind in ("networks", "volumes", "configs", "secrets", "models")} | {
        "depends_on": "services"
    }


def test_only_the_wanted_sorts() -> None:
    app = service("{networks: [n], depends_on: [d], secrets: [s]}").get("services")
    assert isinstance(app, Mapping)
    settings = app.get("app")
    assert isinstance(settings, Mapping)

    assert [one.name for one in service_references("app", settings, "service", "secret")] == ["d", "s"]


def test_an_optional_dependency_is_marked() -> None:
    found = list(references(service("depends_on: {a: {required: false}, b: {required: true}, c: {}}")))

    assert [(one.name, one.required) for one in found] == [("a", False), ("b", True), ("c", True)]


def test_the_node_is_where_the_name_is_written() -> None:
    found = list(references(service("{depends_on: {a: {}}, volumes: [{type: volume, source: data, target: /d}]}")))

    assert [str(location_of(one.node)) for one in found] == ["compose.yml:3:19", "compose.yml:3:60"]


def test_what_is_reset_refers_to_nothing() -> None:
    reset = service("{depends_on: !reset [a], network_mode: !reset 'container:c', extends: !reset {service: b}}")
    kept = tree("{services: {app: !override {depends_on: !reset [a]}}}")

    assert list(references(reset)) == []
    assert list(container_references(reset)) == []
    assert [one.name for one in references(kept)] == ["a"]  # Compose looks for no tags below another one


def test_services_that_are_no_mappings_have_none() -> None:
    assert list(references(tree("{services: {a: null, b: [x], c: {image: c}}, volumes: {}}"))) == []
    assert list(references(tree("x: y"))) == []


def test_containers_by_name() -> None:
    project = tree("""
        services:
          app:
            network_mode: container:vpn
            pid: "container:${C:-top}"
            ipc: host
            volumes_from: [db, "container:store:ro"]
            external_links: [old, "older:alias", "${UNKNOWN}"]
        """)

    assert [(one.kind, one.name, one.path[3:]) for one in container_references(project)] == [
        ("network_mode", "vpn", ()),
        ("pid", "top", ()),
        ("volumes_from", "store", (1,)),
        ("external_links", "old", (0,)),
        ("external_links", "older", (1,)),
    ]
