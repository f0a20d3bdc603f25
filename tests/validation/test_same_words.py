"""Where Docker Compose crashes, or names one error of several by chance, there are the same words here in each run."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RUNS: Final = 50
MANY_ERRORS: Final = """\
services:
  a: {image: x, volumes: ["data:/d"], networks: [n], secrets: [s], configs: [c], depends_on: [nobody], bogus: 1}
  b: {command: x, links: [nobody], ports: [x, "1:2:3:4:5"], restart: 5, extends: a}
  c: {image: 5, labels: [1], extends: d}
  d: {image: y, extends: c, network_mode: "service:e"}
  e: {build: {context: ., secrets: [none]}, environment: [A=1, A=1], tmpfs: [/x, /x]}
volumes: {v: {bogus: 1}, w: 5}
networks: {m: {driver: [x]}}
bogus: {}
"""


def words(folder: Path, number: int, *arguments: str) -> str:
    """All that one run says; sets of strings are in another order in each."""
    command = [sys.executable, "-m", "composevariant", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": str(number)}
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode in (1, 2), ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("validate", "many.yml", "circle.yml"), id="a file with an error of each sort"),
        pytest.param(("migrate", "-f", "logging.yml", "--overlay", "null.yml"), id="a merge on which Compose crashes"),
    ],
)
def test_fifty_runs_say_the_same(arguments: tuple[str, ...], tmp_path: Path) -> None:
    files = {
        "many.yml": MANY_ERRORS,
        "circle.yml": "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}, c: {extends: a}}\n",
        "logging.yml": "services: {a: {image: x, logging: {driver: local}}, b: {image: x}}\n",
        "null.yml": "compose: {services: {a: {logging: null, ports: null}, none: {command: x}, no: {command: x}}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    with ThreadPoolExecutor(4) as runs:
        said = set(runs.map(lambda number: words(tmp_path, number, *arguments), range(RUNS)))

    assert len(said) == 1
