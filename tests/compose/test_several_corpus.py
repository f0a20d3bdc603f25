"""Real bases with their real overrides: one text of ours against `docker compose -f base -f override`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from composevariant.project.base_files import DEFAULT_NAMES
from composevariant.source import Source
from composevariant.variants.base_model import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.oracle, pytest.mark.corpus, pytest.mark.slow]

_OVERRIDE: Final = re.compile(r"(^|[./])overrides?[./]")
_REQUIRED: Final = re.compile(r"\$\{([A-Za-z_]\w*):?\?")
_ENV_FILE: Final = re.compile(r"[\w./-]+\.env\b")


def pairs(files: list[Path]) -> Iterator[tuple[Path, Path]]:
    """Each override with the base beside it or in the folder above."""
    for file in files:
        if not _OVERRIDE.search(file.as_posix()) or file.name in DEFAULT_NAMES:
            continue
        beside = (folder / name for folder in (file.parent, file.parent.parent) for name in DEFAULT_NAMES)
        base = next((path for path in beside if path.is_file()), None)
        if base is not None and "services:" in file.read_text(encoding="utf-8"):
            yield base, file


def model(folder: Path, texts: list[str], *names: str) -> dict[str, object] | None:
    """What Compose reads; required variables are set and env files are there, so that as much as can be is compared."""
    variables = dict.fromkeys((name for text in texts for name in _REQUIRED.findall(text)), "1")
    for name in (name for text in texts for name in _ENV_FILE.findall(text)):
        if not name.startswith(("/", "../")) and not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
    command = ["docker", "compose", "-p", "x", *(word for name in names for word in ("-f", name)), "--profile", "*"]
    environment = {**variables, "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    ran = subprocess.run(
        [*command, "config", "--format", "json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, object] | None = json.loads(ran.stdout) if ran.returncode == 0 else None
    return found


def test_every_real_pair_means_the_same_as_one_file(corpus_files: list[Path], tmp_path: Path) -> None:
    compared = different = 0
    for number, (base, override) in enumerate(pairs(corpus_files)):
        folder = tmp_path / str(number) / "project"
        shutil.copytree(base.parent, folder)
        names = [path.relative_to(base.parent).as_posix() for path in (base, override)]
        texts = [(folder / name).read_bytes().decode().removeprefix("\ufeff") for name in names]
        merged = read_model([Source(name, text) for name, text in zip(names, texts, strict=True)]).text
        (folder / "merged.yml").write_bytes(merged.encode())

        expected = model(folder, texts, *names)

        compared += expected is not None
        different += model(folder, texts, "merged.yml") != expected

    assert different == 0
    assert compared >= 18  # the others Compose refuses for lack of a third file, with ours as without
