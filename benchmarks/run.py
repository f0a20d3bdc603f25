"""Time composevariant and `docker compose config -q` as a user calls them, and print a table of medians and ratios.

The runs are interleaved, so that changes in the speed of the machine affect all commands alike.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.projects import write_project

_MEGABYTE_IN_KILOBYTES = 1024


class Medians(NamedTuple):
    """Medians over all runs of one command."""

    milliseconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="counted runs of each command (10)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 200, 2000], help="numbers of services")
    parser.add_argument("--projects", type=int, default=500, help="projects in one call (500; 0 leaves it out)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _time_sizes(Path(folder), options.sizes, options.runs)
        if options.projects:
            _time_many_projects(Path(folder), options.projects, min(options.runs, 3))


def _time_sizes(folder: Path, sizes: list[int], runs: int) -> None:
    tool = str(Path(sysconfig.get_path("scripts")) / "composevariant")
    compose = ["docker", "compose", "config", "-q"] if shutil.which("docker") else []
    print(f"medians of {runs} interleaved runs; peak memory in MB")
    print(f"{'services':>8} {'lines':>6}  {'command':34} {'ms':>7} {'/compose':>8} {'MB':>5}")
    for size in sizes:
        project = folder / str(size)
        lines = write_project(project, size)
        files = ["-f", "docker-compose.yml", "-f", "production.yml"]
        commands = {
            "docker compose config -q": compose,
            "composevariant migrate --dry-run": [tool, "migrate", "--dry-run"],
            "composevariant migrate --all (3)": [tool, "migrate", "--all", "--force"],
            "composevariant validate": [tool, "validate", "docker-compose.yml"],
            "composevariant --help": [tool, "--help"],
            "docker compose -f a -f b config -q": compose and [*compose[:2], *files, *compose[2:]],
            "composevariant migrate -f a -f b": [tool, "migrate", "--dry-run", *files],
        }
        measured = _time_interleaved({name: words for name, words in commands.items() if words}, project, runs)
        for name, (milliseconds, megabytes) in measured.items():
            merged = "-f a -f b " if "-f a -f b" in name else ""
            reference = measured.get(f"docker compose {merged}config -q")
            calls = 3 if name.endswith("(3)") else 1  # three variants replace three files
            ratio = f"{milliseconds / reference.milliseconds / calls:8.2f}" if reference else " " * 8
            print(f"{size:8} {lines:6}  {name:34} {milliseconds:7.0f} {ratio} {megabytes:5.0f}")


def _time_many_projects(folder: Path, count: int, runs: int) -> None:
    tool = str(Path(sysconfig.get_path("scripts")) / "composevariant")
    places = [folder / "many" / str(number) for number in range(count)]
    for place in places:
        write_project(place, 5)
    one = _time_interleaved({"one": [tool, "migrate", "--dry-run", "-C", str(places[0])]}, folder, max(runs, 3))["one"]
    words = [tool, "migrate", "--dry-run", *(word for place in places for word in ("-C", str(place)))]
    together = _time_interleaved({"all": words}, folder, runs)["all"]
    ratio = together.milliseconds / (one.milliseconds * count)
    print(f"\n{count} projects in one call: {together.milliseconds:.0f} ms, {ratio:.2f} of {count} calls")


def _time_interleaved(commands: dict[str, list[str]], folder: Path, runs: int) -> dict[str, Medians]:
    times: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, list[float]] = {name: [] for name in commands}
    # A developer's machine may forbid bytecode files; an installed package has them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for turn in range(runs + 1):
        for name, words in commands.items():
            milliseconds, megabytes = _time_once(words, folder, environment)
            if turn:  # the first one warms the caches up
                times[name].append(milliseconds)
                memory[name].append(megabytes)
    return {name: Medians(statistics.median(times[name]), statistics.median(memory[name])) for name in commands}


def _time_once(words: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    start = time.perf_counter()
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = (time.perf_counter() - start) * 1000
    if process.returncode:
        sys.exit(f"{' '.join(words[:6])} failed with {process.returncode}:\n{errors.decode()[:2000]}")
    return elapsed, usage.ru_maxrss / _MEGABYTE_IN_KILOBYTES


if __name__ == "__main__":
    main()
