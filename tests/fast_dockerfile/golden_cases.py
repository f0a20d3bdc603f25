"""Golden cases: `golden/<ecosystem>/<a sentence>.case`, each a build context with what becomes of its Dockerfile.

A case has parts that start with `=== name`: the files of the context, `Dockerfile` among them; `fast`, the expected
body, which is left out where nothing is done; and `report`, one line for each thing that was done or refused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from composevariant.dockerfile.context import BuildContext
from composevariant.fast_dockerfile.fast import FastDockerfile, fast_dockerfile
from composevariant.fast_dockerfile.passes.base import Applied, BuildRequest, Skipped
from composevariant.source import Source

FOLDER = Path(__file__).parent / "golden"


class Case(NamedTuple):
    """A case as its file says."""

    files: dict[str, str]
    fast: str | None
    report: str


class Texts:
    """A build context in memory."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def read_text(self, path: str) -> str | None:
        return self.files.get(path)

    def is_file(self, path: str) -> bool:
        return path in self.files


def parse(text: str) -> Case:
    """Read a case."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    fast, report = named.pop("fast", None), named.pop("report", "")
    return Case(named, fast, report)


def make(case: Case) -> FastDockerfile:
    """What the tool makes of a case."""
    ignores = [name for name in ("Dockerfile.dockerignore", ".dockerignore") if name in case.files]
    context = BuildContext(Texts(case.files), "", ignores[0] if ignores else "")
    order = BuildRequest("Shop", ("app",), frozenset(("",)), context, command="composevariant dockerfile app")
    return fast_dockerfile(Source("Dockerfile", case.files["Dockerfile"]), order)


def report(fast: FastDockerfile) -> str:
    """The report of a case, in the order of the file."""
    results: list[Applied | Skipped] = sorted((*fast.done, *fast.refused), key=lambda result: result.location)
    lines = [
        f"{each.location.line}: {each.rung}: "
        + (f"done for {each.ecosystem}" if isinstance(each, Applied) else f"refused: {each.reason}")
        for each in results
    ]
    return "".join(f"{line}\n" for line in lines)
