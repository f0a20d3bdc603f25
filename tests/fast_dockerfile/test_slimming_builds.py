"""An image whose files are copied with their owner is the same image, and smaller: on a real engine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.fast_dockerfile.fast import fast_dockerfile
from composevariant.fast_dockerfile.passes.base import BuildRequest
from composevariant.source import Source

if TYPE_CHECKING:
    from pathlib import Path

STANDARD = """\
FROM python:3.11-slim
RUN useradd -r app
WORKDIR /app
COPY big ./big
COPY folder ./folder
RUN chown -R {owner} /app
"""
LISTED = ["find", "/app", "-printf", "%u %g %m %s %p\n"]


def built(folder: Path, dockerfile: str, name: str) -> tuple[str, int]:
    """What is in the image's folder, and the image's size in bytes."""
    (folder / name).write_text(dockerfile, encoding="utf-8")
    tag = f"composevariant-slimming-{folder.name}-{name}".lower()
    run(["docker", "build", "-q", "-t", tag, "-f", str(folder / name), str(folder)])
    try:
        listed = run(["docker", "run", "--rm", tag, *LISTED])
        size = run(["docker", "image", "inspect", "-f", "{{.Size}}", tag])
    finally:
        run(["docker", "image", "rm", "-f", tag])
    return "".join(sorted(listed.splitlines(keepends=True))), int(size)


def run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.docker
@pytest.mark.parametrize("owner", ["app:app", "app", "1234:5678", "daemon:app"])
def test_the_same_files_belong_to_the_same_owner_in_fewer_bytes(owner: str, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 3_000_000)
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "run.sh").write_text("true\n", encoding="utf-8")
    (tmp_path / "folder" / "deep" / "run.sh").chmod(0o755)
    standard = STANDARD.replace("{owner}", owner)
    fast = fast_dockerfile(Source("Dockerfile", standard), BuildRequest("shop")).text

    before, size_before = built(tmp_path, standard, "Dockerfile")
    after, size_after = built(tmp_path, fast, "Dockerfile.fast")

    assert "COPY --chown=" in fast
    assert after == before
    assert size_before - size_after > 2_900_000
