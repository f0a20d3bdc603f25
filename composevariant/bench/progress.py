"""The steps of a build, read from either progress format of the client."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import deque
from datetime import datetime
from typing import Final, NamedTuple

from composevariant.bench.plan import number, objects, read_size, text

_STEP: Final = re.compile(r"\[(?P<stage>[^\]]*?) ?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.DOTALL)

CONTEXT: Final = "[internal] load build context"


class BuildStep(NamedTuple):
    """A step of a build, which is one vertex in BuildKit's graph."""

    name: str
    """The name as BuildKit shows it, such as `[builder 2/4] COPY backend/ ./`."""
    seconds: float = 0.0
    cached: bool = False
    failed: bool = False
    finished: bool = True

    @property
    def instruction(self) -> str:
        """Return the instruction, such as `COPY backend/ ./`, or an empty string for other steps."""
        found = _STEP.fullmatch(self.name)
        return found["text"] if found else ""

    @property
    def stage(self) -> str:
        """Return the name of the stage as BuildKit shows it."""
        found = _STEP.fullmatch(self.name)
        return found["stage"] if found else ""

    @property
    def is_cacheable(self) -> bool:
        """Return whether the step can be cached, which is true for all instructions other than `FROM`."""
        return bool(self.instruction) and not self.instruction.startswith("FROM ")


class Log(NamedTuple):
    """The log of a build. Its steps are ordered by their first line of output."""

    steps: tuple[BuildStep, ...]
    context_bytes: int = 0
    """The number of bytes sent to the engine, which keeps the files from earlier builds."""
    output: tuple[str, ...] = ()
    """The last lines of output from the failed step and the client."""

    @property
    def cacheable(self) -> tuple[BuildStep, ...]:
        return tuple(step for step in self.steps if step.is_cacheable)

    @property
    def cached(self) -> int:
        return sum(step.cached for step in self.cacheable)

    @property
    def work(self) -> float:
        """Return the total seconds of all executed steps, including parallel steps."""
        return sum(step.seconds for step in self.cacheable if not step.cached)


def avoided(now: Log, cold: Log) -> float | None:
    """Return the share of a cold build's work that a later build avoided, or None if that work was negligible."""
    return max(0.0, 1 - now.work / cold.work) if cold.work > 0 else None


# The lines of `--progress=plain`, for clients without `rawjson`. Times have one decimal.

_LINE: Final = re.compile(r"#(?P<number>\d+) (?P<rest>.*)")

_DONE: Final = re.compile(r"DONE (?P<seconds>[\d.]+)s")

_HEADER: Final = re.compile(r"\[[^\]]+\] .*|exporting to .*|importing .*")

_SENT: Final = re.compile(r"transferring context: (?P<size>[\d.]+ ?[kMGT]?B)\b.*")

_PRINTED: Final = re.compile(r"(?P<seconds>\d+\.\d+) (?P<text>.*)")

_KEPT: Final = 20


def read_plain(lines: str) -> Log:
    """Parse the lines into a build log. Parallel stages are interleaved and identified by number.

    A header is repeated when a step continues. A cached step has no `DONE`, and a cancelled step has `CANCELED`.
    """
    steps: dict[str, BuildStep] = {}
    printed: dict[str, deque[str]] = {}
    sent: dict[str, int] = {}
    client_lines: deque[str] = deque(maxlen=_KEPT)
    for line in lines.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            client_lines.append(line)
            continue
        number, rest = found["number"], found["rest"]
        step = steps.get(number)
        if step is None:
            if number != "0" and _HEADER.fullmatch(rest):
                steps[number] = BuildStep(rest, finished=False)
        elif size := _SENT.fullmatch(rest):
            sent[number] = max(sent.get(number, 0), read_size(size["size"]))
        elif output := _PRINTED.fullmatch(rest):
            printed.setdefault(number, deque(maxlen=_KEPT)).append(output["text"])
        else:
            steps[number] = _with_status(step, rest)
    failed = [number for number, step in steps.items() if step.failed]
    return Log(
        tuple(steps.values()),
        sum(size for number, size in sent.items() if steps[number].name == CONTEXT),
        tuple(line for number in failed for line in printed.get(number, ()))
        + tuple(line for line in client_lines if line),
    )


def _with_status(step: BuildStep, rest: str) -> BuildStep:
    done = _DONE.fullmatch(rest)
    if done:
        return step._replace(seconds=float(done["seconds"]), finished=True)
    if rest == "CACHED":
        return step._replace(cached=True, finished=True)
    if rest.startswith("ERROR"):
        return step._replace(failed=True, finished=True)
    return step


# The lines of `--progress=rawjson`, which are parts of vertices and are merged by digest.

_KEPT_LINES: Final = 20

_FRACTION: Final = re.compile(r"\.(\d{1,6})\d*")


def read_rawjson(lines: str) -> Log:
    """Parse the lines into a build log. Lines that are not JSON are output from the client."""
    vertices: dict[str, dict[str, object]] = {}
    sent: dict[tuple[str, str], int] = {}
    logs: dict[str, deque[str]] = {}
    client_lines: deque[str] = deque(maxlen=_KEPT_LINES)
    for line in lines.splitlines():
        event = _event(line)
        if event is None:
            client_lines.append(line)
            continue
        for vertex in objects(event.get("vertexes")):
            vertices.setdefault(text(vertex.get("digest")), {}).update(vertex)
        for status in objects(event.get("statuses")):
            key = (text(status.get("vertex")), text(status.get("id")))
            sent[key] = max(sent.get(key, 0), int(number(status.get("current"))))
        for log in objects(event.get("logs")):
            found = logs.setdefault(text(log.get("vertex")), deque(maxlen=_KEPT_LINES))
            found.extend(b64decode(text(log.get("data"))).decode(errors="replace").splitlines())
    contexts = {digest for digest, vertex in vertices.items() if text(vertex.get("name")) == CONTEXT}
    failed = [digest for digest, vertex in vertices.items() if _failed(vertex)]
    return Log(
        tuple(_step(vertex) for vertex in vertices.values()),
        sum(size for (vertex, _), size in sent.items() if vertex in contexts),
        tuple(line for digest in failed for line in logs.get(digest, ()))
        + tuple(line for line in client_lines if line),
    )


def _event(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _step(vertex: dict[str, object]) -> BuildStep:
    started, completed = _time(vertex.get("started")), _time(vertex.get("completed"))
    return BuildStep(
        text(vertex.get("name")),
        (completed - started).total_seconds() if started and completed else 0.0,
        cached=vertex.get("cached") is True,
        failed=_failed(vertex),
        finished=completed is not None and not _cancelled(vertex),
    )


def _failed(vertex: dict[str, object]) -> bool:
    return bool(vertex.get("error")) and not _cancelled(vertex)


def _cancelled(vertex: dict[str, object]) -> bool:
    """Return whether the step was cancelled because another step failed or the build was interrupted."""
    return text(vertex.get("error")).endswith("context canceled")


def _time(value: object) -> datetime | None:
    """Parse a time with nanoseconds, of which Python accepts at most six digits."""
    try:
        return datetime.fromisoformat(_FRACTION.sub(r".\1", text(value)))
    except ValueError:
        return None
