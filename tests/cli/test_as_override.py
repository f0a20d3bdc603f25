"""`migrate --as override`, and variants that are declared so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = "services:\n  app:\n    image: shop:1\n    ports: ['80:80']\n  db:\n    image: postgres\n"
PROJECT = """\
variants:
  fast:
    replace: {services.app.image: shop:2}
  small:
    as: override
    remove: [services.db]
"""


@pytest.fixture
def shop(project: Make) -> ProjectFolder:
    return project(**{"docker-compose.yml": BASE, "composevariant.yml": PROJECT})


def test_an_override_has_a_name_and_a_header_of_its_own(shop: ProjectFolder) -> None:
    ran = shop.run("migrate", "fast", "--as", "override")

    assert ran.code == 0
    assert shop.body("docker-compose.fast.override.yml") == "services:\n  app:\n    image: shop:2\n"
    assert "#   composevariant migrate fast --as override\n" in shop.read("docker-compose.fast.override.yml")
    assert "docker compose -f docker-compose.yml -f docker-compose.fast.override.yml up -d" in ran.err
    assert "docker-compose.fast.yml" not in shop.names()


def test_a_variant_declared_as_override_is_checked_as_one(shop: ProjectFolder) -> None:
    shop.run("migrate", "--all")

    assert shop.run("migrate", "--all", "--check").out == (
        "docker-compose.fast.yml: up to date\ndocker-compose.small.override.yml: up to date\n"
    )
    assert "docker-compose.small.override.yml  up to date" in shop.run("list").out
    assert shop.body("docker-compose.small.override.yml") == "services:\n  db: !reset null\n"


def test_the_full_file_of_a_variant_declared_as_override(shop: ProjectFolder) -> None:
    shop.run("migrate", "small", "--as", "full")

    assert shop.body("docker-compose.small.yml") == BASE[: BASE.index("  db:")]


def test_a_dry_run_shows_the_override_as_a_new_file(shop: ProjectFolder) -> None:
    out = shop.run("migrate", "small", "--dry-run").out

    assert out == (
        "--- /dev/null\n+++ docker-compose.small.override.yml\n@@ -0,0 +1,2 @@\n+services:\n+  db: !reset null\n"
    )
    assert shop.run("migrate", "small", "--dry-run", "--diff", "semantic").out.startswith("db: removed")


def test_an_override_on_stdout(shop: ProjectFolder) -> None:
    assert shop.run("migrate", "small", "-o", "-").out == "services:\n  db: !reset null\n"


def test_what_an_override_cannot_say_offers_the_full_file(shop: ProjectFolder) -> None:
    shop.write("docker-compose.yml", "include: [more.yml]\n" + BASE)
    shop.write("more.yml", "services: {}\n")
    shop.write("composevariant.yml", "variants: {fast: {as: override, remove: [include]}}\n")

    ran = shop.run("migrate")

    assert ran.code == 2
    assert "an override cannot express the change of include" in ran.err
    assert "--as full" in ran.err


def test_switch_env_and_run_name_the_base_and_the_override(shop: ProjectFolder) -> None:
    shop.run("switch", "small")

    assert "COMPOSE_FILE=docker-compose.yml:docker-compose.small.override.yml\n" in shop.read(".env")
    assert shop.run("status").out.splitlines()[-1] == "active: small, set by .env:2"
    assert "docker-compose.yml:" in shop.run("env", "small").out


def test_an_unknown_form(shop: ProjectFolder) -> None:
    assert shop.run("migrate", "fast", "--as", "overide").code == 2
    shop.write("composevariant.yml", "variants: {fast: {as: both}}\n")
    assert shop.run("migrate").code == 2


@pytest.mark.oracle
@pytest.mark.parametrize("sample", ["reconciliation", "sidecar"])
def test_docker_compose_reads_the_same_for_every_variant_of_the_samples(
    sample: str, project: Make, tmp_path: Path
) -> None:
    folder = project()
    shutil.copytree(Path(__file__).parents[2] / "samples" / sample, tmp_path, dirs_exist_ok=True)
    assert folder.run("migrate", "--all").code == 0
    assert folder.run("migrate", "--all", "--as", "override").code == 0

    def config(*files: str) -> str:
        words = [word for file in files for word in ("-f", file)]
        command = ["docker", "compose", *words, "config", "--format", "json"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    overrides = sorted(name for name in folder.names() if name.endswith(".override.yml") and "/" not in name)
    assert len(overrides) > 1
    for override in overrides:
        full = override.replace(".override", "")
        assert config("docker-compose.yml", override) == config(full)
