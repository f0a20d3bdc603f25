"""Validation of a text, and the real `docker compose config -q`, which is the judge of what is valid."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, TypeAlias

import pytest

from composevariant.source import Source
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from composevariant.findings import Problem

Validate: TypeAlias = "Callable[[str], list[Problem]]"
Oracle: TypeAlias = "Callable[..., str]"

NAME = "docker-compose.yml"


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The installed schema, compiled once for all tests."""
    return Rules(installed_schema())


@pytest.fixture(scope="session")
def validate(rules: Rules) -> Validate:
    """`validate(text)` is what is wrong with a Compose file."""
    return lambda text: find_problems(parse(Source(NAME, text)).root, rules, NAME)


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """`oracle(path, flag, ...)` is why Compose refuses a file; empty when it accepts it."""

    def refusal(path: Path, *flags: str) -> str:
        command = ["docker", "compose", "--profile", "*", "-f", path.name, "config", "-q", *flags]
        called = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
        lines = [line for line in called.stderr.splitlines() if "level=warning" not in line]
        return ("\n".join(lines) or "it does not say why") if called.returncode else ""

    return refusal


@pytest.fixture(scope="session")
def refusal(oracle: Oracle, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """`refusal(text)` is why Compose refuses a text; empty when it accepts it."""
    path = tmp_path_factory.mktemp("oracle") / NAME

    def of_text(text: str) -> str:
        path.write_text(text, encoding="utf-8", newline="")
        return oracle(path)

    return of_text
