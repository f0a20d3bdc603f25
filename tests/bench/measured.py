"""A small service, measured with an engine that only pretends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.bench.job import Build, Job, JobSide
from composevariant.bench.measuring import Bench
from composevariant.bench.plan import Scenario, Turn, runs_of, turns
from composevariant.bench.results import Report
from composevariant.disk.work_folders import WorkFolder
from composevariant.source import Source
from tests.bench.pretended import ABOUT, Pretended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from composevariant.bench.results import ServiceResult

RUN = "0123abcd"
ALL: tuple[Scenario, ...] = ("cold", "nochange", "code", "manifest", "dependency", "dockerfile")
DOCKERFILE = "FROM x AS a\nCOPY . .\nRUN --mount=type=cache,target=/cache make\n"


class Unwatched:
    """Nobody looks."""

    def building(self, service: str, turn: Turn) -> None: ...

    def built(self, service: str, turn: Turn, seconds: float) -> None: ...


def context(folder: Path) -> Path:
    for name, text in {"src/main.py": "x = 1\n", "src/b.py": "", "requirements.txt": "six\n", "big/a": "b"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def job(folder: Path, variant: str = DOCKERFILE) -> Job:
    sides = {}
    settings = Build(str(folder), "/x", "", "", (), ("hunter2",), ())
    for side, text in (("base", DOCKERFILE), ("variant", variant)):
        sides[side] = JobSide(settings, Source(f"Dockerfile.{side}", text), None, "big\n")
    return Job("app", {"base": sides["base"], "variant": sides["variant"]}, "", (("requirements.txt", "new\n"),))


def measured(
    folder: Path, engine: Pretended, wanted: Job | None = None, scenarios: Sequence[Scenario] = ALL
) -> ServiceResult:
    with WorkFolder(RUN) as place:
        bench = Bench(engine, place, RUN, Unwatched())
        try:
            return bench.measure(wanted or job(context(folder)), turns(scenarios, runs_of(3, {})))
        finally:
            bench.clean()


def report(*results: ServiceResult) -> Report:
    return Report("fast", results, ABOUT, (0.5, 1.25), ("frontend is built the same way in both",))
