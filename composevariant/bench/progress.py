"""What a build did, step by step, whichever way the client told it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_STEP: Final = re.compile(r"\[(?P<stage>[^\]]*?) ?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.DOTALL)
CONTEXT: Final = "[internal] load build context"


class Step(NamedTuple):
    """One vertex of BuildKit's graph."""

    name: str
    """As BuildKit shows it: `[builder 2/4] COPY backend/ ./`."""
    seconds: float = 0.0
    cached: bool = False
    failed: bool = False
    finished: bool = True

    @property
    def instruction(self) -> str:
        """`COPY backend/ ./`; "" for what is no instruction of a Dockerfile."""
        found = _STEP.fullmatch(self.name)
        return found["text"] if found else ""

    @property
    def stage(self) -> str:
        """The name of the stage as BuildKit shows it."""
        found = _STEP.fullmatch(self.name)
        return found["stage"] if found else ""

    @property
    def counts(self) -> bool:
        """Whether it is one of the steps that may be cached: an instruction other than `FROM`."""
        return bool(self.instruction) and not self.instruction.startswith("FROM ")


class Log(NamedTuple):
    """A build's steps in the order in which they were first told."""

    steps: tuple[Step, ...]
    context_bytes: int = 0
    """What was sent to the engine; what it had from an earlier build is not sent again."""
    output: tuple[str, ...] = ()
    """The last lines that the failed step printed, and what the client said."""

    @property
    def counted(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.counts)

    @property
    def cached(self) -> int:
        return sum(step.cached for step in self.counted)

    @property
    def work(self) -> float:
        """The seconds of all steps that were run, next to each other or not."""
        return sum(step.seconds for step in self.counted if not step.cached)


def avoided(now: Log, cold: Log) -> float | None:
    """The share of a cold build's work that a later one did not do again; None where there was no work to speak of."""
    return max(0.0, 1 - now.work / cold.work) if cold.work > 0 else None
