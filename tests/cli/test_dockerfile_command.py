from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = "name: shop\nservices:\n  app:\n    build: app\n  db:\n    image: postgres\n"
STANDARD = "FROM node:20\nCOPY . .\nRUN npm ci\n"
MOUNTED = STANDARD.replace("npm ci", "--mount=type=cache,id=shop-npm,target=/root/.npm npm ci --prefer-offline")


def test_writes_the_fast_file_and_its_ignore_file_and_again_the_same(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": STANDARD, "app/Dockerfile.dockerignore": "x\n"})

    ran = folder.run("dockerfile")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "app: app/Dockerfile:3:1: cache mounts: done for npm\n"
        "app: app/Dockerfile:3:1: manifests first: refused: npm: there is no package.json\n"
        "wrote app/Dockerfile.fast\n"
        "wrote app/Dockerfile.fast.dockerignore\n"
    )
    assert folder.body("app/Dockerfile.fast") == MOUNTED
    assert folder.body("app/Dockerfile.fast.dockerignore") == "x\n"
    assert folder.read("app/Dockerfile") == STANDARD
    before = folder.read("app/Dockerfile.fast")
    assert folder.run("dockerfile", "app").code == 0
    assert folder.read("app/Dockerfile.fast") == before


def test_a_dry_run_shows_the_diff_and_writes_nothing(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": STANDARD})

    ran = folder.run("dockerfile", "--dry-run")

    assert ran.code == 0
    assert "-RUN npm ci\n+RUN --mount=type=cache,id=shop-npm,target=/root/.npm npm ci --prefer-offline\n" in ran.out
    assert folder.names() == {"compose.yaml", "app/Dockerfile"}


def test_the_report_as_json(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": f"{STANDARD}USER x\nRUN npm ci\n"})

    ran = folder.run("dockerfile", "--format", "json")

    schema = Path(__file__).parents[2] / "schemas" / "dockerfile.schema.json"
    jsonschema.validate(json.loads(ran.out), json.loads(schema.read_text()))
    (row,) = json.loads(ran.out)
    assert (row["service"], row["dockerfile"], row["written"]) == ("app", "app/Dockerfile", "app/Dockerfile.fast")
    assert row["done"] == [{"rung": "cache mounts", "ecosystem": "npm", "location": "app/Dockerfile:3:1"}]
    reason = "npm: the step is run by USER x and a new mount belongs to root"
    [refused] = [each for each in row["refused"] if each["rung"] == "cache mounts"]
    assert refused == {"rung": "cache mounts", "reason": reason, "location": "app/Dockerfile:5:1"}


def test_nothing_that_could_be_done_is_code_3(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": "FROM scratch\n"})

    assert folder.run("dockerfile").code == 3
    assert "app/Dockerfile.fast" not in folder.names()


def test_a_file_of_somebody_else_stays(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": STANDARD, "app/Dockerfile.fast": "FROM mine\n"})

    ran = folder.run("dockerfile")

    assert ran.code == 3
    assert "app/Dockerfile.fast was written or edited by somebody else" in ran.err
    assert folder.read("app/Dockerfile.fast") == "FROM mine\n"


def test_all_files_of_somebody_else_are_told_at_once(project: Callable[..., ProjectFolder]) -> None:
    base = BASE + "  web:\n    build: web\n"
    both = {
        f"{folder}/Dockerfile{end}": text
        for folder in ("app", "web")
        for end, text in (("", STANDARD), (".fast", "FROM x\n"))
    }
    folder = project(**{"compose.yaml": base, **both})

    ran = folder.run("dockerfile")

    assert ran.code == 3
    assert "app/Dockerfile.fast was written or edited" in ran.err
    assert "web/Dockerfile.fast was written or edited" in ran.err


def test_an_ignore_file_that_was_copied_by_hand_is_taken_for_ours(project: Callable[..., ProjectFolder]) -> None:
    copied = {"app/Dockerfile.dockerignore": "x\n", "app/Dockerfile.fast.dockerignore": "x\n"}
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": STANDARD, **copied})

    assert folder.run("dockerfile").code == 0

    assert folder.read("app/Dockerfile.fast.dockerignore") != "x\n"
    assert folder.body("app/Dockerfile.fast.dockerignore") == "x\n"


def test_services_that_share_a_dockerfile_give_one_file_whichever_is_asked_for(
    project: Callable[..., ProjectFolder],
) -> None:
    base = BASE + "  worker:\n    build: {context: app, target: work}\n"
    text = STANDARD.replace("FROM node:20", "FROM node:20 AS work")
    folder = project(**{"compose.yaml": base, "app/Dockerfile": text})

    assert folder.run("dockerfile", "app").code == 0
    first = folder.read("app/Dockerfile.fast")
    assert folder.run("dockerfile", "worker").code == 0

    assert folder.read("app/Dockerfile.fast") == first
    assert "#   composevariant dockerfile app worker\n" in first


def test_what_cannot_be_worked_with_is_code_2(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE})

    assert "which does not exist" in folder.run("dockerfile").err
    assert 'ap is not a service (did you mean "app"?)' in folder.run("dockerfile", "ap").err
    assert folder.run("dockerfile", "db").code == 2


def test_a_generated_file_is_no_source(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": STANDARD})
    folder.run("dockerfile")
    folder.write("app/Dockerfile", folder.read("app/Dockerfile.fast"))

    ran = folder.run("dockerfile")

    assert ran.code == 2
    assert "cannot be a source" in ran.err
