"""Progress on stderr while `bench` builds, with an estimate; and what Ctrl-C does meanwhile."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from shutil import get_terminal_size
from statistics import median
from typing import TYPE_CHECKING

from composevariant.bench.plan import MEANINGS
from composevariant.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from composevariant.bench.plan import Turn


class Shown:
    """One line that is written over on a terminal; elsewhere a line for each build."""

    def __init__(self, planned: Sequence[tuple[str, Sequence[Turn]]]) -> None:
        self._left = [(service, turn) for service, turns in planned for turn in turns]
        self._all = len(self._left)
        self._took: dict[tuple[str, str, str], list[float]] = {}
        self._over = bool(sys.stderr) and sys.stderr.isatty()

    def building(self, service: str, turn: Turn) -> None:
        # Builds that were left out, because there is nothing to edit for them, are over, too.
        while self._left and self._left[0] != (service, turn):
            self._left.pop(0)
        number = self._all - len(self._left) + 1
        run = f", run {turn.run}" if turn.run else ", to warm up"
        what = f"{service}: {turn.side}, {MEANINGS[turn.scenario]}{run}"
        line = f"[{number}/{self._all}] {what}{self._estimate()}"
        if self._over:
            sys.stderr.write(f"\r\x1b[K{line[: get_terminal_size().columns - 1]}")
            sys.stderr.flush()
        else:
            say(line)

    def built(self, service: str, turn: Turn, seconds: float) -> None:
        self._took.setdefault((service, turn.scenario, turn.side), []).append(seconds)
        if self._left:
            self._left.pop(0)

    def end(self) -> None:
        """Leave the terminal's line."""
        if self._over:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _estimate(self) -> str:
        """How long the rest takes; a scenario that is new takes as long as a cold build at most."""
        total, sure = 0.0, True
        for service, turn in self._left:
            took = self._took.get((service, turn.scenario, turn.side))
            cold = self._took.get((service, "cold", turn.side))
            if took is None and cold is None:
                return ""
            sure = sure and took is not None
            total += median(took or cold or [0.0])
        return f"; {'about' if sure else 'at most'} {shown_time(total)} left"


def shown_time(seconds: float) -> str:
    """A time as one says it: `40 s`, `3 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - what one says


@contextmanager
def stoppable() -> Iterator[None]:
    """Being told to end is like Ctrl-C: everything is cleaned up first."""

    def interrupted(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupted) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """While something is cleaned up, a second Ctrl-C does nothing."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
