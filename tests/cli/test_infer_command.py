"""`infer`: existing copies become overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = """\
services:
  app: # the shop
    image: shop:1
    volumes: [beat:/var/log/filebeat]
  db:
    image: postgres
volumes: {beat: }
"""
FAST = "services:\n  app:\n    image: shop:1\n  db:\n    image: postgres\n"
SMALL = "services:\n  app:\n    image: shop:1\n"


@pytest.fixture
def shop(project: Make) -> ProjectFolder:
    return project(**{"docker-compose.yml": BASE, "docker-compose.fast.yml": FAST, "docker-compose.small.yml": SMALL})


def test_one_overlay_goes_to_stdout(shop: ProjectFolder) -> None:
    ran = shop.run("infer", "docker-compose.yml", "docker-compose.fast.yml")

    assert (ran.code, ran.out) == (0, "strip: [filebeat]\n")
    assert "the overlay reproduces the file, verified setting by setting" in ran.err
    assert "comments, order and notation follow the base" in ran.err


def test_the_overlay_written_to_a_file_migrates_to_the_same(shop: ProjectFolder) -> None:
    assert shop.run("infer", "docker-compose.yml", "docker-compose.fast.yml", "-o", "overlays/quick.yml").code == 0

    shop.run("migrate", "--overlay", "overlays/quick.yml")

    assert shop.body("docker-compose.quick.yml") == FAST.replace("app:", "app: # the shop")
    assert shop.run("diff", "docker-compose.quick.yml", "docker-compose.fast.yml", "--diff", "semantic").out.startswith(
        "No difference in meaning"
    )


def test_several_variants_share_what_they_have_in_common(shop: ProjectFolder) -> None:
    ran = shop.run(
        "infer", "docker-compose.yml", "docker-compose.fast.yml", "docker-compose.small.yml", "-o", "overlays"
    )

    assert ran.code == 0
    assert shop.read("overlays/shared.yml") == "strip: [filebeat]\n"
    assert shop.read("overlays/small.yml") == "remove:\n  - services.db\n"
    assert "overlays/fast.yml" not in shop.names()
    assert ran.out == (
        "base: docker-compose.yml\nvariants:\n"
        "  fast:\n    overlays: [overlays/shared.yml]\n    output: docker-compose.fast.yml\n"
        "  small:\n    overlays: [overlays/shared.yml, overlays/small.yml]\n    output: docker-compose.small.yml\n"
    )
    shop.write("composevariant.yml", ran.out)
    assert shop.run("migrate", "--all", "--force").code == 0
    assert shop.body("docker-compose.small.yml") == SMALL.replace("app:", "app: # the shop")


def test_an_override_file_counts_as_merged(shop: ProjectFolder) -> None:
    shop.write("docker-compose.override.yml", "services:\n  db:\n    ports: ['5432:5432']\n")

    ran = shop.run("infer", "docker-compose.yml", "docker-compose.override.yml")

    assert ran.out == "compose:\n  services:\n    db:\n      ports: ['5432:5432']\n"
    assert "is treated as an override of it" in ran.err


def test_a_base_of_several_files(shop: ProjectFolder) -> None:
    shop.write("more.yml", "services:\n  db:\n    restart: always\n")

    ran = shop.run("infer", "docker-compose.yml", "-f", "more.yml", "docker-compose.small.yml")

    assert (ran.code, ran.out) == (0, "strip: [filebeat]\nremove:\n  - services.db\n")


def test_a_generated_file_counts_without_its_header(shop: ProjectFolder) -> None:
    shop.write("composevariant.yml", "variants: {x: {replace: {services.db.image: mysql}}}\n")
    shop.run("migrate", "x")

    assert shop.run("infer", "docker-compose.yml", "docker-compose.x.yml").out == (
        "replace:\n  services.db.image: mysql\n"
    )


def test_files_that_are_there_are_not_overwritten(shop: ProjectFolder) -> None:
    shop.write("fast.yml", "mine")

    ran = shop.run("infer", "docker-compose.yml", "docker-compose.fast.yml", "-o", "fast.yml")

    assert (ran.code, shop.read("fast.yml")) == (3, "mine")
    assert shop.run("infer", "docker-compose.yml", "docker-compose.fast.yml", "-o", "fast.yml", "--force").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("docker-compose.yml", "gone.yml"), "gone.yml does not exist", id="a file that is not there"),
        pytest.param(("docker-compose.yml", "list.yml"), "list.yml has no services", id="no Compose file"),
        pytest.param(
            ("docker-compose.yml", "docker-compose.fast.yml", "docker-compose.small.yml"),
            "several variants need a folder for their overlays",
            id="several variants and no folder",
        ),
    ],
)
def test_what_infer_cannot_work_with(shop: ProjectFolder, words: tuple[str, ...], message: str) -> None:
    shop.write("list.yml", "[a]\n")

    ran = shop.run("infer", *words)

    assert ran.code == 2
    assert message in ran.err
