"""What Compose makes of an override and nobody expects is told, with its place."""

from __future__ import annotations

import pytest

from composevariant.compose.identities import identity
from composevariant.operations.compose import merge_override
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.tree.paths import find, parse_path
from composevariant.yamltext.parser import parse


def told(base: str, override: str) -> list[str]:
    trees = [parse(Source(name, f"services: {{a: {{image: x, {text}}}}}\n")).root
             for name, text in (("base.yml", base), ("overlay.yml", override))]  # fmt: skip
    assert isinstance(trees[0], Mapping)
    assert isinstance(trees[1], Mapping)
    notes = merge_override(trees[0], trees[1]).notes
    assert all(note.kind == "warning" and note.location and note.location.file == "overlay.yml" for note in notes)
    return [note.message.rpartition("[")[2].rstrip("]") for note in notes]


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        pytest.param("ports: ['80:80']", "ports: ['81:80']", ["merge.ports-add"], id="another port of the host"),
        pytest.param("ports: ['80:80']", "ports: ['80:80/udp']", [], id="another protocol"),
        pytest.param("ports: ['80:80']", "ports: ['443:443']", [], id="another port of the container"),
        pytest.param("ports: ['80:80']", "ports: !override ['81:80']", [], id="the list is replaced"),
        pytest.param(
            "ports: ['80:80']", "ports: [{target: 80, published: 80}]", ["merge.port-number"], id="a number for a text"
        ),
        pytest.param("ports: ['80:80']", "ports: [{target: 80, published: '80', mode: host}]", [], id="the same port"),
        pytest.param(
            "depends_on: {d: {condition: service_healthy}}",
            "depends_on: [d]",
            ["merge.weaker-wait"],
            id="a weaker wait",
        ),
        pytest.param("depends_on: {d: {condition: service_started}}", "depends_on: [d, e]", [], id="the same wait"),
        pytest.param("depends_on: [d]", "depends_on: [d, e]", [], id="a list into a list"),
        pytest.param("tmpfs: /t", "tmpfs: ['/t:size=1m']", ["merge.second-tmpfs"], id="a tmpfs with options"),
        pytest.param("tmpfs: /t", "tmpfs: [/u]", [], id="another tmpfs"),
        pytest.param("volumes: []", "volumes: ['v:/y']", ["merge.one-letter-volume"], id="a volume of one letter"),
        pytest.param("volumes: []", "volumes: ['vv:/y', './v:/z']", [], id="longer names and paths"),
    ],
)
def test_a_surprise_is_told(base: str, override: str, expected: list[str]) -> None:
    assert told(base, override) == expected


@pytest.mark.parametrize(
    "port",
    [
        "8080:80",
        "127.0.0.1:8080:80",
        "'[::1]:8080:80'",
        "'53:80/udp'",
        "80",
        "{target: 80, published: '8080', host_ip: 10.0.0.1}",
    ],
)
def test_the_path_that_is_proposed_for_a_port_names_it(port: str) -> None:
    protocol = "/udp" if "udp" in port else ""
    base = parse(Source("base.yml", f"services: {{a: {{image: x, ports: [{port}, '1:1']}}}}\n")).root
    override = parse(Source("o.yml", f"services: {{a: {{ports: ['81:80{protocol}']}}}}\n")).root
    assert isinstance(base, Mapping)
    assert isinstance(override, Mapping)
    [note] = merge_override(base, override).notes
    proposed = note.message.partition("remove ")[2].partition(", or put")[0]

    assert find(base, parse_path(proposed), identity) == (("services", "a", "ports", 0),)
