"""`explain`: where a setting comes from, and what became of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from composevariant.disk.packaged import read_packaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = """\
services:
  app:
    image: shop:1
    environment:
      LOG: info
      DB_PASSWORD: hunter2
    volumes:
      - beat:/var/log/filebeat
      - data:/data
  db:
    image: postgres
volumes: {beat: , data: }
"""
PROJECT = """\
variants:
  fast:
    strip: [filebeat]
    compose:
      services: {app: {environment: {LOG: debug}}}
    replace:
      services.app.image: shop:2
  slim:
    extends: [fast]
    remove: [services.db]
"""


@pytest.fixture
def shop(project: Make) -> ProjectFolder:
    return project(**{"docker-compose.yml": BASE, "composevariant.yml": PROJECT})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            ("services.app.image",),
            """\
services.app.image
  base     shop:1  (docker-compose.yml:3:12)
  replace  shop:2  (composevariant.yml:7:27)
  fast     shop:2
""",
            id="a value that was replaced",
        ),
        pytest.param(
            ("services.app.environment.LOG",),
            """\
services.app.environment.LOG
  base     info  (docker-compose.yml:5:12)
  compose  debug  (composevariant.yml:5:43)
  fast     debug
""",
            id="a value that was merged is where the overlay has it",
        ),
        pytest.param(
            ("services.app.volumes[/var/log/filebeat]",),
            """\
services.app.volumes[/var/log/filebeat]
  base   beat:/var/log/filebeat  (docker-compose.yml:8:9)
  strip  removed  (composevariant.yml:3:13)
           mount beat:/var/log/filebeat removed
  fast   not there
""",
            id="an item that was removed, and why",
        ),
        pytest.param(
            ("services.app.volumes",),
            """\
services.app.volumes
  base   [beat:/var/log/filebeat, data:/data]  (docker-compose.yml:8:7)
  strip  mount beat:/var/log/filebeat removed  (composevariant.yml:3:13)
  fast   [data:/data]
""",
            id="a list, in words",
        ),
        pytest.param(
            ("services.db", "slim"),
            """\
services.db
  base    {image: postgres}  (docker-compose.yml:11:5)
  remove  removed  (composevariant.yml:10:14)
            db removed
  slim    not there
""",
            id="a removed service of a variant that is named",
        ),
        pytest.param(
            ("services.app.environment.DB_PASSWORD",),
            """\
services.app.environment.DB_PASSWORD
  base  hunter2  (docker-compose.yml:6:20)
  fast  as in the base
""",
            id="nothing touched it",
        ),
    ],
)
def test_the_story_of_a_setting(shop: ProjectFolder, words: tuple[str, ...], told: str) -> None:
    ran = shop.run("explain", *words)

    assert (ran.code, ran.out, ran.err) == (0, told, "")


def test_a_glob_tells_of_every_setting_that_it_names(shop: ProjectFolder) -> None:
    told = shop.run("explain", "services.*.image").out

    assert [line for line in told.splitlines() if not line.startswith(" ")] == [
        "services.app.image",
        "",
        "services.db.image",
    ]


def test_a_path_that_names_nothing_suggests(shop: ProjectFolder) -> None:
    ran = shop.run("explain", "services.ap.image")

    assert ran.code == 2
    assert (
        'no such setting in the base or in fast: services.ap.image: services has no "ap" (did you mean "app"?)'
        in ran.err
    )


def test_a_path_that_is_none(shop: ProjectFolder) -> None:
    assert shop.run("explain", "services..x").code == 2


def test_json_fits_its_schema_and_masks_secrets(shop: ProjectFolder) -> None:
    report = json.loads(shop.run("explain", "services.app.environment", "--format", "json").out)

    Draft202012Validator(json.loads(read_packaged("schemas/report.schema.json").text)).validate(report)
    (setting,) = report["settings"]
    assert setting["base"]["value"] == "{LOG: info, DB_PASSWORD: ***}"
    assert [event["operation"] for event in setting["events"]] == ["compose"]
    assert setting["events"][0]["details"] == ["environment LOG info -> debug"]
    shown = shop.run("explain", "services.app.environment", "--format", "json", "--show-secrets").out
    assert "hunter2" in shown
