"""The sample with the Dockerfiles that `composevariant dockerfile` writes, and with recipes that are passed on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.builds import prepared

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def bench(folder: Path, kind: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is reported of the backend."""
    project = prepared(folder / "reconciliation", kind, stand_in=True)
    command = [sys.executable, "-m", "composevariant", "-C", str(project), "bench", "--format", "json", *words]
    ran = subprocess.run([*command, "--service", "backend"], capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    return ran.returncode, json.loads(ran.stdout)["services"][0]


def test_the_generated_dockerfile_is_right_and_avoids_nearly_all_work(tmp_path: Path) -> None:
    code, backend = bench(tmp_path, "generated")

    scenarios = {each["scenario"]: each for each in backend["scenarios"]}
    assert (code, backend["wrong"]) == (0, False)
    assert [finding["kind"] for finding in backend["findings"]] == ["ok", "ok", "ok"]
    assert scenarios["code"]["change"]["verdict"] == "faster"
    assert scenarios["code"]["variant"]["work_avoided"] > 0.75


def test_the_recipe_with_an_empty_program_is_wrong(tmp_path: Path) -> None:
    code, backend = bench(tmp_path, "empty-program", "--scenario", "cold")

    assert (code, backend["wrong"]) == (1, True)
    assert [finding["side"] for finding in backend["findings"] if finding["kind"] == "WRONG"] == ["variant"]
    assert any("differs in size by more than half" in finding["message"] for finding in backend["findings"])
