"""How files stand, merging what was edited by hand, and runs that are killed."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from composevariant.disk.packaged import read_packaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = """\
services:
  app:
    build: .
    restart: always
    ports:
      - 80:80
  db:
    image: postgres:15
    environment:
      A: one
"""
PROJECT = "variants:\n  fast:\n    dockerfiles: {suffix: .fast}\n    replace: {services.app.restart: 'no'}\n"
FAST = "docker-compose.fast.yml"
CHANGES: dict[str, tuple[str, str, str]] = {
    "hand-edited": (FAST, "postgres:15", "postgres:15-alpine"),
    "base changed": ("docker-compose.yml", "A: one", "A: two"),
    "overlay changed": ("composevariant.yml", "'no'", "on-failure"),
    "inputs changed": ("Dockerfile.fast", "FROM x", "FROM y"),
    "tool format changed": (FAST, "format 1", "format 0"),
}
"""What somebody does, and the state that comes of it."""


@pytest.fixture
def shop(project: Make) -> ProjectFolder:
    folder = project(
        **{
            "docker-compose.yml": BASE,
            "composevariant.yml": PROJECT,
            "Dockerfile": "FROM a\n",
            "Dockerfile.fast": "FROM x\n",
        }
    )
    assert folder.run("migrate").code == 0
    return folder


def edit(shop: ProjectFolder, name: str, old: str, new: str) -> None:
    text = shop.read(name)
    assert old in text
    shop.write(name, text.replace(old, new))


SAME_BODY = {"inputs changed", "tool format changed"}
"""Changes after which the same body would be written: only the header is old."""

ORDER = ("hand-edited", "tool format changed", "base changed", "overlay changed", "inputs changed")


@pytest.mark.parametrize(
    "states",
    [
        pytest.param(states, id=", ".join(states) or "up to date")
        for number in range(len(CHANGES) + 1)
        for states in itertools.combinations(ORDER, number)
    ],
)
def test_every_combination_of_states_is_told(shop: ProjectFolder, states: tuple[str, ...]) -> None:
    for state in states:
        edit(shop, *CHANGES[state])

    ran = shop.run("migrate", "--check")

    differs = bool(set(states) - SAME_BODY)
    assert ran.out == f"{FAST}: {', '.join(states) if differs else 'up to date'}\n"
    assert ran.code == (1 if differs else 0)


def test_the_same_edit_of_base_and_variant_only_renews_the_header(shop: ProjectFolder) -> None:
    for name in ("docker-compose.yml", FAST):
        edit(shop, name, "postgres:15", "postgres:16")
    edited = shop.read(FAST)

    checked, status, ran = shop.run("migrate", "--check"), shop.run("status"), shop.run("migrate")

    assert (checked.code, checked.out) == (0, f"{FAST}: up to date\n")
    assert (status.code, f"{FAST}  up to date\n" in status.out) == (0, True)
    assert ran.code == 0
    renewed = shop.read(FAST)
    assert renewed != edited
    assert renewed.splitlines()[3:] == edited.splitlines()[3:]
    assert shop.run("migrate", "--force").code == 0
    assert shop.read(FAST) == renewed


def test_a_body_that_somebody_changed_to_what_would_be_written_is_up_to_date(shop: ProjectFolder) -> None:
    edit(shop, "composevariant.yml", "'no'", "on-failure")
    made = shop.read(FAST)
    shop.run("migrate")
    expected = shop.read(FAST)
    shop.write(FAST, "\n".join([*made.splitlines()[:3], *expected.splitlines()[3:], ""]))

    assert shop.run("migrate", "--check").code == 0
    assert shop.run("migrate").code == 0
    assert shop.read(FAST) == expected


def test_a_file_that_is_missing_foreign_or_reformatted(shop: ProjectFolder) -> None:
    (shop.path / FAST).unlink()
    assert shop.run("migrate", "--check").out == f"{FAST}: missing\n"
    shop.write(FAST, "services: {}\n")
    assert shop.run("migrate", "--check").out == f"{FAST}: foreign file\n"
    shop.run("migrate", "--force")
    edit(shop, FAST, "image: postgres:15", "image: 'postgres:15'")
    assert shop.run("migrate", "--check").out == f"{FAST}: reformatted\n"
    edit(shop, *CHANGES["base changed"])
    assert shop.run("migrate", "--check").out == f"{FAST}: hand-edited, base changed\n"


LEGACY = "226cf4aafdd44016"
"""The digest of the overlay in the file that the first version wrote for this project."""


@pytest.fixture
def old_shop(shop: ProjectFolder) -> ProjectFolder:
    """The same project with the file as the first version wrote it."""
    shop.write(FAST, re.sub(r" overlay [0-9a-f]+", f" overlay {LEGACY}", shop.read(FAST)))
    return shop


def test_a_file_of_the_first_version_is_up_to_date_and_not_rewritten(old_shop: ProjectFolder) -> None:
    before = old_shop.read(FAST)

    checked, status, ran = old_shop.run("migrate", "--check"), old_shop.run("status"), old_shop.run("migrate")

    assert (checked.code, checked.out) == (0, f"{FAST}: up to date\n")
    assert f"{FAST}  up to date\n" in status.out
    assert ran.code == 0
    assert old_shop.read(FAST) == before
    assert LEGACY in before


@pytest.mark.parametrize("state", list(CHANGES))
def test_a_file_of_the_first_version_tells_what_changed(old_shop: ProjectFolder, state: str) -> None:
    edit(old_shop, *CHANGES[state])

    shown = "up to date" if state in SAME_BODY else state
    assert old_shop.run("migrate", "--check").out == f"{FAST}: {shown}\n"
    assert old_shop.run("migrate", "--force").code == 0
    assert LEGACY not in old_shop.read(FAST)
    assert old_shop.run("migrate", "--check").out == f"{FAST}: up to date\n"


def test_check_with_a_diff_shows_what_would_change_on_disk(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["base changed"])

    ran = shop.run("migrate", "--check", "--diff", "unified")

    assert ran.out.splitlines()[0] == f"{FAST}: base changed"
    assert "-      A: one\n+      A: two\n" in ran.out


def test_check_as_json_has_states_and_diffs(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["base changed"])

    ran = shop.run("migrate", "--check", "--diff", "json")

    report = json.loads(ran.out)
    Draft202012Validator(json.loads(read_packaged("schemas/report.schema.json").text)).validate(report)
    (comparison,) = report["comparisons"]
    assert ran.code == 1
    assert comparison["state"] == "hand-edited, base changed"
    assert [told["path"] for told in comparison["differences"]] == ["services.db.image", "services.db.environment.A"]


def test_status_as_json_has_all_states(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["base changed"])

    report = json.loads(shop.run("status", "--format", "json").out)

    assert report["variants"][0]["state"] == "hand-edited"
    assert report["variants"][0]["states"] == ["hand-edited", "base changed"]


def test_merge_keeps_a_hand_edit_and_brings_in_what_changed(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["overlay changed"])

    ran = shop.run("migrate", "--merge")

    assert ran.code == 0
    assert shop.body(FAST) == (
        BASE.replace("build: .", "build:\n      context: .\n      dockerfile: Dockerfile.fast")
        .replace("always", "on-failure")
        .replace("postgres:15", "postgres:15-alpine")
    )
    assert f"{FAST}.orig" not in shop.names()


def test_a_merged_file_still_counts_as_edited(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["overlay changed"])
    shop.run("migrate", "--merge")

    assert shop.run("migrate", "--check").out == f"{FAST}: hand-edited\n"
    assert shop.run("migrate").code == 3
    edit(shop, "composevariant.yml", "on-failure", "unless-stopped")
    assert shop.run("migrate", "--merge").code == 0
    assert "restart: unless-stopped" in shop.read(FAST)
    assert "postgres:15-alpine" in shop.read(FAST)


def test_conflicts_are_shown_and_nothing_is_written(shop: ProjectFolder) -> None:
    edit(shop, FAST, "restart: no", "restart: unless-stopped") if "restart: no" in shop.read(FAST) else edit(
        shop, FAST, "restart: 'no'", "restart: unless-stopped"
    )
    edit(shop, *CHANGES["overlay changed"])
    before = shop.read(FAST)

    ran = shop.run("migrate", "--merge")

    assert ran.code == 3
    assert shop.read(FAST) == before
    assert "<<<<<<< docker-compose.fast.yml:6, edited by hand\n    restart: unless-stopped\n" in ran.out
    assert ">>>>>>> as generated now from base and overlays\n" in ran.out
    assert "was edited by hand in one place where the base or an overlay has changed too" in ran.err


def test_what_the_file_was_is_found_in_git(shop: ProjectFolder) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=shop.path, check=True, capture_output=True
        )

    git("init")
    git("add", ".")
    git("commit", "-m", "all")
    assert not (shop.path / ".git" / "no").exists()
    for name in (".gitignore", "fast.yml"):
        (shop.path / ".composevariant" / "last" / name).unlink()
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["overlay changed"])

    assert shop.run("migrate", "--merge").code == 0
    assert "postgres:15-alpine" in shop.read(FAST)


def test_kept_copies_are_not_for_git(shop: ProjectFolder) -> None:
    subprocess.run(["git", "init", "-q"], cwd=shop.path, check=True)
    seen = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=shop.path, check=True, capture_output=True, text=True
    )

    assert ".composevariant/last/fast.yml" in shop.names()
    assert ".composevariant" not in seen.stdout


def test_without_what_the_file_was_a_merge_is_refused(shop: ProjectFolder) -> None:
    (shop.path / ".composevariant" / "last" / "fast.yml").unlink()
    edit(shop, *CHANGES["hand-edited"])

    ran = shop.run("migrate", "--merge")

    assert ran.code == 3
    assert f"the generated version of {FAST} is neither in .composevariant/last nor in git" in ran.err


def test_a_foreign_file_is_not_merged(shop: ProjectFolder) -> None:
    shop.write(FAST, "services: {}\n")

    ran = shop.run("migrate", "--merge")

    assert ran.code == 3
    assert "was not generated by composevariant and cannot be merged" in ran.err


def test_a_merge_that_would_break_the_file_is_refused(shop: ProjectFolder) -> None:
    edit(shop, FAST, "    ports:\n", "    depends_on: [gone]\n    ports:\n")
    edit(shop, *CHANGES["base changed"])

    ran = shop.run("migrate", "--merge")

    assert ran.code == 2
    assert 'merged with the edit, services.app.depends_on names "gone"' in ran.err


def test_merge_of_a_file_that_nobody_edited_is_a_plain_migrate(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["base changed"])

    assert shop.run("migrate", "--merge").code == 0
    assert shop.run("migrate", "--check").code == 0


def test_a_dry_run_of_a_merge_writes_nothing(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["overlay changed"])
    before = shop.read(FAST)

    ran = shop.run("migrate", "--merge", "--dry-run", "--against", "output")

    assert ran.code == 0
    assert "+    restart: on-failure" in ran.out
    assert "alpine" not in "".join(line for line in ran.out.splitlines(keepends=True) if line.startswith(("+", "-")))
    assert shop.read(FAST) == before


@pytest.mark.parametrize("option", ["--force", "--check"])
def test_merge_goes_alone(shop: ProjectFolder, option: str) -> None:
    assert shop.run("migrate", "--merge", option).code == 2


def test_the_refusal_shows_the_edit_alone(shop: ProjectFolder) -> None:
    edit(shop, *CHANGES["hand-edited"])
    edit(shop, *CHANGES["overlay changed"])

    told = shop.run("migrate").err

    assert "+    image: postgres:15-alpine" in told
    assert "on-failure" not in told
    assert "--merge combines it" in told


_KILLED = """\
import os, signal, sys
from composevariant import cli
left = int(sys.argv[1])
def dying(call):
    def counted(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return counted
for name in ("replace", "fsync", "chmod", "unlink", "makedirs"):
    setattr(os, name, dying(getattr(os, name)))
sys.exit(cli.run_cli(["migrate", "--all", *sys.argv[2:]]))
"""


def _killed_after(folder: Path, calls: int, *words: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED, str(calls), *words], cwd=folder, capture_output=True, check=False
    )
    return ran.returncode


@pytest.mark.parametrize("words", [(), ("--force",), ("--merge",)], ids=["plain", "force", "merge"])
def test_a_run_that_is_killed_leaves_old_or_new_files_and_the_next_one_cleans_up(
    project: Make, words: tuple[str, ...]
) -> None:
    variants = "{one: {replace: {services.app.restart: 'no'}}, two: {replace: {services.app.restart: on-failure}}}"
    files = {"docker-compose.yml": BASE, "composevariant.yml": f"variants: {variants}\n"}
    outputs = ("docker-compose.one.yml", "docker-compose.two.yml")
    folder = project(**files)
    assert folder.run("migrate", "--all").code == 0
    if words:
        edit(folder, outputs[0], "postgres:15", "postgres:14")
    old = {name: folder.read(name) for name in folder.names()}
    changed = BASE.replace("A: one", "A: two")
    names = folder.names()

    for calls in range(40):
        for name, text in old.items():
            folder.write(name, text)
        folder.write("docker-compose.yml", changed)
        killed = _killed_after(folder.path, calls, *words)
        for name in outputs:
            text = folder.read(name)
            assert text == old[name] or "A: two" in text
        if killed == 0:
            break
    assert killed == 0
    assert calls > 5

    folder.run("migrate", "--all", "--force")
    assert not {name for name in folder.names() - names if not name.endswith(".orig") and ".orig." not in name}
