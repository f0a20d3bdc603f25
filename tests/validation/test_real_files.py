"""The verdict on real files is that of Docker Compose, as far as the file alone decides it."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from composevariant.source import Source
from composevariant.validation.check import find_problems
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.validation.compiled import Rules

FOLDER = os.environ.get("COMPOSEVARIANT_CORPUS", "")
WITHOUT_ENVIRONMENT = ("--no-interpolate", "--no-env-resolution")
"""Neither variables nor env files count: what Compose refuses even so, it refuses for what the file says."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.oracle,
    pytest.mark.skipif(not FOLDER, reason="COMPOSEVARIANT_CORPUS names no folder of real Compose files"),
]


def real_files() -> Iterator[Path]:
    manifest = Path(FOLDER, "MANIFEST.tsv")
    if not FOLDER or not manifest.is_file():
        return
    with manifest.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            folder = row["repository"].replace("/", "+")
            paths = [Path(FOLDER, name, row["path"]) for name in (folder, f"{folder}@{row['commit'][:7]}")]
            if row["config_exit"]:
                yield next(path for path in paths if path.is_file())


@pytest.mark.parametrize("path", list(real_files()), ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_verdict_is_that_of_compose(path: Path, rules: Rules, oracle: Callable[..., str]) -> None:
    root = parse(Source(path.name, path.read_bytes().decode("utf-8-sig"))).root
    errors = [problem for problem in find_problems(root, rules, path.name) if problem.severity == "error"]

    if errors:
        assert oracle(path), errors
    else:
        assert oracle(path, *WITHOUT_ENVIRONMENT) == ""
