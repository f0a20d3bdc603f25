"""What users install: the wheel, alone in a clean environment, finds its schemas and presets."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds nothing but the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed package, with its dependencies but without the checkout."""
    script = (
        f"import sys; sys.path[:0] = [{str(installed)!r}]; import composevariant, composevariant.cli as cli; "
        f"assert composevariant.__file__.startswith({str(installed)!r}); sys.exit(cli.run_cli({list(words)!r}))"
    )
    assert sysconfig.get_path("purelib")
    return subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=project, capture_output=True, text=True, check=False
    )


def test_the_wheel_has_schemas_presets_and_type_marker(installed: Path) -> None:
    package = installed / "composevariant"

    assert {path.name for path in (package / "schemas").iterdir()} == {
        path.name for path in (ROOT / "schemas").iterdir()
    }
    assert (package / "sidecars" / "presets" / "filebeat.yml").is_file()
    assert (package / "py.typed").is_file()


def test_the_wheel_migrates_validates_and_initialises(installed: Path, tmp_path: Path) -> None:
    base = "services:\n  app:\n    image: a\n    volumes: [logs:/var/log/filebeat]\nvolumes: {logs: {}}\n"
    (tmp_path / "docker-compose.yml").write_text(base)

    ran = [run(installed, tmp_path, *words) for words in (["migrate"], ["validate"], ["init"], ["migrate", "--all"])]

    assert [(done.returncode, done.stderr[:500]) for done in ran if done.returncode] == []
    assert "filebeat" not in (tmp_path / "docker-compose.fast.yml").read_text().split("\n", 3)[3]
    assert (tmp_path / ".composevariant" / "schemas" / "overlay.schema.json").is_file()
