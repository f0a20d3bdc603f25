"""The lines of `--progress=rawjson`: pieces of vertices, to be put together by digest."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import deque
from datetime import datetime
from typing import Final

from composevariant.bench.fields import number, objects, text
from composevariant.bench.progress import CONTEXT, Log, Step

_KEPT: Final = 20
_FRACTION: Final = re.compile(r"\.(\d{1,6})\d*")


def read_rawjson(lines: str) -> Log:
    """The build that the lines tell of. A line that is not JSON is the client's own and belongs to the output."""
    vertices: dict[str, dict[str, object]] = {}
    sent: dict[tuple[str, str], int] = {}
    logs: dict[str, deque[str]] = {}
    said: deque[str] = deque(maxlen=_KEPT)
    for line in lines.splitlines():
        event = _event(line)
        if event is None:
            said.append(line)
            continue
        for vertex in objects(event.get("vertexes")):
            vertices.setdefault(text(vertex.get("digest")), {}).update(vertex)
        for status in objects(event.get("statuses")):
            key = (text(status.get("vertex")), text(status.get("id")))
            sent[key] = max(sent.get(key, 0), int(number(status.get("current"))))
        for log in objects(event.get("logs")):
            found = logs.setdefault(text(log.get("vertex")), deque(maxlen=_KEPT))
            found.extend(b64decode(text(log.get("data"))).decode(errors="replace").splitlines())
    contexts = {digest for digest, vertex in vertices.items() if text(vertex.get("name")) == CONTEXT}
    failed = [digest for digest, vertex in vertices.items() if _failed(vertex)]
    return Log(
        tuple(_step(vertex) for vertex in vertices.values()),
        sum(size for (vertex, _), size in sent.items() if vertex in contexts),
        tuple(line for digest in failed for line in logs.get(digest, ())) + tuple(line for line in said if line),
    )


def _event(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _step(vertex: dict[str, object]) -> Step:
    started, completed = _time(vertex.get("started")), _time(vertex.get("completed"))
    return Step(
        text(vertex.get("name")),
        (completed - started).total_seconds() if started and completed else 0.0,
        cached=vertex.get("cached") is True,
        failed=_failed(vertex),
        finished=completed is not None and not _cancelled(vertex),
    )


def _failed(vertex: dict[str, object]) -> bool:
    return bool(vertex.get("error")) and not _cancelled(vertex)


def _cancelled(vertex: dict[str, object]) -> bool:
    """Whether it was stopped because another step had failed, or somebody interrupted the build."""
    return text(vertex.get("error")).endswith("context canceled")


def _time(value: object) -> datetime | None:
    """A time with nanoseconds, of which Python keeps six digits."""
    try:
        return datetime.fromisoformat(_FRACTION.sub(r".\1", text(value)))
    except ValueError:
        return None
