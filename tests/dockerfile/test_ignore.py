"""The rules of `.dockerignore`, against what a real build is sent."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.dockerfile.context import is_ignored, read_rules

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("a.txt", "b.md", "c[d].txt", "src/a.txt", "src/deep/a.txt", "src/deep/node_modules/x.js", "node_modules/y.js")
CASES = [
    pytest.param("node_modules", {"node_modules/y.js"}, id="a name is at the top alone"),
    pytest.param("**/node_modules", {"node_modules/y.js", "src/deep/node_modules/x.js"}, id="at any depth"),
    pytest.param("/src/deep/", {"src/deep/a.txt", "src/deep/node_modules/x.js"}, id="slashes at both ends"),
    pytest.param("*.txt", {"a.txt", "c[d].txt"}, id="a star within a name"),
    pytest.param("*/*.txt", {"src/a.txt"}, id="a star for one folder"),
    pytest.param("**/a.txt", {"a.txt", "src/a.txt", "src/deep/a.txt"}, id="two stars for any folders"),
    pytest.param("src/**", {"src/a.txt", "src/deep/a.txt", "src/deep/node_modules/x.js"}, id="two stars at the end"),
    pytest.param("?.md\n[ab].txt", {"a.txt", "b.md"}, id="one character, or one of some"),
    pytest.param("c\\[d\\].txt", {"c[d].txt"}, id="an escape"),
    pytest.param("src\n!src/deep\nsrc/deep/node_modules", {"src/a.txt", "src/deep/node_modules/x.js"}, id="taken back"),
    pytest.param("*\n!src", {"a.txt", "b.md", "c[d].txt", "node_modules/y.js"}, id="everything but a folder"),
    pytest.param("# a.txt\n\n  b.md  \n./src/../a.txt", {"a.txt", "b.md"}, id="comments, blanks, dots"),
]


@pytest.mark.parametrize(("text", "ignored"), CASES)
def test_says_what_is_not_sent(text: str, ignored: set[str]) -> None:
    rules = read_rules(text)

    assert {name for name in FILES if is_ignored(name, rules)} == ignored


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(("text", "ignored"), CASES)
def test_docker_sends_the_same(text: str, ignored: set[str], tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "Dockerfile").write_text("FROM busybox\nCOPY . /sent/\n")
    (tmp_path / ".dockerignore").write_text(text)
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    built = subprocess.run(["docker", "build", "-q", str(tmp_path)], check=True, capture_output=True, env=environment)
    image = built.stdout.decode().strip()

    command = ["docker", "run", "--rm", image, "find", "/sent", "-type", "f"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    subprocess.run(["docker", "rmi", image], check=False, capture_output=True)

    assert set(FILES) - {line.removeprefix("/sent/") for line in ran.stdout.split("\n")} == ignored
