"""The real `docker compose config`, which is the judge of what a Compose file means."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """`config(text)` is what Docker Compose makes of a text, as JSON."""
    folder: Path = tmp_path_factory.mktemp("oracle")
    for name in ("a.env", "b.env"):
        (folder / name).write_text("", encoding="utf-8")

    def canonical(text: str) -> str:
        command = ["docker", "compose", "-p", "x", "-f", "-", "config", "--format", "json"]
        called = subprocess.run(command, input=text.encode(), cwd=folder, capture_output=True, check=True)
        return called.stdout.decode()

    return canonical
