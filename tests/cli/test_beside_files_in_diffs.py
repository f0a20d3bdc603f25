"""The files that belong to a variant are in every form of its diff."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from composevariant.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

FILE = "filebeat/filebeat.yml"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker-compose.yml").write_text("services: {web: {image: web}}\n")
    (tmp_path / "o.yml").write_text("add: [filebeat]\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        pytest.param("unified", f"+++ {FILE}\n", id="unified"),
        pytest.param("side-by-side", FILE, id="side-by-side"),
        pytest.param("semantic", f"{FILE}: 24 lines added, 0 removed, compared with nothing\n", id="semantic"),
        pytest.param("html", f"<h2>{FILE}</h2>", id="html"),
    ],
)
def test_a_new_file_is_shown(form: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["migrate", "--dry-run", "--overlay", "o.yml", "--diff", form]) == 0

    assert shown in capsys.readouterr().out


def test_json_has_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["migrate", "--dry-run", "--overlay", "o.yml", "--diff", "json"]) == 0

    (comparison,) = json.loads(capsys.readouterr().out)["comparisons"]
    (file,) = comparison["files"]
    assert (file["before"], file["after"]) == ("nothing", FILE)
    assert "+filebeat.autodiscover:" in file["unified"]


def test_a_file_that_is_there_is_compared_with_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["migrate", "--overlay", "o.yml"]) == 0
    (tmp_path / "o.yml").write_text("add: [{sidecar: filebeat, output: {console: {}}}]\n")
    capsys.readouterr()

    assert run_cli(["migrate", "--overlay", "o.yml", "--check", "--diff", "semantic"]) == 1

    assert f"{FILE}: 3 lines added, 5 removed, compared with {FILE}\n" in capsys.readouterr().out
