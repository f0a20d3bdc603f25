"""Checks of what a variant brings along, and of Dockerfiles: each finds the example that docs/checks.md has for it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Final

import pytest

import composevariant
from composevariant.validation.catalog import ADVICE, ERRORS, TITLES
from tests.validation.checks_page import entries
from tests.validation.test_advice import OF_VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

PACKAGE: Final = Path(composevariant.__file__).parent
PROJECT: Final = "variants:\n  fast:\n    strip: [filebeat]\n    dockerfiles: {suffix: .fast}\n"
OTHERS: Final = "  db: {image: postgres}\n  cache: {image: redis}\nvolumes: {data: {}, logs: {}}\n"


def blocks(check: str) -> dict[str, str]:
    entry = dict(entries())[check]
    assert entry.text.startswith(TITLES[check])
    assert len(dict(entry.examples)) == len(entry.examples)
    return dict(entry.examples)


def files_of(check: str, role: str) -> dict[str, str]:
    """The project of an example."""
    found = blocks(check)
    if check.startswith("merge."):
        change = indent(found[f"yaml {role}"], " " * 10)
        variants = f"variants:\n  fast:\n    compose:\n      services:\n        app:\n{change}"
        base = f"services:\n  app:\n    image: shop\n{indent(found['yaml into'], '    ')}{OTHERS}"
        return {"compose.yaml": base, "composevariant.yml": variants}
    service = found.get(f"yaml {role}") or found.get("yaml service", "build: .\n")
    files = {"compose.yaml": f"services:\n  app:\n{indent(service, '    ')}", "start.sh": "#!/bin/sh\nexec /server\n"}
    variant = found.get(f"dockerfile {role}", "FROM debian\n")
    if check in ("build.args", "build.target"):
        return {**files, "Dockerfile": variant}
    standard = found.get("dockerfile standard", "FROM debian\n")
    return {**files, "composevariant.yml": PROJECT, "Dockerfile": standard, "Dockerfile.fast": variant}


REFUSED: Final = "merge.second-tmpfs"
"""Docker Compose refuses the result, so the variant is not made."""
CHECKS: Final = [each for each in TITLES if each.startswith(OF_VARIANTS) and each != REFUSED]


def found_in(folder: ProjectFolder) -> dict[str, tuple[str, str]]:
    ran = folder.run("validate", "--format", "json")
    assert ran.code == 0
    return {row["check"]: (row["severity"], row["message"]) for row in json.loads(ran.out)["problems"]}


@pytest.mark.parametrize("check", CHECKS)
def test_the_example_is_found(project: Callable[..., ProjectFolder], check: str) -> None:
    found = found_in(project(**files_of(check, "refused")))

    assert found[check][0] == ("advice" if check in ADVICE else "warning")
    assert found[check][1].startswith("services.app")
    assert f"[{check}]" not in found[check][1]


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_better_is_not_found(project: Callable[..., ProjectFolder], check: str) -> None:
    assert check not in found_in(project(**files_of(check, "better")))


@pytest.mark.parametrize("check", [each for each in CHECKS if each not in ("build.args", "build.target")])
def test_a_migration_tells_it_too(project: Callable[..., ProjectFolder], check: str) -> None:
    ran = project(**files_of(check, "refused")).run("migrate", "fast", "--dry-run")

    assert ran.code == 0
    assert ran.err.count(f"[{check}]") == 1


def test_each_is_told_once_by_a_validation(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**files_of("dockerfile.stale-dummy", "refused"))

    ran = folder.run("validate")

    assert ran.out.count("[dockerfile.stale-dummy]") == 1
    assert (
        "Dockerfile.fast:6:1: warning: services.app.build is built from Dockerfile.fast, line 6: the empty" in ran.out
    )


def test_a_comment_in_the_compose_file_silences_what_its_line_says(project: Callable[..., ProjectFolder]) -> None:
    files = files_of("dockerfile.user", "refused")
    files["compose.yaml"] = "services:\n  app:\n    build: . # composevariant: ignore[dockerfile.user]\n"

    assert found_in(project(**files)).keys() == set()


def test_settings_of_the_service_hide_what_dockerfiles_say(project: Callable[..., ProjectFolder]) -> None:
    own = "user: me\n    working_dir: /x\n    command: x\n    entrypoint: y\n    healthcheck: {disable: true}\n"
    files = {
        "compose.yaml": f"services:\n  app:\n    build: .\n    {own}",
        "composevariant.yml": PROJECT,
        "Dockerfile": "FROM a\nUSER b\nWORKDIR /c\nCMD d\nENTRYPOINT e\nHEALTHCHECK CMD f\n",
        "Dockerfile.fast": "FROM a\n",
    }

    assert found_in(project(**files)).keys() == set()


def test_commands_of_images_are_not_shown(project: Callable[..., ProjectFolder]) -> None:
    files = files_of("dockerfile.command", "refused")
    files["Dockerfile"] = "FROM debian\nCMD server --password=hunter2\n"
    folder = project(**files)

    assert "hunter2" not in found_in(folder)["dockerfile.command"][1]
    ran = folder.run("migrate", "fast", "--dry-run")
    assert "hunter2" not in ran.err + ran.out


ROOMS: Final = ("validation", "operations", "dockerfile/hazards")
"""Where checks are."""


def ids_in_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """The ids that the code names, and patterns of those that it puts together."""
    prefixes = "|".join({check.split(".")[0] for check in TITLES})
    whole = re.compile(rf"(?:{prefixes})\.[a-z][a-z0-9-]*")
    names: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in (each for room in ROOMS for each in (PACKAGE / room).rglob("*.py")):
        if path.name == "catalog.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and whole.fullmatch(node.value):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+" for part in node.values
                ]
                if re.match(rf"(?:{prefixes})\\\.", parts[0] if parts else ""):
                    patterns.append(re.compile("".join(parts)))
    return names, patterns


def test_every_id_of_the_code_is_in_the_catalogue_and_every_one_there_is_used() -> None:
    names, patterns = ids_in_code()
    settings = {f"build.{name}" for name in ("labels", "privileged", "pull", "secrets", "tags")}

    assert names - settings - set(TITLES) == set()
    unused = [each for each in TITLES if each not in names and not any(one.fullmatch(each) for one in patterns)]
    assert unused == []
    assert not set(ERRORS) & set(CHECKS)
