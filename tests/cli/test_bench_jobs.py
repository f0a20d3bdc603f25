"""Which services `bench` builds, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.cli.bench_jobs import jobs_of
from composevariant.cli.benching import Wanted
from composevariant.errors import UnusableInput
from composevariant.workshop import Workshop, load_rules

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


def jobs(folder: ProjectFolder, *services: str) -> tuple[list[Job], list[str]]:
    wanted = Wanted(None, services, (), (), ("app=a.js", "b.js"), (), "text", None, (), (), None)
    return jobs_of(Workshop(str(folder.path), (), load_rules(None)), wanted)[1:]


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
    assert job.halves["base"].source.text == STANDARD
    assert "--mount=type=cache" in job.halves["variant"].source.text
    assert job.halves["base"].build.options == ("--build-arg", "LEVEL=info")
    assert job.halves["variant"].context_ignore == "node_modules\n"
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

    assert app.halves["variant"].source.text == fast
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
