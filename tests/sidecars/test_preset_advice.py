"""What is said of a Filebeat that stays, and is not changed (E42)."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from composevariant.compose.services import services_of
from tests.operations.removal import said, stripped, tree

DATA = "volumes: ['fb:/usr/share/filebeat/data', './filebeat.yml:/usr/share/filebeat/filebeat.yml:ro']"
RIGHT = """
filebeat.inputs:
  - type: filestream
    id: one
  - type: filestream
    id: two
filebeat.autodiscover.providers:
  - type: docker
    hints.enabled: true
    hints.default_config: {type: filestream}
"""


def warned(service: str, config: str = RIGHT) -> list[str]:
    """What a strip that leaves a Filebeat alone says of it."""
    text = (
        f"services:\n  filebeat:\n{indent(dedent(service).strip(), '    ')}\n  app: {{image: a}}\nvolumes: {{fb: }}\n"
    )
    root = tree(text)
    outcome = stripped(root, {"filebeat.yml": config}, excepted=("filebeat",))

    assert outcome.tree is root
    return [f"{note.location}: {note.message}" for note in outcome.notes if note.kind == "warning"]


def image(version: str, rest: str = "") -> str:
    return f"image: elastic/filebeat:{version}\n{DATA}\n{rest}"


def test_nothing_is_said_of_one_that_is_right() -> None:
    assert (
        warned(
            image("9.5.1", "command: [-e, --strict.perms=false, -E, name=x, -Eoutput.console.password=x, -c, f.yml]")
        )
        == []
    )


CASES = [
    pytest.param(
        image("9.5.1", "command: filebeat -e -strict.perms=false"),
        RIGHT,
        ["docker-compose.yml:5:14: -strict.perms: Filebeat 9 requires two dashes before long flags"],
        id="one dash",
    ),
    pytest.param(
        image("9.5.1"),
        "filebeat.inputs:\n  - type: container\n    paths: [a]\n",
        ["filebeat.yml:2:1: - type: container: Filebeat 9 does not start with this input; use filestream instead"],
        id="an input that is gone",
    ),
    pytest.param(
        image("9.5.1"), "inputs:\n  - type: log\n    allow_deprecated_use: true\n", [], id="one that is allowed"
    ),
    pytest.param(
        image("9.5.1"),
        "providers: [{type: docker, hints.enabled: true}]\n",
        [
            (
                "filebeat.yml:1:28: hints.enabled: true: Filebeat 8.12 and later ship no logs by hints unless "
                "hints.default_config is set"
            )
        ],
        id="hints without a default",
    ),
    pytest.param(
        "image: elastic/filebeat:9.5.1",
        "",
        [
            (
                "docker-compose.yml:3:5: nothing is mounted at /usr/share/filebeat/data: it sends every log again when "
                "its container is recreated"
            )
        ],
        id="no data volume",
    ),
    pytest.param(
        image("9.5.1"),
        "- type: filestream\n  id: one\n- type: filestream\n  id: one\n",
        ["filebeat.yml:4:1: one: Filebeat 9 does not start when two inputs have the same id"],
        id="one id twice",
    ),
    pytest.param(
        image("8.15.0", "command: filebeat -strict.perms=false"),
        "- type: log\n  id: a\n- id: a\n",
        [],
        id="an older one",
    ),
    pytest.param(
        image("${VERSION}", "command: filebeat -strict.perms=false"), "- type: log\n", [], id="an unknown version"
    ),
]


@pytest.mark.parametrize(("service", "config", "warnings"), CASES)
def test_e42_each_is_one_warning(service: str, config: str, warnings: list[str]) -> None:
    assert warned(service, config) == warnings


def test_e42_two_on_one_data_volume() -> None:
    text = """
    services:
      one: {image: "elastic/filebeat:9.5.1", volumes: ["fb:/usr/share/filebeat/data"]}
      two: {image: "elastic/filebeat:9.5.1", volumes: ["fb:/usr/share/filebeat/data"]}
      own: {image: "elastic/filebeat:9.5.1", volumes: ["/usr/share/filebeat/data"]}
      own2: {image: "elastic/filebeat:9.5.1", volumes: ["/usr/share/filebeat/data"]}
    volumes: {fb: }
    """
    names = tuple(services_of(tree(text)))

    assert said(stripped(text, excepted=names), "warning") == [
        "two: fb is also mounted in one: of two containers with the same data directory, the second does not start"
    ]


def test_an_inline_configuration_is_looked_at_where_it_stands() -> None:
    text = """
    services:
      fb:
        image: "elastic/filebeat:9.5.1"
        volumes: ["/usr/share/filebeat/data"]
        configs: [{source: c, target: /usr/share/filebeat/filebeat.yml}]
      app: {image: a}
    configs: {c: {content: "- type: log"}}
    """
    [note] = [note for note in stripped(text, excepted=("fb",)).notes if note.kind == "warning"]

    assert str(note.location) == "docker-compose.yml:8:10"
