"""What a strip says of the files around the Compose file: it reports them, with their place, and leaves them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.operations.strip.outside import files_with_words
from tests.operations.removal import Files, removed, said, stripped, tree

if TYPE_CHECKING:
    from composevariant.operations.context import Outcome

BASE = """
services:
  filebeat:
    image: elastic/filebeat:${BEAT_TAG:-9}
    profiles: [logging]
    volumes: ["./fb.yml:/usr/share/filebeat/filebeat.yml"]
  app: {image: "a:$TAG", volumes: ["./conf:/etc/app", "./src:/src"]}
"""


def told(outcome: Outcome, *kinds: str) -> list[str]:
    """The notes on other files, with their places."""
    return [f"{note.location}: {note.message}" for note in outcome.notes if note.kind in kinds and note.location]


FILES = [
    pytest.param(
        {"Makefile": "up:\n\tdocker compose up filebeat\n\n# FileBeat_1 and filebeats\n"},
        ["Makefile:2:1: Makefile:2 mentions filebeat (also line 4); the file is not edited"],
        id="a Makefile",
    ),
    pytest.param(
        {"README.md": "filebeat\n" * 9},
        ["README.md:1:1: README.md:1 mentions filebeat (also lines 2, 3, 4, 5, 6 and 3 more); the file is not edited"],
        id="a README that does not stop",
    ),
    pytest.param(
        {".github/workflows/ci.yml": "a: b\nrun: docker compose logs filebeat", "ops/bin/up": "filebeat"},
        [
            ".github/workflows/ci.yml:2:1: .github/workflows/ci.yml:2 mentions filebeat; the file is not edited",
            "ops/bin/up:1:1: ops/bin/up:1 mentions filebeat; the file is not edited",
        ],
        id="CI and scripts",
    ),
    pytest.param(
        {
            "notes.md": "filebeat",
            "main.py": "filebeat",
            "node_modules/x/readme": "filebeat",
            "Dockerfile": "RUN filebeat",
            ".cache/run.sh": "filebeat",
            "a/b/c/run.sh": "filebeat",
            "docker-compose.prod.yml": "services: {filebeat: {image: elastic/filebeat}}",
        },
        [],
        id="sources, other people's files, Dockerfiles and whole Compose files are not among them",
    ),
    pytest.param(
        {".env": "# a\nCOMPOSE_PROFILES=dev,logging\nexport BEAT_TAG = 9\nTAG=1\nNAME=filebeat\nUNKNOWN=1\n"},
        [
            ".env:2:1: .env:2: COMPOSE_PROFILES names logging, which no service has any more",
            ".env:3:1: .env:3: BEAT_TAG is set, but the variant does not use it",
            ".env:5:1: .env:5 mentions filebeat; the file is not edited",
        ],
        id="lines of .env that say nothing any more",
    ),
]


@pytest.mark.parametrize(("files", "notes"), FILES)
def test_files_that_speak_of_it_are_noted(files: dict[str, str], notes: list[str]) -> None:
    assert told(stripped(BASE, files), "note") == notes


@pytest.mark.parametrize(("files", "notes"), FILES)
def test_where_nothing_is_stripped_nothing_is_said(files: dict[str, str], notes: list[str]) -> None:
    assert said(stripped("services: {app: {image: a}}", files)) == [": no Filebeat service found"]


def test_files_that_nothing_mounts_any_more_are_noted() -> None:
    outcome = stripped(BASE, {"fb.yml": "x"})

    assert ": fb.yml is not mounted any more; no file is deleted" in said(outcome, "note")
    assert "mounted by nothing" not in "".join(said(stripped(BASE)))


MOUNTED = [
    pytest.param("upstream x {\n  server filebeat:80;\n}", "conf/a.conf:2:1", "", id="nginx"),
    pytest.param(
        "- targets: [db:1, filebeat:5066]\n- targets: [filebeat:5067]", "conf/a.yml:1:1", " (2 times)", id="Prometheus"
    ),
    pytest.param("host: filebeat", "conf/a.yaml:1:1", "", id="a host by its key"),
    pytest.param("BEAT_URL=http://filebeat/", "conf/a.properties:1:1", "", id="a URL"),
]


@pytest.mark.parametrize(("text", "place", "times"), MOUNTED)
def test_configuration_files_that_name_it_as_a_host_are_warned_of(text: str, place: str, times: str) -> None:
    file = place.partition(":")[0]
    words = f"{place}: the mounted file {file} names the host filebeat, which is removed{times}"

    assert told(stripped(BASE, {file: text}), "warning") == [words]
    assert told(removed(BASE, "services.filebeat", files={file: text}), "warning") == [words]


def test_other_words_and_an_app_s_sources_are_no_hosts() -> None:
    files = {"conf/a.yml": "# filebeat\ninput: filebeat\nfile: /etc/filebeat/x", "src/main.py": "http://filebeat:1"}

    assert told(stripped(BASE, files), "warning") == []


OVERRIDES = [
    pytest.param(
        "services:\n  filebeat: {ports: ['5066:5066']}\n",
        [
            (
                "docker-compose.override.yml:2:13: services.filebeat changes a service that the variant does not "
                "have: on top of the variant, Docker Compose refuses it, as the service has neither an image nor a "
                "build context"
            )
        ],
        id="E20 an override says more of a service that is gone",
    ),
    pytest.param(
        "services: {app: {depends_on: [filebeat]}}",
        ["docker-compose.override.yml:1:31: services.app.depends_on names filebeat, which the variant does not have"],
        id="a service waits for one that is gone",
    ),
    pytest.param(
        "services: {x: {extends: {file: docker-compose.yml, service: filebeat}}}",
        [
            (
                "docker-compose.override.yml:1:25: services.x extends filebeat of docker-compose.yml, which the "
                "variant does not have"
            )
        ],
        id="a service extends one that is gone",
    ),
    pytest.param("services: {filebeat: {image: b}, app: {depends_on: [filebeat]}}", [], id="it has its own"),
    pytest.param("services: {app: {image: b}} # filebeat", [], id="it does not need it"),
    pytest.param("services: [filebeat", [], id="it cannot be read"),
    pytest.param(
        "# Made by composevariant from a, variant b. Edit those, not this file, and run\n#   c\n"
        "# composevariant: format 1 body 0a base 0b\nservices: {filebeat: {ports: ['1:1']}}",
        [],
        id="it is one of ours",
    ),
]


@pytest.mark.parametrize(("text", "notes"), OVERRIDES)
def test_compose_files_beside_the_base_that_count_on_it_are_warned_of(text: str, notes: list[str]) -> None:
    assert told(stripped(BASE, {"docker-compose.override.yml": text}), "warning") == notes


LABELS = "services: {app: {image: a, label_file: ./app.labels}, filebeat: {image: elastic/filebeat}}"


def test_labels_in_a_file_are_warned_of() -> None:
    outcome = stripped(LABELS, {"app.labels": "tier=web\nco.elastic.logs/enabled=true\n"})

    assert told(outcome, "warning") == [
        "app.labels:2:1: label co.elastic.logs/enabled kept: it is set in the label_file"
    ]


def test_labels_of_an_image_are_warned_of() -> None:
    base = "services: {app: {build: ./app}, f: {image: elastic/filebeat}}"
    files = {"app/Dockerfile": "FROM a\nLABEL team=web \\\n  'co.elastic.logs/module'=nginx\n"}

    assert told(stripped(base, files), "warning") == [
        "app/Dockerfile:3:1: label co.elastic.logs/module kept: it is set in the Dockerfile"
    ]


def test_a_proxy_that_only_the_configuration_names_goes_along() -> None:
    base = """
    services:
      filebeat: {image: elastic/filebeat, volumes: ["./fb.yml:/usr/share/filebeat/filebeat.yml"]}
      proxy: {image: tecnativa/docker-socket-proxy}
      app: {image: a}
    """

    assert "proxy: proxy removed: used by filebeat only" in said(stripped(base, {"fb.yml": "host: tcp://proxy:2375"}))
    assert "proxy" not in " ".join(said(stripped(base, {"fb.yml": "host: unix:///var/run/docker.sock"})))


def test_a_project_of_many_folders_is_looked_at_up_to_a_point() -> None:
    files = Files({f"d{number:03}/run.sh": "filebeat" for number in range(150)})

    assert len(list(files_with_words(files, ("filebeat",)))) == 99


def test_the_base_itself_is_no_other_file() -> None:
    files = {"docker-compose.yml": "services: {filebeat: {ports: ['1:1']}}"}

    assert told(stripped(tree(BASE), files), "warning") == []
