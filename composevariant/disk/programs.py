"""Start programs (`docker` and `git`) without a shell.

No other module starts programs. `subprocess` is imported on first use.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PATIENCE: Final = 15
"""The number of seconds to wait for an interrupted program to clean up."""
_NOTHING: Final[Mapping[str, str]] = {}


class ProgramResult(NamedTuple):
    """The exit code, output and error output of a program."""

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
    """Run a program and wait until it ends.

    Args:
        command: The program and its arguments.
        given: The standard input.
        folder: The working directory.
        variables: Environment variables to set in addition to those of this process.
        own_session: Start a new session, so that Ctrl-C reaches only this process.

    Raises:
        OSError: The program cannot be started.
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
    """Run a program in a new session and interrupt it on Ctrl-C, so that it can clean up before this process ends.

    The result contains only the exit code and the error output.
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
    """Run a program and open its output as a stream, for output that is too large to keep in memory."""
    import subprocess

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        yield process.stdout


def replace_process(command: Sequence[str], variables: Mapping[str, str]) -> None:
    """Replace this process with a program, which then receives all signals and sets the exit code.

    Raises:
        OSError: The program cannot be started.
    """
    os.execvpe(command[0], [*command], {**os.environ, **variables})  # noqa: S606 - no shell on purpose


def is_running(process: int) -> bool:
    """Return whether another process with this id is running.

    The result is True if this is unknown, and False for this process.
    """
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's process or an invalid id, so assume that it is running
        return True
    return True
