"""The only place that starts programs: `docker` and `git`, without a shell. `subprocess` is loaded with the first."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PATIENCE: Final = 15
"""Seconds that an interrupted program has to clean up."""
_NOTHING: Final[Mapping[str, str]] = {}


class ProgramResult(NamedTuple):
    """What a program has printed, and its exit code."""

    code: int
    output: str
    errors: str


def is_installed(program: str) -> bool:
    from shutil import which

    return which(program) is not None


def run(
    command: Sequence[str],
    *,
    given: str = "",
    folder: str = ".",
    variables: Mapping[str, str] = _NOTHING,
    own_session: bool = False,
) -> ProgramResult:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        given: Its input.
        folder: Where it runs.
        variables: Environment variables that it gets besides ours.
        own_session: Whether Ctrl-C reaches this process alone.

    Raises:
        OSError: the program cannot be started.
    """
    import subprocess

    ran = subprocess.run(
        command,
        input=given.encode(),
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
        start_new_session=own_session,
    )
    return ProgramResult(ran.returncode, ran.stdout.decode(errors="replace"), ran.stderr.decode(errors="replace"))


def run_interruptible(command: Sequence[str], variables: Mapping[str, str]) -> ProgramResult:
    """Run a program in a session of its own: Ctrl-C reaches us first, and we wait until the program has cleaned up.

    Its output is dropped, and what it prints as errors is kept.
    """
    import signal
    import subprocess

    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
        start_new_session=True,
    ) as process:
        try:
            _, errors = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return ProgramResult(process.returncode, "", errors.decode(errors="replace"))


@contextmanager
def output_of(command: Sequence[str]) -> Iterator[IO[bytes]]:
    """The output of a program while it runs, for what is too large to be held."""
    import subprocess

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        yield process.stdout


def replace_process(command: Sequence[str], variables: Mapping[str, str]) -> None:
    """Replace this process with a program: from then on, signals and the exit code are its own.

    Raises:
        OSError: the program cannot be started.
    """
    os.execvpe(command[0], [*command], {**os.environ, **variables})  # noqa: S606 - no shell on purpose


def is_running(process: int) -> bool:
    """Whether a process other than this one is at work; True where that cannot be found out."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or a number that is no process: leave it alone
        return True
    return True
