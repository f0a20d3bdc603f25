"""The hooks of pre-commit, the GitHub Action, and completion in the shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from composevariant import cli

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parents[1]
BASE: Final = "services:\n  app: {image: 'shop:1'}\n  db: {image: postgres}\n"
PROJECT: Final = "variants:\n  fast: {remove: [services.db]}\n  full: {}\n"


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


def test_the_action_and_the_hooks_fit_their_schemas() -> None:
    for schema, name in (("vendor.github-actions", "action.yml"),):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / name)]
        subprocess.run(command, check=True, capture_output=True)
    manifest = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    subprocess.run(manifest, check=True, capture_output=True)


@pytest.mark.slow
def test_the_hooks_run_in_the_real_pre_commit(tmp_path: Path) -> None:
    """Installs the package as pre-commit does, from the index that pip knows."""
    hooks, shop = tmp_path / "hooks", tmp_path / "shop"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (hooks / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, hooks / name)
    shop.mkdir()
    (shop / "docker-compose.yml").write_text(BASE)
    (shop / "composevariant.yml").write_text(PROJECT)
    for folder in (hooks, shop):
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "all")

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), name, "--all-files"]
        environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
        return subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, check=False)

    missing = hook("composevariant-check")
    assert missing.returncode == 1
    assert "docker-compose.fast.yml: missing" in missing.stdout
    (shop / "docker-compose.yml").write_text(BASE.replace("postgres", "Postgres SQL"))
    (shop / "compose.bad.yml").write_text("services: {app: {imag: x}}\n")
    git(shop, "add", "-A")
    wrong = hook("composevariant-validate")
    assert wrong.returncode == 1
    assert "[schema.unknown-key]" in wrong.stdout


@pytest.fixture
def completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], list[str]]:
    (tmp_path / "docker-compose.yml").write_text(BASE)
    (tmp_path / "composevariant.yml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)

    def complete(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_COMPOSEVARIANT_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit):
            cli.run_cli([])
        return capsys.readouterr().out.split()

    return complete


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("composevariant migrate ", ["fast", "full"], id="variants"),
        pytest.param("composevariant migrate fa", ["fast"], id="variants that begin so"),
        pytest.param("composevariant switch ", ["base", "fast", "full"], id="variants and base"),
        pytest.param("composevariant explain serv", ["services", "services.app", "services.db"], id="sections"),
        pytest.param("composevariant explain services.d", ["services.db", "services.db.image"], id="services"),
        pytest.param("composevariant sw", ["switch"], id="commands"),
    ],
)
def test_completion_offers_names(completed: Callable[[str], list[str]], line: str, offered: list[str]) -> None:
    assert completed(line) == offered


def test_completion_in_a_broken_project_offers_nothing(completed: Callable[[str], list[str]]) -> None:
    Path("composevariant.yml").write_text("variants: [\n")

    assert completed("composevariant migrate ") == []
