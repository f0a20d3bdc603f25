"""Which services `bench` builds, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.commands.bench import BenchOptions
from composevariant.commands.bench_jobs import plan_jobs
from composevariant.errors import UnusableInput
from composevariant.variants.open_project import OpenProject, load_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.bench.job import Job
    from tests.cli.conftest import ProjectFolder

pytestmark = pytest.mark.oracle

STANDARD = "FROM node:20-bookworm-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
BASE = """\
services:
  app:
    build:
      context: app
      args: {LEVEL: "${LEVEL:-debug}"}
  db:
    build: db
"""
PROJECT = "variants: {fast: {dockerfiles: {services: app, suffix: .fast, missing: MISSING}}}\n"
FILES = {
    "app/Dockerfile": STANDARD,
    "app/.dockerignore": "node_modules\n",
    "app/package.json": '{"name": "app", "version": "1.0.0"}',
    "app/package-lock.json": '{"name": "app", "lockfileVersion": 3, "packages": {}}',
    "db/Dockerfile": "FROM busybox\nCOPY . .\n",
}


def jobs(
    folder: ProjectFolder, *services: str, edits: tuple[str, ...] = ("app=a.js", "b.js")
) -> tuple[list[Job], list[str]]:
    wanted = BenchOptions(None, services, (), (), edits, (), "text", None, (), (), None)
    return plan_jobs(OpenProject(str(folder.path), (), load_rules(None)), wanted)[1:]


def test_a_dockerfile_that_the_variant_would_write_counts_as_written(project: Callable[..., ProjectFolder]) -> None:
    folder = project(
        **{
            "compose.yaml": BASE,
            "composevariant.yml": PROJECT.replace("MISSING", "generate"),
            **FILES,
            ".env": "LEVEL=info",
        }
    )

    (job,), notes = jobs(folder)

    assert job.service == "app"
    assert job.sides["base"].source.text == STANDARD
    assert "--mount=type=cache" in job.sides["variant"].source.text
    assert job.sides["base"].build.options == ("--build-arg", "LEVEL=info")
    assert job.sides["variant"].context_ignore == "node_modules\n"
    assert job.edit == "a.js"
    assert notes == ["db is built the same way in both, and was not measured"]


def test_a_service_that_is_named_counts_also_where_nothing_differs(project: Callable[..., ProjectFolder]) -> None:
    fast = STANDARD.replace("npm ci", "npm ci --prefer-offline")
    folder = project(
        **{
            "compose.yaml": BASE,
            "composevariant.yml": PROJECT.replace("MISSING", "error"),
            "app/Dockerfile.fast": fast,
            **FILES,
        }
    )

    (app,), _ = jobs(folder)
    (db,), _ = jobs(folder, "db")

    assert app.sides["variant"].source.text == fast
    assert (db.service, db.is_same, db.edit) == ("db", True, "b.js")


def test_a_service_that_cannot_be_built_stands_in_the_way_until_others_are_named(
    project: Callable[..., ProjectFolder],
) -> None:
    folder = project(
        **{
            "compose.yaml": f"{BASE}  far:\n    build: https://example.com/x.git\n",
            "composevariant.yml": PROJECT.replace("MISSING", "generate"),
            **FILES,
        }
    )

    with pytest.raises(UnusableInput, match="far is built from") as told:
        jobs(folder)
    named, _ = jobs(folder, "app", "db")

    assert "name services whose context is a folder with --service" in str(told.value)
    assert [job.service for job in named] == ["app", "db"]


@pytest.fixture
def two(project: Callable[..., ProjectFolder]) -> ProjectFolder:
    """A project of which two services are built in both."""
    return project(
        **{"compose.yaml": BASE, "composevariant.yml": PROJECT.replace("MISSING", "generate"), **FILES},
    )


@pytest.mark.parametrize(
    ("edits", "edited"),
    [
        pytest.param((), ["", ""], id="no file: one is chosen"),
        pytest.param(("a.js",), ["a.js", "a.js"], id="a file for all"),
        pytest.param(("db=a.js",), ["", "a.js"], id="a file for one"),
        pytest.param(("b.js", "db=a.js"), ["b.js", "a.js"], id="that of a service before that for all"),
        pytest.param(("db=a=b.js",), ["", "a=b.js"], id="a file with a = in its name"),
        pytest.param(("=a=b.js",), ["a=b.js", "a=b.js"], id="such a file for all"),
    ],
)
def test_the_file_that_is_edited(two: ProjectFolder, edits: tuple[str, ...], edited: list[str]) -> None:
    assert [job.edit for job in jobs(two, "app", "db", edits=edits)[0]] == edited


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        pytest.param(
            "ap=a.js",
            '--edit names the service ap, which is not built in both (did you mean "app"?)',
            id="a service that is mistyped",
        ),
        pytest.param(
            "src/a=b.js",
            "--edit names the service src/a, which is not built in both",
            id="a file with a = in its name, which looks like a service",
        ),
    ],
)
def test_a_file_for_an_unknown_service_is_told_and_no_other_one_edited(
    two: ProjectFolder, edit: str, message: str
) -> None:
    with pytest.raises(UnusableInput) as told:
        jobs(two, edits=("b.js", edit))

    assert told.value.message == message
    assert "SERVICE=FILE" in told.value.hint
