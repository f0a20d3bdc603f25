"""`composevariant migrate` as a user calls it: files, exit codes, and what is said where."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from composevariant.variants.plan import plan_variants

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = """\
services:
  # the application
  app:
    build: .
    environment:
      - LEVEL=info
    volumes:
      - filebeat_data:/var/log/filebeat
  db:
    image: postgres:16
volumes:
  filebeat_data:
"""
FAST = """\
services:
  # the application
  app:
    build:
      context: .
      dockerfile: Dockerfile.fast
    environment:
      - LEVEL=info
  db:
    image: postgres:16
"""
DEBUG = "variants:\n  debug:\n    compose: {services: {app: {environment: {LEVEL: debug}}}}\n"


def files(**more: str | bytes) -> dict[str, str | bytes]:
    return {"docker-compose.yml": BASE, "Dockerfile": "FROM a\n", "Dockerfile.fast": "FROM a\n", **more}


def test_without_a_project_file_the_built_in_fast_variant_is_written(project: Make) -> None:
    folder = project(**files())

    ran = folder.run("migrate")

    assert ran.code == 0, ran.err
    assert folder.body("docker-compose.fast.yml") == FAST
    assert "docker compose -f docker-compose.fast.yml up -d --build --remove-orphans" in ran.err
    assert ran.out == ""


def test_the_header_names_the_source_the_command_and_digests_but_no_date(project: Make) -> None:
    folder = project(**files())

    folder.run("migrate")

    first, second, third = folder.read("docker-compose.fast.yml").split("\n")[:3]
    assert first == "# Made by composevariant from docker-compose.yml, variant fast. Edit those, not this file, and run"
    assert second == "#   composevariant migrate fast"
    assert third.startswith("# composevariant: format 1 body ")


def test_a_dry_run_prints_the_diff_without_the_header_and_writes_nothing(project: Make) -> None:
    folder = project(**files())
    before = folder.names()

    ran = folder.run("migrate", "--dry-run")

    assert ran.code == 0
    assert ran.out.startswith("--- docker-compose.yml\n+++ docker-compose.fast.yml\n@@ ")
    assert "-      - filebeat_data:/var/log/filebeat\n" in ran.out
    assert "Made by" not in ran.out
    assert folder.names() == before


def test_migrating_twice_changes_nothing_the_second_time(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    first = folder.path.joinpath("docker-compose.fast.yml").stat()

    ran = folder.run("migrate")

    assert ran.code == 0
    assert folder.path.joinpath("docker-compose.fast.yml").stat().st_mtime_ns == first.st_mtime_ns


def test_against_a_file_that_is_missing_everything_is_new(project: Make) -> None:
    folder = project(**files())

    ran = folder.run("migrate", "--dry-run", "--against", "output", "--diff", "semantic")

    assert ran.code == 0
    assert "app: added" in ran.out


def test_check_tells_up_to_date_from_missing_and_changed(project: Make) -> None:
    folder = project(**files())

    missing = folder.run("migrate", "--check")
    folder.run("migrate")
    current = folder.run("migrate", "--check")
    folder.write("docker-compose.yml", BASE.replace("postgres:16", "postgres:17"))
    changed = folder.run("migrate", "--check")

    assert (missing.code, current.code, changed.code) == (1, 0, 1)
    assert "docker-compose.fast.yml: missing" in missing.out
    assert "docker-compose.fast.yml: up to date" in current.out
    assert "docker-compose.fast.yml: base changed" in changed.out


@pytest.mark.parametrize(
    ("change", "state"),
    [
        pytest.param(
            {"composevariant.yml": DEBUG.replace("debug}", "trace}")}, "overlay changed", id="another overlay"
        ),
        pytest.param({"docker-compose.yml": BASE + "# more\n"}, "base changed", id="another base"),
    ],
)
def test_the_state_of_a_file_says_what_moved_on(project: Make, change: dict[str, str], state: str) -> None:
    folder = project(**files(**{"composevariant.yml": DEBUG}))
    folder.run("migrate")
    for name, content in change.items():
        folder.write(name, content)

    ran = folder.run("migrate", "--check")

    assert ran.code == 1
    assert f"docker-compose.debug.yml: {state}" in ran.out


def test_an_input_that_changes_nothing_in_the_body_only_renews_the_header(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    before = folder.read("docker-compose.fast.yml")
    folder.write("Dockerfile.fast", "FROM a AS other\n")

    ran = folder.run("migrate", "--check")

    assert (ran.code, ran.out) == (0, "docker-compose.fast.yml: up to date\n")
    assert folder.run("migrate").code == 0
    after = folder.read("docker-compose.fast.yml")
    assert after != before
    assert after.splitlines()[3:] == before.splitlines()[3:]


def test_a_checkout_with_other_line_ends_is_still_up_to_date(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    for name in ("docker-compose.yml", "docker-compose.fast.yml", "Dockerfile", "Dockerfile.fast"):
        folder.write(name, folder.read(name).replace("\n", "\r\n"))

    assert folder.run("migrate", "--check").code == 0


def test_a_hand_edited_file_is_refused_with_the_edit_shown(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    edited = folder.read("docker-compose.fast.yml").replace("postgres:16", "postgres:15")
    folder.write("docker-compose.fast.yml", edited)

    ran = folder.run("migrate")

    assert ran.code == 3
    assert "docker-compose.fast.yml was edited by hand and is not overwritten" in ran.err
    assert "+    image: postgres:15" in ran.err
    assert folder.read("docker-compose.fast.yml") == edited


def test_force_overwrites_a_hand_edited_file_and_keeps_it_beside(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    edited = folder.read("docker-compose.fast.yml").replace("postgres:16", "postgres:15")
    folder.write("docker-compose.fast.yml", edited)

    ran = folder.run("migrate", "--force")

    assert ran.code == 0
    assert folder.body("docker-compose.fast.yml") == FAST
    assert folder.read("docker-compose.fast.yml.orig") == edited


def test_each_edit_that_force_overwrites_is_kept_and_stays_as_private_as_it_was(project: Make) -> None:
    folder = project(**files())
    target = folder.path / "docker-compose.fast.yml"
    for edit in ("first", "second"):
        folder.run("migrate")
        target.write_text(f"\ufeff# {edit}\n")
        target.chmod(0o600)
        said = folder.run("migrate", "--force").err

    assert said.endswith("note: the previous docker-compose.fast.yml is kept as docker-compose.fast.yml.orig.2\n")
    kept = [folder.path / f"docker-compose.fast.yml.orig{number}" for number in ("", ".2")]

    assert [path.read_text() for path in kept] == ["\ufeff# first\n", "\ufeff# second\n"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600, 0o600]


def test_a_reformatted_file_is_protected_like_an_edited_one(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")
    folder.write("docker-compose.fast.yml", folder.read("docker-compose.fast.yml").replace("build:\n", "build:   \n"))

    ran = folder.run("migrate")

    assert ran.code == 3
    assert "was reformatted since composevariant wrote it" in ran.err


def test_a_dry_run_says_that_the_run_would_be_refused(project: Make) -> None:
    folder = project(**files(**{"docker-compose.fast.yml": "services: {app: {image: mine}}\n"}))

    refused, forced = folder.run("migrate", "--dry-run"), folder.run("migrate", "--dry-run", "--force")

    assert (refused.code, forced.code) == (0, 0)
    assert "warning: docker-compose.fast.yml was not generated by composevariant and is not overwritten" in refused.err
    assert "overwritten" not in forced.err


def test_a_foreign_file_is_never_overwritten_unasked(project: Make) -> None:
    folder = project(**files(**{"docker-compose.fast.yml": "services: {app: {image: mine}}\n"}))

    ran = folder.run("migrate")

    assert ran.code == 3
    assert "docker-compose.fast.yml was not generated by composevariant" in ran.err
    assert folder.read("docker-compose.fast.yml") == "services: {app: {image: mine}}\n"


def test_a_generated_file_cannot_be_a_base(project: Make) -> None:
    folder = project(**files())
    folder.run("migrate")

    ran = folder.run("migrate", "-f", "docker-compose.fast.yml")

    assert ran.code == 2
    assert "docker-compose.fast.yml was generated by composevariant and cannot be a base" in ran.err


def test_output_to_stdout_is_the_body_alone(project: Make) -> None:
    folder = project(**files())

    ran = folder.run("migrate", "-o", "-")

    assert (ran.code, ran.out) == (0, FAST)
    assert "docker-compose.fast.yml" not in folder.names()


def test_output_to_stdout_keeps_no_warning_back(project: Make) -> None:
    folder = project(**files(**{"Dockerfile.fast": "FROM a\nUSER nobody\n"}))

    ran = folder.run("migrate", "-o", "-")

    assert (ran.code, ran.out) == (0, FAST)
    assert "warning: docker-compose.yml:4:12: app: Dockerfile.fast runs as nobody" in ran.err


def test_an_overlay_file_alone_is_a_variant_of_its_name(project: Make) -> None:
    folder = project(**files(**{"loud.yml": "replace: {'services.app.environment[LEVEL]': trace}\n"}))

    ran = folder.run("migrate", "--overlay", "loud.yml")

    assert ran.code == 0, ran.err
    assert "      - LEVEL=trace\n" in folder.read("docker-compose.loud.yml")
    assert "#   composevariant migrate --overlay loud.yml" in folder.read("docker-compose.loud.yml")


def test_check_names_the_command_that_updates_the_very_file(project: Make) -> None:
    folder = project(**files(**{"more.yml": "replace: {services.db.image: postgres:17}\n"}))
    words = ("-f", "docker-compose.yml", "--overlay", "more.yml", "-o", "docker-compose.x.yml")

    ran = folder.run("migrate", "--check", *words)

    assert f"run `composevariant migrate {' '.join(words)}` to update;" in ran.err
    assert folder.run("migrate", *words).code == 0
    assert folder.run("migrate", "--check", *words).code == 0


def test_all_writes_every_variant_or_none(project: Make) -> None:
    both = DEBUG + "  broken:\n    remove: [services.nobody]\n"
    folder = project(**files(**{"composevariant.yml": both}))
    before = folder.names()

    ran = folder.run("migrate", "--all")

    assert ran.code == 2
    assert "composevariant.yml:5:14: no such path: services.nobody" in ran.err
    assert folder.names() == before


@pytest.mark.parametrize("words", [["--all"], ["a", "b"]])
def test_two_variants_are_not_written_to_one_file(project: Make, words: list[str]) -> None:
    declared = "variants:\n  a: {}\n  b: {output: docker-compose.a.yml}\n"
    folder = project(**files(**{"composevariant.yml": declared}))

    ran = folder.run("migrate", *words)

    assert ran.code == 2
    assert "composevariant.yml:3:15: b and a would both be written to docker-compose.a.yml" in ran.err
    assert "docker-compose.a.yml" not in folder.names()


def test_a_built_in_variant_that_would_change_nothing_is_an_error(project: Make) -> None:
    folder = project(**{"docker-compose.yml": "services: {app: {image: a}}\n"})

    ran = folder.run("migrate")

    assert ran.code == 2
    assert "the built-in variant fast would change nothing" in ran.err


def test_a_written_overlay_that_changes_nothing_gives_the_base_byte_for_byte(project: Make) -> None:
    base = "# c\r\nservices:\r\n  app:  {image: a}   # x\r\n\r\n"
    folder = project(**{"docker-compose.yml": base, "composevariant.yml": "variants: {same: {}}\n"})

    ran = folder.run("migrate", "same")

    assert ran.code == 0
    assert folder.body("docker-compose.same.yml") == base
    assert folder.read("docker-compose.same.yml").count("\n") == folder.read("docker-compose.same.yml").count("\r\n")


def test_a_byte_order_mark_stays_in_front_of_the_header(project: Make) -> None:
    folder = project(**files(**{"docker-compose.yml": "\ufeff" + BASE}))

    folder.run("migrate")

    assert folder.read("docker-compose.fast.yml").startswith("\ufeff# Made by composevariant")
    assert folder.run("migrate", "--check").code == 0


def test_a_problem_that_an_overlay_introduces_blocks_with_its_place(project: Make) -> None:
    overlay = "variants:\n  bad:\n    compose:\n      services:\n        app: {depends_on: [dbb]}\n"
    folder = project(**files(**{"composevariant.yml": overlay}))

    ran = folder.run("migrate", "bad")

    assert ran.code == 2
    assert 'composevariant.yml:5:28: services.app.depends_on names "dbb"' in ran.err
    assert '(did you mean "db"?)' in ran.err
    assert "docker-compose.bad.yml" not in folder.names()


def test_what_was_wrong_with_the_base_already_is_reported_and_does_not_block(project: Make) -> None:
    folder = project(**files(**{"docker-compose.yml": BASE.replace("db:", "db:\n    links: [nobody]")}))

    ran = folder.run("migrate")

    assert ran.code == 0
    assert 'services.db.links names "nobody"' in ran.err


def test_several_projects_go_on_after_one_failed_and_the_worst_code_counts(project: Make) -> None:
    folder = project(**{f"one/{name}": text for name, text in files().items()})
    folder.path.joinpath("two").mkdir()

    ran = folder.run("migrate", "-C", "two", "-C", "one")

    assert ran.code == 2
    assert "no Compose file found" in ran.err
    assert "one/docker-compose.fast.yml" in folder.names()


def test_the_folder_can_be_named_before_the_command_as_with_git(project: Make) -> None:
    folder = project(**{f"one/{name}": text for name, text in files().items()})

    assert folder.run("-C", "one", "migrate").code == 0
    assert "one/docker-compose.fast.yml" in folder.names()


def test_a_folder_written_together_with_its_option_is_not_overlooked(project: Make) -> None:
    folder = project(**{f"one/{name}": text for name, text in files().items()})

    assert folder.run("-Cone", "migrate").code == 0
    assert "one/docker-compose.fast.yml" in folder.names()


def test_the_next_step_is_a_command_that_works_where_this_one_was_called(project: Make) -> None:
    folder = project(**{f"one/{name}": text for name, text in files().items()})

    assert "docker compose -f one/docker-compose.fast.yml up" in folder.run("migrate", "-C", "one").err


def test_a_base_with_a_line_break_in_its_name_still_gives_a_file_that_is_ours(project: Make) -> None:
    folder = project(**{"a\nb.yml": BASE, "Dockerfile": "FROM a\n", "Dockerfile.fast": "FROM a\n"})

    assert folder.run("migrate", "-f", "a\nb.yml").code == 0
    assert folder.body("a\nb.fast.yml") == FAST
    assert folder.run("migrate", "-f", "a\nb.yml", "--check").code == 0


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(PermissionError(13, "Permission denied"), "permission denied", id="a read-only folder"),
        pytest.param(OSError(28, "No space left on device"), "no space left on device", id="a full disk"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_and_nothing_changes(
    project: Make, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    folder = project(**files())
    before = folder.names()

    def fails(target: str, data: bytes, like: str) -> str:
        raise error

    monkeypatch.setattr("composevariant.disk.project_files._stage", fails)
    ran = folder.run("migrate")

    assert ran.code == 2
    assert f"docker-compose.fast.yml cannot be written: {reason}; nothing was changed" in ran.err
    assert folder.names() == before


def test_the_base_is_not_overwritten_through_a_link(project: Make) -> None:
    folder = project(**files())
    folder.path.joinpath("docker-compose.fast.yml").symlink_to("docker-compose.yml")

    ran = folder.run("migrate", "--force")

    assert ran.code == 3
    assert "docker-compose.fast.yml is a link to the base docker-compose.yml" in ran.err
    assert folder.read("docker-compose.yml") == BASE


def test_a_link_out_of_the_project_is_not_followed(project: Make, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "theirs.yml"
    outside.write_text("theirs\n")
    folder = project(**files())
    folder.path.joinpath("docker-compose.fast.yml").symlink_to(outside)

    ran = folder.run("migrate", "--force")

    assert ran.code == 3
    assert "is a symbolic link to" in ran.err
    assert outside.read_text() == "theirs\n"


def test_from_a_subfolder_the_project_above_is_found(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(**files())
    (folder.path / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(folder.path / "src" / "deep")

    ran = folder.run("migrate")

    assert ran.code == 0
    assert "note: working in ../.." in ran.err
    assert folder.body("docker-compose.fast.yml") == FAST


def test_the_summary_does_not_tell_secrets(project: Make) -> None:
    overlay = (
        "variants:\n  x:\n    env: {API_TOKEN: t0ken, MODE: a}\n    compose:\n      services:\n        app:\n"
        "          environment: {DB_PASSWORD: s3cret, URL: 'pg://u:s3cret@db/x'}\n"
    )
    folder = project(**files(**{"composevariant.yml": overlay}))

    ran = folder.run("migrate", "x")

    assert ran.code == 0
    assert "s3cret" in folder.read("docker-compose.x.yml")
    assert "s3cret" not in ran.err
    assert "t0ken" not in ran.err
    assert "environment DB_PASSWORD=*** added" in ran.err


def test_a_file_written_by_somebody_else_in_between_is_kept(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(**files())

    def interrupted(*arguments: object, **named: object) -> object:
        plans = plan_variants(*arguments, **named)  # type: ignore[arg-type]
        folder.write("docker-compose.fast.yml", "theirs\n")
        return plans

    monkeypatch.setattr("composevariant.commands.migrate.plan_variants", interrupted)
    ran = folder.run("migrate")

    assert ran.code == 3
    assert folder.read("docker-compose.fast.yml") == "theirs\n"


def test_a_new_file_has_the_mode_of_its_base(project: Make) -> None:
    folder = project(**files())
    (folder.path / "docker-compose.yml").chmod(0o600)

    folder.run("migrate")

    assert (folder.path / "docker-compose.fast.yml").stat().st_mode & 0o777 == 0o600


def test_two_variants_with_one_output_are_refused_one_at_a_time_too(project: Make) -> None:
    overlay = "variants:\n  a: {output: docker-compose.x.yml}\n  b: {output: ./docker-compose.x.yml}\n"
    folder = project(**files(**{"composevariant.yml": overlay}))

    first, second = folder.run("migrate", "a"), folder.run("migrate", "b")

    assert (first.code, second.code) == (2, 2)
    assert "composevariant.yml:3:15: b and a would both be written to docker-compose.x.yml" in second.err


def test_a_project_file_without_variants_is_said(project: Make) -> None:
    folder = project(**files(**{"composevariant.yml": "variants: {}\n"}))

    ran = folder.run("migrate")

    assert ran.code == 2
    assert "composevariant.yml has no variants" in ran.err


def test_many_problems_of_the_base_are_told_by_some_of_them(project: Callable[..., ProjectFolder]) -> None:
    base = "services:\n" + "".join(f"  s{n}: {{image: a, secrets: [x{n}]}}\n" for n in range(9))
    folder = project(**{"compose.yaml": base, "o.yml": "remove: [services.s0]\n"})

    ran = folder.run("migrate", "-f", "compose.yaml", "--overlay", "o.yml")

    assert ran.err.count("(already in the base)") == 3
    assert "and 6 more problems of the base: `composevariant validate -f compose.yaml` lists all" in ran.err
    assert folder.run("validate", "-f", "compose.yaml").out.count("[reference.secrets]") == 9
