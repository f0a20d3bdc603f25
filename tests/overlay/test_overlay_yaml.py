from __future__ import annotations

from pathlib import Path

import pytest

from composevariant.overlay.operations import Add, Compose, Dockerfiles, Each, Operation, Remove, Replace, Strip
from composevariant.overlay.reader import OverlayKeys, load_overlay
from composevariant.overlay.selectors import Name, Selector
from composevariant.source import Location, Source
from composevariant.tree.edits import get
from composevariant.tree.nodes import location_of, plain
from composevariant.tree.paths import parse_path
from composevariant.yamltext.parser import parse

EVERYTHING = (Path(__file__).parent / "accepted" / "everything.yml").read_text()


BACKEND_KEYS = ("environment", "ports", "volumes")


def load(text: str) -> OverlayKeys:
    return load_overlay(parse(Source("overlay.yml", text)), "overlay.yml")


def operations(text: str) -> tuple[Operation, ...]:
    return load(text).layer.operations


def at(line: int, column: int) -> Location:
    return Location("overlay.yml", line, column)


def test_operations_come_in_the_order_in_which_they_apply() -> None:
    overlay = load(EVERYTHING)

    assert overlay.layer.name == "overlay.yml"
    assert [type(operation).__name__ for operation in overlay.layer.operations] == [
        "Strip", "Strip", "Remove", "Remove", "Dockerfiles", "Compose", "Each", "Replace", "Replace",
        "Add", "Add", "Add",
    ]  # fmt: skip
    assert overlay.description == "Every key, in its long form and against the order in which they apply"


def test_add_short_and_long() -> None:
    short, long, other = operations(EVERYTHING)[9:]

    assert isinstance(long, Add)
    assert short == Add("filebeat", location=at(41, 5))
    assert long._replace(targets=None, output=None, merged=None) == Add(
        "filebeat",
        logs=(("backend", "/app/logs", at(44, 12)),),
        version="9.5.1",
        params=(("image", "docker.elastic.co/beats/filebeat-wolfi"),),
        location=at(42, 5),
    )
    assert isinstance(other, Add)
    assert (other.logs[0][:2], other.version, other.output and other.output[0]) == (("*", "/logs"), "9.5", "console")


def test_strip_short_and_long() -> None:
    short, long = operations(EVERYTHING)[:2]

    assert short == Strip("filebeat", location=at(31, 5))
    assert long == Strip(
        sidecar="filebeat",
        services=("log-shipper",),
        excepted=("audit-filebeat",),
        labels="keep",
        log_volumes="remove",
        shared_network="adopt",
        prune_networks=True,
        required=True,
        location=at(32, 5),
    )


def test_remove_short_and_long() -> None:
    short, long = operations(EVERYTHING)[2:4]

    assert short == Remove(parse_path("services.mailtrap"), location=at(26, 5))
    assert long == Remove(parse_path("services.adminer"), missing="ok", cascade=False, location=at(27, 5))


def test_dockerfiles_short_and_long() -> None:
    assert operations("dockerfiles: {suffix: .fast}") == (Dockerfiles(suffix=".fast", location=at(1, 14)),)
    assert operations(EVERYTHING)[4] == Dockerfiles(
        services=Selector((Name("*", at(19, 13)),), location=at(19, 13)),
        suffix=".fast",
        map=(("backend", "infrastructure/docker/Dockerfile.backend.fast", at(21, 9)),),
        missing="keep",
        replaces=(".optimized", ".slim"),
        image="{image}-fast",
        location=at(19, 3),
    )


def test_compose_content_stays_as_it_is_written() -> None:
    compose = operations(EVERYTHING)[5]
    assert isinstance(compose, Compose)
    environment, ports, volumes = (get(compose.content, ("services", "backend", key)) for key in BACKEND_KEYS)

    assert plain(environment) == {"RUST_LOG": "debug"}
    assert (ports.tag, plain(ports)) == ("!reset", [])
    assert (volumes.tag, plain(volumes)) == ("!override", ["./src:/src"])
    assert location_of(volumes) == at(17, 16)


def test_each_has_paths_inside_the_service() -> None:
    each = operations(EVERYTHING)[6]
    assert isinstance(each, Each)

    assert each.match == Selector(
        name=(Name("*", at(7, 19)),),
        excepted=(Name("db", at(7, 33)),),
        has=(parse_path("build"),),
        location=at(7, 12),
    )
    assert each.merge is not None
    assert plain(each.merge) == {"logging": {"driver": "json-file", "options": {"max-size": "10m"}}}
    assert each.remove == (
        Remove(parse_path("container_name"), location=at(9, 14)),
        Remove(parse_path("ports[*:9229]"), location=at(9, 30)),
        Remove(parse_path("environment[DEBUG]"), missing="ok", location=at(9, 47)),
    )
    assert [(replace.path, plain(replace.value)) for replace in each.replace] == [(parse_path("restart"), "no")]
    assert (each.at_least, each.at_most, each.location) == (1, None, at(7, 5))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("1+", (1, None), id="at least one"),
        pytest.param("0+", (0, None), id="any number"),
        pytest.param("3", (3, 3), id="exactly three"),
        pytest.param('"3"', (3, 3), id="exactly three in quotes"),
        pytest.param("0", (0, 0), id="none"),
    ],
)
def test_expectations(written: str, expected: tuple[int, int | None]) -> None:
    (each,) = operations(f'each: [{{match: "*", remove: [ports], expect: {written}}}]')
    assert isinstance(each, Each)

    assert (each.at_least, each.at_most) == expected


def test_replace_keeps_the_order_of_the_file_and_points_at_the_paths() -> None:
    first, second = operations(EVERYTHING)[7:9]
    assert isinstance(first, Replace)
    assert isinstance(second, Replace)

    assert (first.path, plain(first.value), first.location) == (
        parse_path("services.backend.command"), ["./app", "--dev"], at(4, 3),
    )  # fmt: skip
    assert (second.path, plain(second.value)) == (parse_path('services["ordering.api"].restart'), "no")
    assert location_of(second.value) == at(5, 37)


def test_variables_are_texts_as_compose_writes_them_and_null_unsets() -> None:
    assert load(EVERYTHING).env == (
        ("DOCKER_BUILDKIT", "1"),
        ("RUST_BACKTRACE", "1"),
        ("TRACE", "true"),
        ("RATIO", "1.1"),
        ("MODE", "292"),
        ("OLD", None),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "null\n", "{}\n"])
def test_an_empty_file_changes_nothing(text: str) -> None:
    assert operations(text) == ()
