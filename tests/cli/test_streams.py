"""What happens when nobody reads what is said, or it cannot be written: the real process, as a shell starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

COUNT: Final = 3000
BASE: Final = "services:\n" + "".join(f"  s{number}:\n    image: a{number}\n" for number in range(COUNT))
PROJECT: Final = "variants: {dev: {each: [{match: {name: '*'}, merge: {restart: always}}]}}\n"
OUTPUT: Final = "docker-compose.dev.yml"
FULL: Final = Path("/dev/full")


@pytest.fixture
def large(project: Make) -> ProjectFolder:
    """A project whose diff does not fit into the buffer of a pipe."""
    return project(**{"docker-compose.yml": BASE, "composevariant.yml": PROJECT})


def start(*words: str, redirected: str = "") -> subprocess.Popen[bytes]:
    script = "import sys; from composevariant.cli import main; main()"
    shell = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-c", script, *words]
    return subprocess.Popen(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def left_alone(*words: str, reads: str, redirected: str = "") -> int:
    """The exit code when the reader of a stream has left before anything was said."""
    with start(*words, redirected=redirected) as process:
        stream = getattr(process, reads)
        stream.close()
        if reads == "stdout" and process.stderr:
            process.stderr.read()
        return process.wait()


def test_a_reader_of_the_diff_that_leaves_does_not_keep_the_file_from_being_written(large: ProjectFolder) -> None:
    assert left_alone("migrate", "--diff", "unified", reads="stdout") == 0
    assert large.body(OUTPUT).count("restart: always") == COUNT


def test_a_reader_of_the_messages_that_leaves_does_not_either(large: ProjectFolder) -> None:
    large.write("docker-compose.yml", BASE + "  last: {image: a, links: [nobody]}\n")  # said before the file is written

    assert left_alone("migrate", reads="stdout", redirected="2>&1") == 0
    assert OUTPUT in large.names()


def test_the_exit_code_stays_that_of_the_run(large: ProjectFolder) -> None:
    assert left_alone("diff", "--exit-code", reads="stdout") == 1
    assert left_alone("migrate", "--check", reads="stderr") == 1


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_is_survived(large: ProjectFolder, closed: str) -> None:
    with start("migrate", "--diff", "unified", redirected=f"{closed}>&-") as process:
        out, err = process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in out + err
    assert OUTPUT in large.names()


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here, which stands for a full disk")
def test_a_full_disk_behind_stdout_is_said(large: ProjectFolder) -> None:
    with start("migrate", "--dry-run", redirected=f">{FULL}") as process:
        _, err = process.communicate()

    assert process.returncode == 2
    assert err.decode() == f"error: stdout cannot be written: {os.strerror(28).lower()}\n"
