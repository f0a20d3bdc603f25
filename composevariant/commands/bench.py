"""The command `bench`, which measures builds, prints the report and shows progress."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from shutil import get_terminal_size
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from composevariant.bench import (
    MEANINGS,
    ON_REQUEST,
    SCENARIOS,
    Bench,
    Docker,
    Report,
    as_json,
    as_markdown,
    as_text,
    missed_thresholds,
    read_threshold,
    runs_of,
    scenario_by_name,
    turns,
)
from composevariant.commands.bench_jobs import plan_jobs
from composevariant.commands.projects import open_project
from composevariant.commands.terminal import print_data, print_error, print_message, printable
from composevariant.disk import FileToWrite, WorkFolder, abandoned_runs
from composevariant.errors import DIFFERENCES, ComposeVariantError, UnusableInput, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from composevariant.bench import Job, Scenario, ServiceResult, Turn
    from composevariant.variants import OpenProject

_RUNS = 3


class BenchOptions(NamedTuple):
    """The arguments and options of `bench`."""

    variant: str | None
    services: tuple[str, ...]
    scenarios: tuple[str, ...]
    runs: tuple[str, ...]
    edits: tuple[str, ...]
    dependencies: tuple[str, ...]
    form: str
    html: str | None
    fail_under: tuple[str, ...]
    base: tuple[str, ...]
    schema: str | None


class _Measured(NamedTuple):
    results: list[ServiceResult]
    errors: list[ComposeVariantError]
    load: tuple[float, float]


def bench(folder: str, options: BenchOptions) -> int:
    """Measure the builds, print the report and return the exit code."""
    thresholds = [read_threshold(words) for words in options.fail_under]
    chosen = [scenario_by_name(word) for word in options.scenarios] or _default_scenarios(options)
    planned = turns(chosen, _runs(options.runs))
    project = open_project(folder, options.base, options.schema)
    run = os.urandom(4).hex()
    engine = Docker(run)
    about = engine.about()
    _clean_up_after_killed_runs(engine)
    variant, jobs, notes = plan_jobs(project, options)
    results, errors, load = _measure(engine, run, jobs, planned)
    if results:
        _print(Report(variant, results, about, load, notes), options, project)
    failures = list(missed_thresholds(results, thresholds)) if results else []
    failures += [f"{result.service}: an image ships an old program" for result in results if result.is_wrong]
    for message in (*map(str, errors), *failures):
        print_error(message)
    return worst([DIFFERENCES if failures else 0, *(error.exit_code for error in errors)])


def _measure(engine: Docker, run: str, jobs: Sequence[Job], planned: Sequence[Turn]) -> _Measured:
    """Measure each service, even after a failure, and always clean up."""
    results: list[ServiceResult] = []
    errors: list[ComposeVariantError] = []
    with stop_on_signals(), WorkFolder(run) as folder:
        progress = ProgressLine([(job.service, planned) for job in jobs])
        tool = Bench(engine, folder, run, progress)
        for job in jobs:
            try:
                results.append(tool.measure(job, planned))
            except ComposeVariantError as error:
                errors.append(error)
            finally:
                progress.end()
                with ignore_signals():
                    _clean_up(tool)
    return _Measured(results, errors, (min(tool.loads, default=0), max(tool.loads, default=0)))


def _clean_up(tool: Bench) -> None:
    try:
        tool.clean()
    except ComposeVariantError as error:
        print_message(f"warning: could not clean up, the next run of bench will try again: {error}")


def _clean_up_after_killed_runs(engine: Docker) -> None:
    for left in abandoned_runs():
        for namespace, names in left.namespaces.items():
            engine.forget_mounts(namespace, names)
        engine.remove_images(left.run)
        left.remove()
        print_message("note: removed the leftovers of an earlier run")


def _default_scenarios(options: BenchOptions) -> list[Scenario]:
    asked = ["dependency"] if options.dependencies else []
    return [name for name in SCENARIOS if name not in ON_REQUEST or name in asked]


def _runs(words: Sequence[str]) -> dict[Scenario, int]:
    default, given = _RUNS, {}
    for word in words:
        name, equals, count = word.rpartition("=")
        if not count.isdecimal() or not int(count):
            raise UnusableInput(f'invalid --runs "{word}": expected N or SCENARIO=N', None, "such as 5, or cold=3")
        if equals:
            given[scenario_by_name(name)] = int(count)
        else:
            default = int(count)
    return runs_of(default, given)


def _print(report: Report, options: BenchOptions, project: OpenProject) -> None:
    if options.form == "json":
        print_data(as_json(report))
    else:
        print_data(printable(as_markdown(report) if options.form == "markdown" else as_text(report)))
    if options.html:
        from composevariant.bench import bench_page

        project.files.write([FileToWrite(options.html, bench_page(report))])
        print_message(f"wrote {project.files.from_here(options.html)}")


# Progress on stderr while `bench` builds, and signal handling.


class ProgressLine:
    """Progress of the builds, shown as a single overwritten line on a terminal, and otherwise as one line per build."""

    def __init__(self, planned: Sequence[tuple[str, Sequence[Turn]]]) -> None:
        self._left = [(service, turn) for service, turns in planned for turn in turns]
        self._all = len(self._left)
        self._took: dict[tuple[str, str, str], list[float]] = {}
        self._over = bool(sys.stderr) and sys.stderr.isatty()

    def building(self, service: str, turn: Turn) -> None:
        # Builds are skipped if no file has to be edited for them.
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
            print_message(line)

    def built(self, service: str, turn: Turn, seconds: float) -> None:
        self._took.setdefault((service, turn.scenario, turn.side), []).append(seconds)
        if self._left:
            self._left.pop(0)

    def end(self) -> None:
        """Clear the progress line of the terminal."""
        if self._over:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _estimate(self) -> str:
        """Return the estimated time left. A scenario without a measurement counts as long as a cold build."""
        total, sure = 0.0, True
        for service, turn in self._left:
            took = self._took.get((service, turn.scenario, turn.side))
            cold = self._took.get((service, "cold", turn.side))
            if took is None and cold is None:
                return ""
            sure = sure and took is not None
            total += median(took or cold or [0.0])
        return f"; {'about' if sure else 'at most'} {format_duration(total)} left"


def format_duration(seconds: float) -> str:
    """Return a duration as text, such as `40 s` or `3 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - above this, minutes are easier to read


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C, so that everything is cleaned up before the process ends."""

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
def ignore_signals() -> Iterator[None]:
    """Ignore Ctrl-C, SIGTERM and SIGHUP during cleanup."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
