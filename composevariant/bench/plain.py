"""The lines of `--progress=plain`, which clients without `rawjson` have; times have one decimal."""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from composevariant.bench.progress import CONTEXT, Log, Step
from composevariant.bench.sizes import read_size

_LINE: Final = re.compile(r"#(?P<number>\d+) (?P<rest>.*)")
_DONE: Final = re.compile(r"DONE (?P<seconds>[\d.]+)s")
_HEADER: Final = re.compile(r"\[[^\]]+\] .*|exporting to .*|importing .*")
_SENT: Final = re.compile(r"transferring context: (?P<size>[\d.]+ ?[kMGT]?B)\b.*")
_PRINTED: Final = re.compile(r"(?P<seconds>\d+\.\d+) (?P<text>.*)")
_KEPT: Final = 20


def read_plain(lines: str) -> Log:
    """The build that the lines tell of. Those of stages that run side by side are mixed; the number tells them apart.

    A header may come again when a step is continued. A cached step has no `DONE`, a cancelled one says `CANCELED`.
    """
    steps: dict[str, Step] = {}
    printed: dict[str, deque[str]] = {}
    sent: dict[str, int] = {}
    said: deque[str] = deque(maxlen=_KEPT)
    for line in lines.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            said.append(line)
            continue
        number, rest = found["number"], found["rest"]
        step = steps.get(number)
        if step is None:
            if number != "0" and _HEADER.fullmatch(rest):
                steps[number] = Step(rest, finished=False)
        elif size := _SENT.fullmatch(rest):
            sent[number] = max(sent.get(number, 0), read_size(size["size"]))
        elif output := _PRINTED.fullmatch(rest):
            printed.setdefault(number, deque(maxlen=_KEPT)).append(output["text"])
        else:
            steps[number] = _told(step, rest)
    failed = [number for number, step in steps.items() if step.failed]
    return Log(
        tuple(steps.values()),
        sum(size for number, size in sent.items() if steps[number].name == CONTEXT),
        tuple(line for number in failed for line in printed.get(number, ())) + tuple(line for line in said if line),
    )


def _told(step: Step, rest: str) -> Step:
    done = _DONE.fullmatch(rest)
    if done:
        return step._replace(seconds=float(done["seconds"]), finished=True)
    if rest == "CACHED":
        return step._replace(cached=True, finished=True)
    if rest.startswith("ERROR"):
        return step._replace(failed=True, finished=True)
    return step
