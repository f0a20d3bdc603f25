"""`switch`, `env`, `run` and `status`: making a variant the one that Docker Compose uses, and taking it back."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from composevariant.disk.packaged import read_packaged
from tests.compose.test_dotenv import HOSTILE
from tests.environment.test_block import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = """\
services:
  app:
    image: "shop/app:${TAG:-base}"
    build: .
    env_file: .env
  debug:
    image: busybox
    profiles: [tools]
"""
PROJECT = """\
variants:
  fast:
    replace: {services.app.build: {context: ., dockerfile: Dockerfile.fast}}
    env: {DOCKER_BUILDKIT: "1", TAG: fast}
  ci:
    replace: {services.app.restart: "no"}
    env: {TAG: ci}
"""


@pytest.fixture
def shop(project: Make, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    for name in ("COMPOSEVARIANT_ENV", "TAG", "DOCKER_BUILDKIT", "COMPOSE_PROFILES"):
        monkeypatch.delenv(name, raising=False)
    return project(
        **{"docker-compose.yml": BASE, "composevariant.yml": PROJECT, "Dockerfile": "", "Dockerfile.fast": ""}
    )


@pytest.mark.parametrize("dotenv", SHAPES)
def test_switching_and_back_leaves_dotenv_as_it_was(shop: ProjectFolder, dotenv: str | None) -> None:
    if dotenv is not None:
        shop.write(".env", dotenv)

    assert shop.run("switch", "fast").code == 0
    assert shop.run("switch", "ci").code == 0
    assert "COMPOSE_FILE=docker-compose.ci.yml" in shop.read(".env")
    assert "fast" not in shop.read(".env")
    assert shop.run("switch", "base").code == 0

    assert (shop.read(".env") if ".env" in shop.names() else None) == dotenv


def test_a_byte_order_mark_stays(shop: ProjectFolder) -> None:
    shop.write(".env", b"\xef\xbb\xbfA=1\n")

    shop.run("switch", "fast")
    assert (shop.path / ".env").read_bytes().startswith(b"\xef\xbb\xbfA=1\n# >>>")
    shop.run("switch", "base")

    assert (shop.path / ".env").read_bytes() == b"\xef\xbb\xbfA=1\n"


def test_switch_writes_a_variant_that_is_not_up_to_date_first(shop: ProjectFolder) -> None:
    ran = shop.run("switch", "fast")

    assert "wrote docker-compose.fast.yml (missing)" in ran.err
    assert "docker-compose.fast.yml" in shop.names()


def test_switch_without_migrating_refuses_a_variant_that_is_not_up_to_date(shop: ProjectFolder) -> None:
    ran = shop.run("switch", "fast", "--no-migrate")

    assert ran.code == 3
    assert "docker-compose.fast.yml is not up to date: missing" in ran.err
    assert ".env" not in shop.names()


def test_switch_does_not_overwrite_a_hand_edit(shop: ProjectFolder) -> None:
    shop.run("switch", "fast")
    shop.write("docker-compose.fast.yml", shop.read("docker-compose.fast.yml").replace("busybox", "mine"))

    ran = shop.run("switch", "fast")

    assert ran.code == 3
    assert "was edited by hand" in ran.err


def test_switch_says_what_docker_compose_does_then(shop: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write(".env", "COMPOSE_FILE=other.yml\nCOMPOSE_PROFILES=gone\n")
    shop.write("docker-compose.override.yml", "services: {}\n")
    monkeypatch.setenv("TAG", "mine")

    told = shop.run("switch", "fast").err

    assert "note: TAG of this shell overrides the value in .env" in told
    assert "note: docker-compose.override.yml is no longer loaded" in told
    assert "note: .env:1: this COMPOSE_FILE is now ignored; the line is kept" in told
    assert "note: DOCKER_BUILDKIT has no effect from .env" in told
    assert "note: debug does not start by default: it is in the profile tools" in told
    assert "note: COMPOSE_PROFILES names gone, which no service of fast has" in told
    assert "note: app has .env as its env_file" in told
    assert "note: app: base, ci and fast are built to the same image" in told
    assert "note: in a subfolder, `docker compose` uses the base" in told


def test_a_compose_file_of_the_shell_is_told(shop: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_FILE", "docker-compose.yml")

    assert "COMPOSE_FILE=docker-compose.yml in this shell overrides .env" in shop.run("switch", "fast").err


def test_print_shows_the_block_and_writes_nothing(shop: ProjectFolder) -> None:
    shop.write(".env", "A=1")
    before = shop.names()

    ran = shop.run("switch", "fast", "--print")

    assert ran.out.splitlines()[1:3] == ["COMPOSE_FILE=docker-compose.fast.yml", "TAG=fast"]
    assert (shop.names(), shop.read(".env")) == (before, "A=1")


def test_an_edited_block_is_not_thrown_away(shop: ProjectFolder) -> None:
    shop.run("switch", "fast")
    shop.write(".env", shop.read(".env").replace("TAG=fast", "TAG=mine"))

    ran = shop.run("switch", "base")

    assert ran.code == 3
    assert "the block that switch wrote to .env was edited by hand" in ran.err
    assert "TAG=mine" in shop.read(".env")
    assert shop.run("switch", "base", "--force").code == 0


def test_another_env_file(shop: ProjectFolder) -> None:
    ran = shop.run("switch", "fast", "--env-file", "fast.env")

    assert "TAG=fast" in shop.read("fast.env")
    assert "reads fast.env only with --env-file fast.env" in ran.err


def test_base_where_nothing_was_switched(shop: ProjectFolder) -> None:
    ran = shop.run("switch", "base")

    assert (ran.code, ran.err) == (0, "already on base: .env selects no variant\n")


@pytest.mark.oracle
def test_after_a_switch_a_bare_call_means_the_variant(shop: ProjectFolder) -> None:
    shop.write(".env", "TAG=local")
    shop.run("switch", "fast")

    def config(*words: str) -> str:
        return subprocess.run(
            ["docker", "compose", *words, "config"], cwd=shop.path, capture_output=True, text=True, check=True
        ).stdout

    assert config() == config("-f", "docker-compose.fast.yml")
    assert "shop/app:fast" in config()
    shop.run("switch", "base")
    assert "shop/app:local" in config()


def test_env_exports_for_eval(shop: ProjectFolder) -> None:
    shop.run("migrate", "fast")

    ran = shop.run("env", "fast")

    assert ran.out.splitlines() == [
        f"export COMPOSE_FILE={shop.path}/docker-compose.fast.yml",
        "export DOCKER_BUILDKIT=1",
        "export TAG=fast",
        "export COMPOSEVARIANT_ENV='COMPOSE_FILE DOCKER_BUILDKIT TAG'",
    ]
    assert ran.err == ""


def test_env_warns_of_a_file_that_is_not_up_to_date(shop: ProjectFolder) -> None:
    assert (
        "warning: docker-compose.fast.yml is missing; `composevariant migrate` updates it"
        in shop.run("env", "fast").err
    )


def test_env_does_not_offer_to_update_a_file_that_was_edited_by_hand(shop: ProjectFolder) -> None:
    shop.run("migrate", "fast")
    shop.write("docker-compose.fast.yml", shop.read("docker-compose.fast.yml") + "# mine\n")

    warned = shop.run("env", "fast").err

    assert "warning: docker-compose.fast.yml is reformatted; move the change into the base or an overlay" in warned
    assert "updates it" not in warned


def test_a_variable_that_switch_sets_itself_is_refused(shop: ProjectFolder) -> None:
    shop.write("composevariant.yml", "variants: {fast: {env: {COMPOSE_FILE: mine.yml}}}\n")

    ran = shop.run("env", "fast")

    assert (ran.code, ran.out) == (2, "")
    assert "env sets COMPOSE_FILE, which `switch`, `env` and `run` set themselves" in ran.err


def test_env_of_an_unknown_shell_suggests(shop: ProjectFolder) -> None:
    ran = shop.run("env", "fast", "--shell", "fihs")

    assert ran.code == 2
    assert '(did you mean "fish"?)' in ran.err


def test_what_env_has_set_is_not_taken_for_the_base(shop: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run("migrate", "fast")
    monkeypatch.setenv("COMPOSE_FILE", str(shop.path / "docker-compose.fast.yml"))
    monkeypatch.setenv("COMPOSEVARIANT_ENV", "COMPOSE_FILE TAG")

    assert shop.run("migrate", "ci").code == 0
    assert shop.run("env", "base").out.splitlines() == ["unset COMPOSE_FILE", "unset TAG", "unset COMPOSEVARIANT_ENV"]


def test_status_says_which_variant_is_active_and_fails_when_one_is_not_up_to_date(shop: ProjectFolder) -> None:
    shop.write(".env", "A=1\n")
    shop.run("switch", "fast")

    ran = shop.run("status")

    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "active: fast, set by .env:3"
    shop.run("migrate", "--all")
    assert shop.run("status").code == 0


def test_status_as_json_fits_its_schema(shop: ProjectFolder) -> None:
    shop.run("migrate", "--all")
    report = json.loads(shop.run("status", "--format", "json").out)

    Draft202012Validator(json.loads(read_packaged("schemas/report.schema.json").text)).validate(report)
    assert report["active"] == {"variant": "base", "files": ["docker-compose.yml"], "source": ""}


def test_status_of_a_file_that_is_no_variant(shop: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("composevariant.yml", "base: docker-compose.yml\n" + PROJECT)
    monkeypatch.setenv("COMPOSE_FILE", "other.yml")

    assert shop.run("status").out.splitlines()[-1] == "active: other.yml, set by the shell"


def _run(folder: Path, *words: str, docker: str) -> subprocess.CompletedProcess[str]:
    """`composevariant run` in a process of its own, with a script in the place of `docker`."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "docker").write_text(f"#!/bin/sh\n{docker}\n")
    (programs / "docker").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "composevariant", "run", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_run_is_one_call_with_file_and_variables(shop: ProjectFolder) -> None:
    ran = _run(shop.path, "fast", "--", "up", "-d", "--build", docker='echo "$@" "$TAG" "$DOCKER_BUILDKIT"; exit 7')

    assert (ran.returncode, ran.stdout) == (7, "compose -f docker-compose.fast.yml up -d --build fast 1\n")
    assert "wrote docker-compose.fast.yml (missing)" in ran.stderr


def test_run_of_the_base_sets_nothing(shop: ProjectFolder) -> None:
    ran = _run(shop.path, "base", "--", "ps", docker='echo "$@" "$TAG"')

    assert (ran.returncode, ran.stdout) == (0, "compose -f docker-compose.yml ps \n")


def test_a_signal_ends_run_as_it_ends_docker(shop: ProjectFolder) -> None:
    assert _run(shop.path, "fast", "--", "up", docker="kill -TERM $$").returncode == -15


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("fast",), "run needs a docker compose command", id="no command"),
        pytest.param(("fats", "--", "ps"), 'no such variant: fats (did you mean "fast"?)', id="an unknown variant"),
        pytest.param(("fast", "--no-migrate", "--", "ps"), "is not up to date: missing", id="not up to date"),
    ],
)
def test_a_failure_of_run_itself_is_125(shop: ProjectFolder, words: tuple[str, ...], message: str) -> None:
    ran = _run(shop.path, *words, docker="echo called")

    assert (ran.returncode, ran.stdout) == (125, "")
    assert message in ran.stderr


@pytest.mark.docker
def test_run_starts_and_stops_the_sample_for_real(tmp_path: Path) -> None:
    """The variant of samples/sidecar without Filebeat, under a name and a port of its own."""
    folder = tmp_path / "sidecar"
    shutil.copytree(Path(__file__).parents[2] / "samples" / "sidecar", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "composevariant", "run", "nolog", "--", *words]
        environment = {**os.environ, "COMPOSE_PROJECT_NAME": f"cv-run-{os.getpid()}", "APP_PORT": str(port)}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    try:
        started = run("up", "-d")
        assert started.returncode == 0, started.stderr
        assert "app" in run("ps", "--services").stdout.split()
        assert run("exec", "-T", "app", "sh", "-c", "exit 9").returncode == 9
    finally:
        assert run("down", "-t", "0", "-v").returncode == 0


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        pytest.param("bash", 'eval "$(COMPOSEVARIANT env fast)"', id="bash"),
        pytest.param("dash", 'eval "$(COMPOSEVARIANT env fast --shell sh)"', id="dash"),
        pytest.param("zsh", 'eval "$(COMPOSEVARIANT env fast --shell zsh)"', id="zsh"),
        pytest.param("fish", "COMPOSEVARIANT env fast --shell fish | source", id="fish"),
    ],
)
def test_a_script_as_users_write_it_gets_hostile_values_and_runs_none(
    shop: ProjectFolder, shell: str, script: str
) -> None:
    if shutil.which(shell) is None:
        missing = pytest.fail if os.environ.get("COMPOSEVARIANT_REQUIRE_ORACLE") else pytest.skip
        missing(f"{shell} is not installed")
    values = {f"V{number}": value for number, value in enumerate(HOSTILE) if value}
    shop.write("composevariant.yml", json.dumps({"variants": {"fast": {"env": values}}}))
    before = shop.names()
    printing = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    script = script.replace("COMPOSEVARIANT", f"{sys.executable} -m composevariant")

    ran = subprocess.run(
        [shell, "-c", f"{script}; {printing}"], cwd=shop.path, capture_output=True, text=True, check=True
    )

    environment = json.loads(ran.stdout)
    assert {name: environment.get(name) for name in values} == values
    assert environment["COMPOSE_FILE"] == str(shop.path / "docker-compose.fast.yml")
    assert shop.names() == before
