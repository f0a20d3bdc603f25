"""The sample with the Dockerfiles that `composevariant dockerfile` writes, and with recipes that are passed on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.builds import prepare_sample

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def bench(folder: Path, kind: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is reported of the backend."""
    project = prepare_sample(folder / "reconciliation", kind, stand_in=True)
    command = [sys.executable, "-m", "composevariant", "-C", str(project), "bench", "--format", "json", *words]
    ran = subprocess.run([*command, "--service", "backend"], capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    return ran.returncode, json.loads(ran.stdout)["services"][0]


def test_the_generated_dockerfile_is_right_and_downloads_nothing_again(tmp_path: Path) -> None:
    """How long that takes is for `bench` to say; what is claimed of times is tested with times that are given."""
    code, backend = bench(tmp_path, "generated")

    assert (code, backend["wrong"]) == (0, False)
    assert [finding["kind"] for finding in backend["findings"]] == ["ok", "ok", "ok"]
    [change] = [each for each in backend["scenarios"] if each["scenario"] == "code"]
    if change["base"]["received_bytes"] is None:
        pytest.skip("what containers receive cannot be read on this machine")
    assert change["base"]["received_bytes"] > 1_000_000
    assert change["variant"]["received_bytes"] < 10_000


def test_the_recipe_with_an_empty_program_is_wrong(tmp_path: Path) -> None:
    code, backend = bench(tmp_path, "empty-program", "--scenario", "cold")

    assert (code, backend["wrong"]) == (1, True)
    assert [finding["side"] for finding in backend["findings"] if finding["kind"] == "WRONG"] == ["variant"]
    assert any("differs in size by more than half" in finding["message"] for finding in backend["findings"])
