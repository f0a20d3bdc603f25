"""Fast Dockerfiles that `migrate` writes, and those that have become old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = """\
name: shop
services:
  app:
    build: app
  job:
    build: {context: app, dockerfile: ./Dockerfile}
  db:
    image: postgres
"""
GENERATE = "variants: {fast: {dockerfiles: {suffix: .fast, missing: generate}}}\n"
KEEP = GENERATE.replace("generate", "keep")
STANDARD = "FROM node:20\nCOPY . .\nRUN npm ci\n"
VARIANT, FAST = "docker-compose.fast.yml", "app/Dockerfile.fast"


@pytest.fixture
def folder(project: Callable[..., ProjectFolder]) -> ProjectFolder:
    files = {"docker-compose.yml": BASE, "composevariant.yml": GENERATE, "app/Dockerfile": STANDARD}
    return project(**files)


def test_it_is_written_with_the_variant_and_told(folder: ProjectFolder) -> None:
    ran = folder.run("migrate")

    assert ran.code == 0
    assert "npm ci --prefer-offline" in folder.body(FAST)
    assert "#   composevariant dockerfile app job\n" in folder.read(FAST)
    assert "build: {context: app, dockerfile: ./Dockerfile.fast}" in folder.read(VARIANT)
    assert f"note: {FAST} written" in ran.err
    assert f"{FAST}: cache mounts: done for npm" in ran.err
    assert f"{FAST}: manifests first: refused: npm: no such file: package.json" in ran.err
    assert folder.read("app/Dockerfile") == STANDARD


def test_a_second_run_changes_nothing(folder: ProjectFolder) -> None:
    folder.run("migrate")
    before = {name: folder.read(name) for name in folder.names()}

    ran = folder.run("migrate")

    assert (ran.code, {name: folder.read(name) for name in folder.names()}) == (0, before)
    assert folder.run("migrate", "--check").out == f"{VARIANT}: up to date\n{FAST}: up to date\n"


def test_the_command_writes_the_same(folder: ProjectFolder) -> None:
    folder.run("migrate")
    before = folder.read(FAST)

    assert folder.run("dockerfile", "job").code == 0

    assert folder.read(FAST) == before


def test_what_a_dockerfile_is_made_of_is_no_input_of_the_variant(folder: ProjectFolder) -> None:
    folder.run("migrate")
    folder.write("app/package.json", "{}\n")

    assert folder.run("migrate", "--check").code == 0


def test_a_dry_run_shows_it_and_writes_nothing(folder: ProjectFolder) -> None:
    ran = folder.run("migrate", "--dry-run")

    assert ran.code == 0
    assert "+RUN --mount=type=cache,id=shop-npm,target=/root/.npm npm ci --prefer-offline\n" in ran.out
    assert FAST not in folder.names()


def test_it_is_made_anew_when_the_standard_one_moves_on(folder: ProjectFolder) -> None:
    folder.run("migrate")
    folder.write("app/Dockerfile", STANDARD + "USER node\n")

    checked = folder.run("migrate", "--check")
    listed = folder.run("status")
    ran = folder.run("migrate")

    assert (checked.code, f"{FAST}: outdated\n" in checked.out) == (1, True)
    assert f"{FAST} outdated" in listed.out
    assert (ran.code, folder.read(FAST).endswith("USER node\n")) == (0, True)
    assert folder.run("migrate", "--check").code == 0


@pytest.mark.parametrize("project_file", [KEEP, KEEP.replace(", missing: keep", "")], ids=["keep", "error"])
def test_one_that_is_not_asked_for_is_told_to_be_old(folder: ProjectFolder, project_file: str) -> None:
    folder.write("composevariant.yml", project_file)
    folder.run("dockerfile")
    folder.run("migrate")
    assert folder.run("migrate", "--check").code == 0
    folder.write("app/Dockerfile", STANDARD + "USER node\n")

    ran = folder.run("migrate")
    checked = folder.run("migrate", "--check")

    assert (ran.code, "USER node" in folder.read(FAST)) == (0, False)
    assert f"note: {FAST} is outdated: run `composevariant dockerfile app job`" in ran.err
    assert (checked.code, checked.out) == (1, f"{VARIANT}: up to date\n{FAST}: outdated\n")
    assert "run `composevariant dockerfile app job` to update the Dockerfiles" in checked.err
    assert "composevariant migrate fast`" not in checked.err
    assert f"{FAST} outdated" in folder.run("status").out
    folder.run("dockerfile")
    folder.run("migrate")
    assert folder.run("migrate", "--check").code == 0


@pytest.mark.parametrize("text", ["FROM mine\n", "edited"])
def test_a_file_of_somebody_else_is_taken_as_it_is(folder: ProjectFolder, text: str) -> None:
    folder.run("migrate")
    theirs = text if text != "edited" else folder.read(FAST) + "# mine\n"
    folder.write(FAST, theirs)

    ran = folder.run("migrate")

    assert (ran.code, folder.read(FAST)) == (0, theirs)
    assert "dockerfile: ./Dockerfile.fast" in folder.read(VARIANT)


def test_an_edited_one_whose_source_moves_on_is_told(folder: ProjectFolder) -> None:
    folder.run("migrate")
    folder.write(FAST, folder.read(FAST) + "# mine\n")
    folder.write("app/Dockerfile", STANDARD + "USER node\n")

    assert f"{FAST} was generated from an earlier Dockerfile and edited since" in folder.run("migrate").err


def test_where_nothing_can_be_done_the_standard_file_stays(folder: ProjectFolder) -> None:
    folder.write("app/Dockerfile", "FROM corp/node\nRUN npm ci\n")

    ran = folder.run("migrate")

    assert ran.code == 0
    assert "keeps Dockerfile: cache mounts: npm: the step is run by the user of the base image" in ran.err
    assert FAST not in folder.names()


def test_a_dockerfile_that_cannot_be_read_is_an_error_of_its_service(folder: ProjectFolder) -> None:
    folder.write("app/Dockerfile", "RUN a\n")

    ran = folder.run("migrate")

    assert ran.code == 2
    assert "app/Dockerfile:1:1: services.app.build cannot get a fast Dockerfile: has no FROM" in ran.err


def test_its_ignore_file_comes_along_and_follows(folder: ProjectFolder) -> None:
    folder.write("app/Dockerfile.dockerignore", "x\n")
    folder.run("migrate")
    assert folder.body(f"{FAST}.dockerignore") == "x\n"
    folder.write("app/Dockerfile.dockerignore", "y\n")

    assert folder.run("migrate").code == 0

    assert folder.body(f"{FAST}.dockerignore") == "y\n"


def test_the_target_of_a_service_is_a_stage_of_what_is_generated(folder: ProjectFolder) -> None:
    folder.write("docker-compose.yml", BASE.replace("dockerfile: ./Dockerfile}", "target: no}"))

    ran = folder.run("migrate")

    assert ran.code == 2
    assert f'services.job.build.target names "no", which is not a stage of {FAST}' in ran.err
