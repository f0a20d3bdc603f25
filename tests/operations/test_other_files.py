"""Operations on a base that extends and includes other files: done where one file can say it, else refused."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.cli import run_cli
from tests.compose.compose_oracle import without_empty

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compose.compose_oracle import JSON

BASE = """\
# the shop
include:
  - infra/compose.yml   # shared
services:
  web:
    extends: {file: base/common.yml, service: app}   # heir
    ports: ["80:80"]
    environment:
      MINE: "1"
  job:
    extends: web
    command: run
  last:
    extends: {file: base/common.yml, service: app}
    ports: ["81:81"]
  local: {image: local, labels: {a: b}}
  heir: {extends: local, environment: [X=1]}
  db: {image: pg}
"""
COMMON = """\
services:
  app:
    image: app
    volumes: ["./data:/data", "./more:/more"]
    environment: {A: a, B: b}
    labels: [l=1, m=2]
    depends_on: [db, cache]
    ports: ["9:9"]
    deploy: {resources: {limits: {memory: 1g, cpus: "1"}}}
"""
INFRA = """\
services:
  cache: {image: redis, volumes: ["cache:/data"]}
volumes: {cache: {}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("docker-compose.yml", BASE), ("base/common.yml", COMMON), ("infra/compose.yml", INFRA)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(folder: Path, name: str) -> JSON:
    command = ["docker", "compose", "-p", "x", "-f", name, "config", "--format", "json"]
    called = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return without_empty(json.loads(called.stdout))


REMOVED = {
    "a mapping that the other file brings": ("services.last.deploy", "    deploy: !reset null\n"),
    "a key of a mapping": ("services.last.environment.A", "    environment: !override {B: b}\n"),
    "a key deeper down": (
        "services.last.deploy.resources.limits.cpus",
        "    deploy:\n      resources:\n        limits:\n          cpus: !reset null\n",
    ),
    "one of several list items": (
        "services.last.volumes[/more]",
        '    volumes: !override ["./base/data:/data"]\n',
    ),
    "an item that is a key to Compose": ("services.last.labels[l]", None),
    "what this file and the other one bring": ("services.last.ports", "    ports: !reset null\n"),
    "an item of a list that both have": ('services.last.ports["9:9"]', None),
    "the last one that waits": ("services.last.depends_on[cache]", None),
    "of a service that others extend": ("services.web.deploy", None),
    "of the service that the heir's heir is": (
        "services.job.environment.MINE",
        "    environment: !override {A: a, B: b}\n",
    ),
    "of a service of the same file": ("services.heir.labels.a", "environment: [X=1], labels: !reset null}\n"),
    "of all services": ("services.*.environment.B", None),
    "a service that others wait for by way of another file": ("services.db", None),
}


@pytest.mark.oracle
@pytest.mark.parametrize("path", [path for path, _ in REMOVED.values()], ids=REMOVED)
def test_what_is_removed_in_one_file_is_what_is_removed_of_the_flat_one(path: str, project: Path) -> None:
    (project / "o.yml").write_text(json.dumps({"remove": [path]}), encoding="utf-8")
    heirs = path.replace("services.web", "services.job")  # job gets from web what web has after that
    also = [{"path": heirs, "missing": "ok"}] if heirs != path else []
    (project / "both.yml").write_text(json.dumps({"remove": [path, *also]}), encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0
    assert run_cli(["migrate", "--overlay", "both.yml", "--flatten", "-o", "flat.yml"]) == 0

    assert config(project, "docker-compose.o.yml") == config(project, "flat.yml")
    assert "include:\n  - infra/compose.yml   # shared\n" in (project / "docker-compose.o.yml").read_text()


@pytest.mark.parametrize(("path", "lines"), [pytest.param(*pair, id=name) for name, pair in REMOVED.items() if pair[1]])
def test_what_is_inherited_is_removed_with_the_tags_of_compose(path: str, lines: str, project: Path) -> None:
    (project / "o.yml").write_text(json.dumps({"remove": [path]}), encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0

    assert lines in (project / "docker-compose.o.yml").read_text()


REFUSED = {
    "removing an included service": ({"remove": ["services.cache"]}, "services.cache"),
    "removing a setting of one": ({"remove": ["services.cache.volumes"]}, "services.cache.volumes"),
    "removing an included volume": ({"remove": ["volumes.cache"]}, "volumes.cache"),
    "replacing a setting of one": ({"replace": {"services.cache.image": "x"}}, "services.cache.image"),
    "merging into one": ({"compose": {"services": {"cache": {"image": "x"}}}}, "services.cache"),
    "merging into an included volume": ({"compose": {"volumes": {"cache": {"external": True}}}}, "volumes.cache"),
}


@pytest.mark.parametrize(("overlay", "path"), REFUSED.values(), ids=REFUSED)
def test_what_an_included_file_brings_is_changed_only_in_a_flat_file(
    overlay: dict[str, object], path: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "o.yml").write_text(json.dumps(overlay), encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 3
    told = capsys.readouterr().err
    assert f"{path} comes from another file (infra/compose.yml:" in told
    assert "--flatten" in told
    if path != "volumes.cache" or "compose" in overlay:
        assert run_cli(["migrate", "--overlay", "o.yml", "--flatten"]) == 0


def test_a_service_that_an_included_one_needs_is_not_removed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "infra/compose.yml").write_text("services: {cache: {image: redis, depends_on: [db]}}\n")
    (project / "o.yml").write_text("remove: [services.db]\n")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 2
    told = capsys.readouterr().err
    assert 'infra/compose.yml:1:47: services.cache.depends_on names "db", which is not a service' in told


@pytest.mark.parametrize("address", ["https://example.com/x.git", "oci://example.com/x", "git@example.com:x.git"])
def test_what_is_not_on_this_disk_is_left_to_compose(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = f"include: [{address}]\nservices:\n  a: {{image: a, depends_on: [theirs]}}\n"
    (tmp_path / "docker-compose.yml").write_text(base, encoding="utf-8")
    (tmp_path / "o.yml").write_text("replace: {services.a.image: b}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert run_cli(["validate"]) == 0
    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0
    assert (tmp_path / "docker-compose.o.yml").read_text().endswith(base.replace("image: a", "image: b"))
    assert run_cli(["migrate", "--overlay", "o.yml", "--flatten"]) == 2
    assert f"{address} is not a local file, and composevariant reads only local files" in capsys.readouterr().err


def test_what_a_variant_takes_from_another_file_counts_among_its_inputs(project: Path) -> None:
    (project / "o.yml").write_text("remove: [services.web.deploy]\n", encoding="utf-8")
    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0
    assert run_cli(["migrate", "--overlay", "o.yml", "--check"]) == 0

    (project / "base/common.yml").write_text(COMMON.replace("image: app", "image: newer"), encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml", "--check"]) == 1
    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0
    assert "image: newer" in (project / "docker-compose.o.yml").read_text()


def test_another_file_of_which_nothing_is_taken_is_no_input(project: Path) -> None:
    (project / "o.yml").write_text("compose: {services: {local: {image: other}}}\n", encoding="utf-8")
    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0

    (project / "base/common.yml").write_text(COMMON.replace("image: app", "image: newer"), encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml", "--check"]) == 0


@pytest.mark.oracle
@pytest.mark.parametrize("setting", ["", "\n    depends_on: !override [db, cache]"], ids=["inherited", "of its own"])
def test_all_services_go_for_which_another_file_lets_one_wait(setting: str, project: Path) -> None:
    (project / "infra/compose.yml").write_text(INFRA.replace("cache:", "store:"), encoding="utf-8")
    base = BASE.replace("  db: {image: pg}\n", "  db: {image: pg}\n  cache: {image: redis}\n")
    base = base.replace('ports: ["81:81"]', f'ports: ["81:81"]{setting}')
    (project / "docker-compose.yml").write_text(base, encoding="utf-8")
    (project / "o.yml").write_text("remove: [services.db, services.cache]\n", encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0

    assert "depends_on: !reset null" in (project / "docker-compose.o.yml").read_text()
    assert "depends_on" not in json.dumps(config(project, "docker-compose.o.yml"))


def test_a_stripped_service_and_its_helper_go_together(project: Path) -> None:
    """Services that others extend have `extends` written out at the first name; the second one goes all the same."""
    (project / "infra/compose.yml").write_text(INFRA.replace("cache:", "store:"), encoding="utf-8")
    logs = "  db: {image: elastic/filebeat}\n  cache: {image: redis, labels: {sidecar: filebeat}}\n"
    (project / "docker-compose.yml").write_text(BASE.replace("  db: {image: pg}\n", logs), encoding="utf-8")
    (project / "o.yml").write_text("strip: [{sidecar: filebeat, services: [db, cache]}]\n", encoding="utf-8")

    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0

    assert "depends_on: [" not in (project / "docker-compose.o.yml").read_text()
