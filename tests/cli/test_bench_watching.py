"""What `bench` says while it builds."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from composevariant.bench.plan import Turn
from composevariant.commands.bench import ProgressLine, format_duration, ignore_signals, stop_on_signals

if TYPE_CHECKING:
    from composevariant.bench.plan import Scenario

COLD, WARM, CODE = Turn("cold", 1, "base"), Turn("code", 0, "base"), Turn("code", 1, "base")


def test_each_build_is_announced_with_an_estimate_of_what_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    turns = [COLD, Turn("nochange", 1, "base"), WARM, CODE]
    shown = ProgressLine([("app", turns)])

    for turn, seconds in zip(turns, (200, 1, 10, 10), strict=True):
        shown.building("app", turn)
        shown.built("app", turn, seconds)
    shown.end()

    assert capfd.readouterr().err.splitlines() == [
        "[1/4] app: base, without any cache, run 1",
        "[2/4] app: base, nothing changed, run 1; at most 10 min left",
        "[3/4] app: base, one source file changed, to warm up; at most 7 min left",
        "[4/4] app: base, one source file changed, run 1; about 10 s left",
    ]


@pytest.mark.parametrize("scenario", ["manifest", "dependency"])
def test_builds_that_are_left_out_are_over(scenario: Scenario, capfd: pytest.CaptureFixture[str]) -> None:
    shown = ProgressLine([("app", [Turn(scenario, 1, "base"), COLD])])

    shown.building("app", COLD)

    assert capfd.readouterr().err.startswith("[2/2] ")


def test_times_are_said_as_one_says_them() -> None:
    assert [format_duration(seconds) for seconds in (4.2, 89, 91, 600)] == ["4 s", "89 s", "2 min", "10 min"]


def test_being_told_to_end_is_like_ctrl_c_and_cleaning_up_goes_on() -> None:
    with stop_on_signals():
        with ignore_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
