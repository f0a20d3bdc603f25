"""A base of several files, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = "services:\n  app:\n    image: app # ours\n    ports: ['80:80']\n"
PROD = "services:\n  app:\n    restart: always\n    ports: ['443:443']\n"
PROJECT_FILE = "base: [compose.yml, prod.yml]\nvariants: {plain: {}, quiet: {remove: [services.app.ports]}}\n"
FILES = {"compose.yml": BASE, "prod.yml": PROD, "composevariant.yml": PROJECT_FILE}
MERGED = """\
services:
  app:
    image: app # ours
    ports: ['80:80', '443:443']
    restart: always
"""


def test_the_first_file_takes_in_what_the_others_say(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)
    ran = folder.run("migrate", "plain")

    assert ran.code == 0
    assert folder.body("compose.plain.yml") == MERGED
    assert folder.read("compose.plain.yml").startswith(
        "# Made by composevariant from compose.yml and prod.yml, variant plain. Edit those"
    )


def test_every_file_counts_for_what_is_up_to_date(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)
    folder.run("migrate", "plain")
    assert folder.run("migrate", "plain", "--check").code == 0

    folder.write("prod.yml", PROD.replace("always", "on-failure"))

    assert folder.run("migrate", "plain", "--check").out == "compose.plain.yml: base changed\n"


def test_a_dry_run_starts_from_the_merged_files(project: Callable[..., ProjectFolder]) -> None:
    assert project(**FILES).run("migrate", "quiet", "--dry-run").out == (
        "--- compose.yml+prod.yml\n"
        "+++ compose.quiet.yml\n"
        "@@ -1,5 +1,4 @@ services.app\n"
        " services:\n"
        "   app:\n"
        "     image: app # ours\n"
        "-    ports: ['80:80', '443:443']\n"
        "     restart: always\n"
    )


def test_the_command_in_the_header_names_all_files(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)
    folder.run("migrate", "plain", "-f", "prod.yml", "-f", "compose.yml")

    assert "#   composevariant migrate -f prod.yml -f compose.yml plain\n" in folder.read("prod.plain.yml")


def test_a_problem_is_located_in_the_file_to_blame(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)
    folder.write("prod.yml", "services:\n  app: {depends_on: [gone]}\n")

    ran = folder.run("validate")

    assert ran.code == 1
    assert ran.out.startswith("prod.yml:2:22: ")


def test_a_base_that_we_made_is_refused_wherever_it_stands(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)
    folder.run("migrate", "--all")

    ran = folder.run("migrate", "plain", "-f", "compose.yml", "-f", "compose.quiet.yml")

    assert ran.code == 2
    assert "compose.quiet.yml was made by composevariant and cannot be a base" in ran.err


def test_list_and_init_know_all_files(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**FILES)

    assert folder.run("list").out.startswith("base   compose.yml+prod.yml\n")
    assert "base: [compose.yml, prod.yml]\n" in folder.run("init", "--print", "-f", "compose.yml", "-f", "prod.yml").out
