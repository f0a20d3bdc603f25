"""Programs that are started: what they get, what they give, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from composevariant.disk.programs import is_installed, output_of, run, run_interruptible

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType


def test_a_program_gets_input_folder_and_variables(tmp_path: Path) -> None:
    ran = run(
        ["sh", "-c", 'cat; pwd; echo "$COLOUR"; echo wrong >&2; exit 3'],
        given="é\n",
        folder=str(tmp_path),
        variables={"COLOUR": "red"},
    )

    assert ran == (3, f"é\n{tmp_path}\nred\n", "wrong\n")


@pytest.mark.parametrize("own_session", [True, False], ids=["a session of its own", "ours"])
def test_a_program_may_have_a_session_of_its_own(own_session: bool) -> None:
    ran = run([sys.executable, "-c", "import os; print(os.getsid(0))"], own_session=own_session)

    assert (int(ran.output) != os.getsid(0)) is own_session


def test_what_is_no_utf_8_is_replaced() -> None:
    assert run(["printf", r"a\377"]).output == "a\ufffd"


def test_a_program_that_is_not_there_is_an_error() -> None:
    assert not is_installed("no-such-program")
    with pytest.raises(FileNotFoundError):
        run(["no-such-program"])


def test_output_is_read_while_the_program_runs() -> None:
    with output_of(["sh", "-c", "echo one; echo dropped >&2; echo two"]) as stream:
        assert stream.read() == b"one\ntwo\n"


def test_errors_of_an_interruptible_program_are_kept() -> None:
    assert run_interruptible(["sh", "-c", "echo out; echo $A >&2; exit 4"], {"A": "b"}) == (4, "", "b\n")


def test_an_interrupted_program_is_interrupted_and_waited_for(tmp_path: Path) -> None:
    """The program tells us when it is ready, and we are interrupted then, as by Ctrl-C in a session without it."""
    script = (
        "import os, pathlib, signal, time\n"
        "try:\n"
        "    os.kill(os.getppid(), signal.SIGUSR1)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    time.sleep(0.1)\n"
        f"    pathlib.Path({str(tmp_path / 'cleaned up')!r}).touch()\n"
    )

    def interrupted(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_interruptible([sys.executable, "-c", script], {})
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert (tmp_path / "cleaned up").is_file()


def test_a_process_becomes_a_program() -> None:
    script = (
        "from composevariant.disk import replace_process; replace_process(['sh', '-c', 'exit $CODE'], {'CODE': '7'})"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 7
