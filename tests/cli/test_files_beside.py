"""The files that a variant brings along: written, checked and shown together with it, and never over another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = "services:\n  app:\n    image: shop/app\n"
PROJECT = "variants: {prod: {add: [{sidecar: filebeat, output: console}]}}\n"
CONFIG = "filebeat/filebeat.yml"


@pytest.fixture
def folder(project: Callable[..., ProjectFolder]) -> ProjectFolder:
    return project(**{"docker-compose.yml": BASE, "composevariant.yml": PROJECT})


def test_it_is_written_with_the_variant(folder: ProjectFolder) -> None:
    ran = folder.run("migrate")

    assert ran.code == 0
    assert folder.read(CONFIG).startswith("# Made by composevariant from docker-compose.yml")
    assert "output.console:\n  pretty: true\n" in folder.read(CONFIG)
    assert f"note: {CONFIG} written" in ran.err


def test_a_second_run_finds_it_up_to_date(folder: ProjectFolder) -> None:
    folder.run("migrate")

    assert folder.run("migrate", "--check").out == f"docker-compose.prod.yml: up to date\n{CONFIG}: up to date\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [pytest.param(None, "missing", id="gone"), pytest.param("own: true\n", "not ours", id="somebody else's")],
)
def test_check_sees_it(folder: ProjectFolder, text: str | None, state: str) -> None:
    folder.run("migrate")
    (folder.path / CONFIG).unlink()
    if text:
        folder.write(CONFIG, text)

    ran = folder.run("migrate", "--check")

    assert (ran.code, ran.out) == (1, f"docker-compose.prod.yml: up to date\n{CONFIG}: {state}\n")


def test_a_foreign_file_is_never_overwritten_and_nothing_else_is_written(folder: ProjectFolder) -> None:
    folder.write(CONFIG, "own: true\n")

    ran = folder.run("migrate")

    assert ran.code == 3
    assert f"{CONFIG} was not made by composevariant" in ran.err
    assert folder.read(CONFIG) == "own: true\n"
    assert "docker-compose.prod.yml" not in folder.names()


def test_force_keeps_a_copy_of_what_was_there(folder: ProjectFolder) -> None:
    folder.write(CONFIG, "own: true\n")

    ran = folder.run("migrate", "--force")

    assert ran.code == 0
    assert folder.read(f"{CONFIG}.orig") == "own: true\n"
    assert folder.read(CONFIG).startswith("# Made by composevariant")


def test_an_edited_file_is_protected_and_an_outdated_one_is_not(folder: ProjectFolder) -> None:
    folder.run("migrate")
    folder.write("composevariant.yml", PROJECT.replace("output: console", "output: {console: {pretty: false}}"))
    assert folder.run("migrate").code == 0
    assert "pretty: false" in folder.read(CONFIG)

    folder.write(CONFIG, folder.read(CONFIG) + "logging.level: debug\n")

    assert folder.run("migrate").code == 3


def test_a_dry_run_shows_it_and_writes_nothing(folder: ProjectFolder) -> None:
    ran = folder.run("migrate", "--dry-run")

    assert "+output.console:\n" in ran.out
    assert CONFIG not in folder.names()


def test_output_to_stdout_says_that_it_is_not_written(folder: ProjectFolder) -> None:
    ran = folder.run("migrate", "-o", "-")

    assert f"note: {CONFIG} belongs to it and is not written with --output -" in ran.err
    assert CONFIG not in folder.names()


def test_a_sidecar_that_a_later_layer_strips_brings_no_file(folder: ProjectFolder) -> None:
    folder.write("composevariant.yml", PROJECT + "  \n".replace("  ", ""))
    folder.write("strip.yml", "strip: [filebeat]\n")

    ran = folder.run("migrate", "prod", "--overlay", "strip.yml")

    assert ran.code == 0
    assert CONFIG not in folder.names()
    assert folder.body("docker-compose.prod.yml") == BASE


def test_two_variants_with_two_configurations_for_one_file_are_refused(folder: ProjectFolder) -> None:
    two = "variants:\n  a: {add: [{sidecar: filebeat, output: console}]}\n  b: {add: [filebeat]}\n"
    folder.write("composevariant.yml", two)

    ran = folder.run("migrate", "--all")

    assert ran.code == 2
    assert f"b and a would write different configurations to {CONFIG}" in ran.err


def test_in_two_calls_they_are_refused_as_well(folder: ProjectFolder) -> None:
    two = "variants:\n  a: {add: [{sidecar: filebeat, output: console}]}\n  b: {add: [filebeat]}\n  c: {strip: [elk]}\n"
    folder.write("composevariant.yml", two)

    ran = folder.run("migrate", "b")

    assert ran.code == 2
    assert f"b and a would write different configurations to {CONFIG}" in ran.err
    assert folder.run("migrate", "c").code == 0


def test_a_preset_of_the_folder(folder: ProjectFolder) -> None:
    preset = "match: {images: [acme/agent]}\nservice: {image: 'acme/agent:1'}\n"
    folder.write(".composevariant/sidecars/acme.yml", preset)
    folder.write("composevariant.yml", "variants: {prod: {add: [acme]}, back: {strip: [acme]}}\n")

    assert folder.run("migrate", "prod").code == 0
    assert "image: acme/agent:1" in folder.body("docker-compose.prod.yml")
    assert folder.run("-C", ".", "migrate", "back").code == 0
    assert folder.body("docker-compose.back.yml") == BASE


def test_a_preset_that_is_wrong_is_said_with_its_place(folder: ProjectFolder) -> None:
    folder.write(".composevariant/sidecars/acme.yml", "title: Acme\n")
    folder.write("composevariant.yml", "variants: {prod: {add: [acme]}}\n")

    ran = folder.run("migrate")

    assert (ran.code, ran.err.splitlines()[-1].partition(": ")[2]) == (
        2,
        '.composevariant/sidecars/acme.yml:1:1: the file needs the key "match"',
    )


def test_list_and_status_see_it(folder: ProjectFolder) -> None:
    folder.run("migrate")
    assert folder.run("status").code == 0

    (folder.path / CONFIG).unlink()

    assert f"{CONFIG} missing" in folder.run("list").out
    assert folder.run("status").code == 1


def test_a_comment_in_the_overlay_changes_nothing(folder: ProjectFolder) -> None:
    add = "add: [{sidecar: filebeat, for: app, logs: {app: /logs}, output: console}]"
    folder.write("composevariant.yml", f"variants:\n  prod:\n    {add}\n")
    folder.run("migrate")

    folder.write("composevariant.yml", "# A comment.\n" + folder.read("composevariant.yml"))

    assert folder.run("migrate", "--check").code == 0
