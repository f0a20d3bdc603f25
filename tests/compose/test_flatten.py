"""`--flatten`: one file means what the project of several files does, by the real Compose."""

from __future__ import annotations

import json
import subprocess
from random import Random
from typing import TYPE_CHECKING

import pytest

from composevariant.cli import run_cli
from composevariant.compose.files.compose_files import ComposeFiles
from composevariant.disk.project_files import ProjectFiles
from composevariant.disk.recorded_files import RecordedFiles
from composevariant.errors import ComposeVariantError
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from composevariant.variants.base_model import read_flat_model
from composevariant.yamltext.parser import parse
from tests.compose.compose_oracle import without_empty
from tests.compose.project_cases import CASES, SEVERAL, files_of
from tests.compose.random_projects import project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compose.compose_oracle import JSON

BASE = "docker-compose.yml"
RULES = Rules(installed_schema())


def written(folder: Path, case: str) -> ProjectFiles:
    for name, text in files_of(case).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return ProjectFiles(str(folder))


def flat_text(files: ProjectFiles) -> str | None:
    source = files.read(BASE)
    assert source is not None
    try:
        return read_flat_model([source], ComposeFiles(RecordedFiles(files, ""))).text
    except ComposeVariantError as error:
        assert error.exit_code == 2  # noqa: PT017 - 4 would be a bug
        return None


def config(folder: Path, name: str, *options: str) -> JSON:
    """What Compose makes of a file, or None when it refuses it."""
    command = ["docker", "compose", "-p", "x", *options, "-f", name, "--profile", "*", "config", "--format", "json"]
    called = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return without_empty(json.loads(called.stdout)) if called.returncode == 0 else None


def has_errors(files: ProjectFiles) -> bool:
    source = files.read(BASE)
    assert source is not None
    found = find_problems(parse(source).root, RULES, BASE, ComposeFiles(RecordedFiles(files, "")))
    return any(problem.severity == "error" for problem in found)


@pytest.mark.oracle
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_project_in_one_file_means_the_same(case: str, tmp_path: Path) -> None:
    files = written(tmp_path, case)
    wanted = config(tmp_path, BASE)
    flat = flat_text(files)
    if flat is not None:
        (tmp_path / "flat.yml").write_text(flat, encoding="utf-8")

    assert (None if flat is None else config(tmp_path, "flat.yml")) == wanted


@pytest.mark.oracle
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_validation_has_an_error_where_compose_refuses(case: str, tmp_path: Path) -> None:
    files = written(tmp_path, case)

    assert has_errors(files) == (config(tmp_path, BASE) is None)


@pytest.mark.oracle
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_variant_in_another_folder_means_the_same(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, case)
    (tmp_path / "o.yml").write_text("env: {A: b}\n", encoding="utf-8")
    (tmp_path / "out" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    wanted = config(tmp_path, BASE)
    code = run_cli(["migrate", "--overlay", "o.yml", "-o", "out/deep/o.yml"])

    assert code == 0 or wanted is None
    env = ("--env-file", ".env") if (tmp_path / ".env").exists() else ()
    assert config(tmp_path, "out/deep/o.yml", *env) == wanted


@pytest.mark.oracle
def test_the_next_step_of_a_variant_in_another_folder_is_the_same_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "My Shop"
    folder.mkdir()
    base = "services: {a: {image: 'x:${TAG}', volumes: ['./d:/d', 'v1:/v']}}\nvolumes: {v1: }\n"
    (folder / BASE).write_text(base, encoding="utf-8")
    (folder / ".env").write_text("TAG=1\n", encoding="utf-8")
    (folder / "o.yml").write_text("remove: [services.a.volumes]\n", encoding="utf-8")
    monkeypatch.chdir(folder)

    assert run_cli(["migrate", "--overlay", "o.yml", "-o", "out/o.yml"]) == 0

    step = capsys.readouterr().err.splitlines()[-1].removeprefix("next").split(" up ")[0].split()
    assert step == ["docker", "compose", "-p", "myshop", "--env-file", ".env", "-f", "out/o.yml"]
    there = json.loads(subprocess.run([*step, "config", "--format", "json"], capture_output=True, check=True).stdout)
    here = ["docker", "compose", "-f", BASE, "config", "--format", "json"]
    assert there["name"] == json.loads(subprocess.run(here, capture_output=True, check=True).stdout)["name"]
    assert there["services"]["a"]["image"] == "x:1"


@pytest.mark.oracle
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in SEVERAL.items()])
def test_several_base_files_that_name_others_in_one_file(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, case)
    (tmp_path / "o.yml").write_text("env: {A: b}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    base = ["-f", BASE, "-f", "second.yml"]
    wanted = config(tmp_path, "second.yml", "-f", BASE)

    assert run_cli(["migrate", *base, "--overlay", "o.yml", "--flatten", "-o", "flat.yml"]) == 0
    assert config(tmp_path, "flat.yml") == wanted
    if run_cli(["migrate", *base, "--overlay", "o.yml", "-o", "kept.yml"]) == 0:
        assert config(tmp_path, "kept.yml") == wanted
    else:
        assert "an earlier one includes" in next(name for name in SEVERAL if SEVERAL[name] == case)


def test_what_one_file_says_is_parsed_once_for_all_who_read_it(tmp_path: Path) -> None:
    files = written(tmp_path, "=== o.yml\nservices: {b: {image: b}}\n")
    disk = RecordedFiles(files, "")
    shared = ComposeFiles(disk)
    (document,) = shared.documents("o.yml")

    assert shared.documents("o.yml")[0] is document
    assert shared.read_through(RecordedFiles(files, "")).documents("o.yml")[0] is document
    (tmp_path / "o.yml").write_text("services: {c: {image: c}}\n", encoding="utf-8")
    assert shared.documents("o.yml")[0] is not document


def test_what_comes_of_another_file_brings_its_comments(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        """\
=== docker-compose.yml
include: [o.yml]
services:
  a: {image: a}
=== o.yml
services:
  # of the first document
  b: {image: b}  # b
---
services:
  # of the second one
  c: {image: c}  # c
""",
    )

    assert (
        flat_text(files)
        == """\
services:
  a: {image: a}
  # of the first document
  b: {image: b}  # b
  # of the second one
  c: {image: c}  # c
"""
    )


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(40))
def test_a_random_project_in_one_file_means_the_same(seed: int, tmp_path: Path) -> None:
    files = _random(tmp_path, seed)
    wanted = config(tmp_path, BASE)
    flat = flat_text(files)
    if flat is not None:
        (tmp_path / "flat.yml").write_text(flat, encoding="utf-8")

    assert (None if flat is None else config(tmp_path, "flat.yml")) == wanted
    assert has_errors(files) == (wanted is None)


def _random(folder: Path, seed: int) -> ProjectFiles:
    for name, text in project(Random(seed)).items():  # noqa: S311 - examples, no secrets
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return ProjectFiles(str(folder))
