"""A project folder made of texts, and the command line run in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from composevariant import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class ProjectFolder:
    """A folder with files, in which `composevariant` is run as from a shell."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capfd = capfd

    def write(self, name: str, content: str | bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, name: str) -> str:
        return (self.path / name).read_bytes().decode()

    def body(self, name: str) -> str:
        """A generated file without the three lines of its header."""
        return self.read(name).split("\n", 3)[3]

    def names(self) -> set[str]:
        return {str(found.relative_to(self.path)) for found in self.path.rglob("*") if found.is_file()}

    def run(self, *words: str) -> Ran:
        self._capfd.readouterr()
        try:
            code = cli.run_cli(list(words))
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = self._capfd.readouterr()
        return Ran(code, out, err)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., ProjectFolder]:
    """Make a project of files given by name; `run` runs in its folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR"):
        monkeypatch.delenv(name, raising=False)

    def make(**files: str | bytes) -> ProjectFolder:
        folder = ProjectFolder(tmp_path, capfd)
        for name, content in files.items():
            folder.write(name, content)
        return folder

    return make
