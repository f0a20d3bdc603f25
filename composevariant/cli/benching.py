"""What `bench` does, without its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from composevariant.bench.as_json import as_json
from composevariant.bench.docker import Docker
from composevariant.bench.measuring import Bench
from composevariant.bench.plan import ON_REQUEST, SCENARIOS, runs_of, turns
from composevariant.bench.results import Report
from composevariant.bench.text import as_markdown, as_text
from composevariant.bench.thresholds import missed, read_threshold, scenario_named
from composevariant.cli.bench_jobs import jobs_of
from composevariant.cli.bench_watching import Shown, stoppable, undisturbed
from composevariant.cli.projects import open_project
from composevariant.cli.terminal import data, error_line, printable, say
from composevariant.disk import WorkFolder, Written, abandoned
from composevariant.errors import DIFFERENCES, ComposeVariantError, UnusableInput, worst
from composevariant.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.bench.job import Job
    from composevariant.bench.plan import Scenario, Turn
    from composevariant.bench.results import ServiceResult
    from composevariant.workshop import Workshop

_RUNS = 3


class Wanted(NamedTuple):
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


def bench(folder: str, wanted: Wanted) -> int:
    """Measure and report; gives the exit code."""
    thresholds = [read_threshold(words) for words in wanted.fail_under]
    chosen = [scenario_named(word) for word in wanted.scenarios] or _default_scenarios(wanted)
    planned = turns(chosen, _runs(wanted.runs))
    workshop = open_project(folder, wanted.base, wanted.schema)
    run = os.urandom(4).hex()
    engine = Docker(run)
    about = engine.about()
    _clean_up_after_killed_runs(engine)
    variant, jobs, notes = jobs_of(workshop, wanted)
    results, errors, load = _measured(engine, run, jobs, planned)
    if results:
        _print(Report(variant, results, about, load, notes), wanted, workshop)
    failures = list(missed(results, thresholds)) if results else []
    failures += [f"{result.service}: an image ships an old program" for result in results if result.is_wrong]
    for message in (*map(str, errors), *failures):
        error_line(message)
    return worst([DIFFERENCES if failures else 0, *(error.exit_code for error in errors)])


def _measured(engine: Docker, run: str, jobs: Sequence[Job], planned: Sequence[Turn]) -> _Measured:
    """Measure each service, also after one failed. Whatever happens, nothing is left."""
    results: list[ServiceResult] = []
    errors: list[ComposeVariantError] = []
    with stoppable(), WorkFolder(run) as place:
        shown = Shown([(job.service, planned) for job in jobs])
        tool = Bench(engine, place, run, shown)
        for job in jobs:
            try:
                results.append(tool.measure(job, planned))
            except ComposeVariantError as error:
                errors.append(error)
            finally:
                shown.end()
                with undisturbed():
                    _cleaned(tool)
    return _Measured(results, errors, (min(tool.loads, default=0), max(tool.loads, default=0)))


def _cleaned(tool: Bench) -> None:
    try:
        tool.clean()
    except ComposeVariantError as error:
        say(f"warning: what was made is still there, and the next run of bench removes it: {error}")


def _clean_up_after_killed_runs(engine: Docker) -> None:
    for left in abandoned():
        for namespace, names in left.namespaces.items():
            engine.forget_mounts(namespace, names)
        engine.remove_images(left.run)
        left.remove()
        say("note: removed what an earlier run has left that could not clean up")


def _default_scenarios(wanted: Wanted) -> list[Scenario]:
    asked = ["dependency"] if wanted.dependencies else []
    return [name for name in SCENARIOS if name not in ON_REQUEST or name in asked]


def _runs(words: Sequence[str]) -> dict[Scenario, int]:
    default, given = _RUNS, {}
    for word in words:
        name, equals, count = word.rpartition("=")
        if not count.isdecimal() or not int(count):
            raise UnusableInput(f'--runs takes N or SCENARIO=N, not "{word}"', None, "such as 5, or cold=3")
        if equals:
            given[scenario_named(name)] = int(count)
        else:
            default = int(count)
    return runs_of(default, given)


def _print(report: Report, wanted: Wanted, workshop: Workshop) -> None:
    if wanted.form == "json":
        data(as_json(report))
    else:
        data(printable(as_markdown(report) if wanted.form == "markdown" else as_text(report)))
    if wanted.html:
        from composevariant.bench.html import page

        workshop.files.write([Written(wanted.html, page(report))])
        say(f"wrote {workshop.files.from_here(wanted.html)}")
