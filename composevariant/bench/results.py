"""The measurements, from which all reports are generated."""

from __future__ import annotations

import json
import re
from math import comb
from statistics import mean, median
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from composevariant.bench.plan import texts
from composevariant.bench.progress import CONTEXT, avoided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.bench.engine import EngineInfo, Image
    from composevariant.bench.judging import Differences, Finding
    from composevariant.bench.plan import Scenario, Side, Turn
    from composevariant.bench.progress import BuildStep, Log


class Sample(NamedTuple):
    """One measured build."""

    turn: Turn
    seconds: float
    cpu_seconds: float | None
    log: Log
    received: int | None = None


class SideResult(NamedTuple):
    """The measurements of one side of a service."""

    dockerfile: str
    image: Image
    mounts: Mapping[str, int]
    """The sizes of the side's cache mounts in bytes, by target."""
    samples: Sequence[Sample]

    def of(self, scenario: Scenario) -> list[Sample]:
        """Return the measured builds of a scenario."""
        return [sample for sample in self.samples if sample.turn.scenario == scenario and sample.turn.run]

    def seconds(self, scenario: Scenario) -> Figure:
        return Figure(tuple(sample.seconds for sample in self.of(scenario)))

    def cpu_seconds(self, scenario: Scenario) -> float | None:
        """Return the mean CPU seconds. The counter covers all builds on the engine."""
        found = [sample.cpu_seconds for sample in self.of(scenario) if sample.cpu_seconds is not None]
        return mean(found) if found else None

    def received(self, scenario: Scenario) -> float | None:
        """Return the mean number of bytes downloaded over the engine's default network."""
        found = [sample.received for sample in self.of(scenario) if sample.received is not None]
        return mean(found) if found else None

    def typical(self, scenario: Scenario) -> Log:
        """Return the log of the build with the median time."""
        samples = sorted(self.of(scenario), key=lambda sample: sample.seconds)
        return samples[len(samples) // 2].log

    def avoided(self, scenario: Scenario) -> float | None:
        """Return the share of the cold build's work that the scenario avoided."""
        return avoided(self.typical(scenario), self.typical("cold"))

    def kinds(self, scenario: Scenario) -> dict[Kind, float]:
        """Return the seconds of the executed steps by kind."""
        return seconds_by_kind(self.typical(scenario).steps)


class ServiceResult(NamedTuple):
    """The measurements of a service."""

    service: str
    sides: Mapping[Side, SideResult]
    edited: str
    """The source file that was edited."""
    manifest: str
    """The manifest that was edited, or an empty string if there is none."""
    findings: Sequence[Finding]
    differences: Differences
    notes: Sequence[str] = ()

    @property
    def scenarios(self) -> list[Scenario]:
        """Return the measured scenarios in build order, without `undo`, which is only a check."""
        turns = (sample.turn for sample in self.sides["base"].samples)
        return list(dict.fromkeys(turn.scenario for turn in turns if turn.run and turn.scenario != "undo"))

    @property
    def is_wrong(self) -> bool:
        return any(finding.kind == "WRONG" for finding in self.findings)

    def change(self, scenario: Scenario) -> Change:
        """Return the change in the variant's time, without a verdict if an image ships an old program."""
        if self.is_wrong:
            return Change("WRONG")
        return change(self.sides["base"].seconds(scenario), self.sides["variant"].seconds(scenario))


class Report(NamedTuple):
    """One run of `bench`."""

    variant: str
    services: Sequence[ServiceResult]
    about: EngineInfo
    load: tuple[float, float]
    """The lowest and highest load average of the machine over the last minute, as read before each build."""
    notes: Sequence[str] = ()


# Figures for a few runs: the median, the range, and whether two figures differ.

FEWEST: Final = 3

_LEVEL: Final = 0.01

_SMALLEST_SHARE, _SMALLEST_SECONDS = 0.05, 0.1
"""The smallest differences that count. Smaller ones do not matter to users, and machine load can cause larger ones."""

Verdict = Literal["faster", "slower", "no difference", "too few runs", "WRONG"]


class Figure(NamedTuple):
    """The times of all runs of one scenario on one side."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    @property
    def span(self) -> float:
        """Return the highest time divided by the lowest. A ratio is used because a busy machine multiplies times."""
        return self.high / self.low


class Change(NamedTuple):
    """The change from base to variant. `percent` is negative if the variant is faster, and None without a verdict."""

    verdict: Verdict
    percent: float | None = None


def change(base: Figure, variant: Figure) -> Change:
    """Compare the times of two sides.

    Fewer than three runs are never compared. Otherwise the sides differ if the medians differ by at least 5% and 0.1 s,
    and one of two conditions is met. Either the gap between the ranges is a larger factor than the span of each range,
    or the exact Mann-Whitney rank test gives a probability of at most 1%. With three runs on each side, only the first
    condition can be met.
    """
    if min(len(base.values), len(variant.values)) < FEWEST:
        return Change("too few runs")
    apart = variant.median - base.median
    if abs(apart) < max(_SMALLEST_SHARE * base.median, _SMALLEST_SECONDS):
        return Change("no difference")
    gap = max(variant.low / base.high, base.low / variant.high)
    if gap > max(base.span, variant.span) or chance(base.values, variant.values) <= _LEVEL:
        return Change("faster" if apart < 0 else "slower", 100 * apart / base.median)
    return Change("no difference")


def chance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the two-sided probability of ranks at least this far apart if both sides are the same.

    Ties increase the probability.
    """
    below = sum(x < y for x in one for y in other)
    above = sum(x > y for x in one for y in other)
    extreme = len(one) * len(other) - max(below, above)
    ways = _ways(len(one), len(other))
    return min(1.0, 2 * sum(ways[: extreme + 1]) / comb(len(one) + len(other), len(one)))


def _ways(first: int, second: int) -> list[int]:
    """Return how many orderings of the `first` and `second` values have exactly 0, 1, 2, ... inversions."""
    rows = [[1] for _ in range(second + 1)]
    for one in range(1, first + 1):
        for other in range(1, second + 1):
            shifted = [0] * other + rows[other]
            left = rows[other - 1]
            size = one * other + 1
            rows[other] = [
                (shifted[at] if at < len(shifted) else 0) + (left[at] if at < len(left) else 0) for at in range(size)
            ]
    return rows[second]


# The kind of work that a step does: sending the context, installing dependencies, copying sources, compiling or
# exporting.

Kind = Literal["context", "base images", "dependencies", "copy", "compile", "install and compile", "other", "export"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_INSTALLS: Final = re.compile(
    r"\b(npm (ci|i|install)|pnpm (i|install|fetch)|yarn( install| --|\s*(&&|;|$))|bun install|pip3? install|"
    r"uv (sync|pip install)|poetry install|pipenv (install|sync)|go mod (download|vendor)|cargo (fetch|chef cook)|"
    r"apt(-get)? (-\S+ )*(install|update)|apk (-\S+ )*(add|update)|(yum|dnf|microdnf) (-\S+ )*install|bundle install|"
    r"composer install|dotnet restore|dependency:(go-offline|resolve)|gradlew? (-\S+ )*dependencies)"
)

_VALUE: Final = r"""(?:"[^"]*"|'[^']*'|[^\s"'])*"""

_FLAGS: Final = re.compile(rf"(?:--[a-z]+(?:={_VALUE})?\s+)*")

_SHELL: Final = r"""\b(?:su|(?:ba|da|a|z)?sh) (?:\S+ ){0,4}?-\w*c ["']?"""

_RUNNERS: Final = (
    r"(?:sudo|env|exec|time|eatmydata|nice|nohup|npx|bunx|corepack|(?:gosu|su-exec|timeout) \S+|bundle exec|"
    r"(?:poetry|uv|pipenv) run|(?:npm|pnpm|yarn|bun)(?: run| exec)?)"
)
"""Programs that run the command that follows their name."""

_START: Final = (
    rf"(?:^|[;&|(){{}}!`\n]|\b(?:then|do|else) |{_SHELL})\s*(?:\w+={_VALUE}\s+)*"
    rf"(?:{_RUNNERS}\s+(?:-\S+\s+)*(?:\w+=\S*\s+)*)*(?:[^\s;&|()]*/)?"
)
"""The positions where a shell expects a command. Elsewhere, packages, folders and arguments can also have the name of a
compiler."""

_COMPILES: Final = re.compile(
    rf"{_START}(?:cargo (build|install|rustc)|(npm|pnpm|yarn|bun) (run )?build|go (build|install)|"
    r"(tsc|c?make|ninja|webpack)(?![\w.-])|([\w-]+-)?(gcc|g\+\+)(?![\w.])|"
    r"mvnw? (-\S+ )*(package|install|verify|compile)|gradlew? (-\S+ )*(build|assemble|bootJar|jar)|"
    r"dotnet (build|publish)|(vite|next) build)"
)

_MANIFEST: Final = re.compile(
    r"(^|/)(Cargo\.(toml|lock)|package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|\.npmrc|"
    r"\.yarnrc(\.yml)?|requirements[^/]*\.txt|constraints[^/]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|Pipfile(\.lock)?|"
    r"go\.(mod|sum)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|[^/]*\.(csproj|sln|gradle|kts)|NuGet\.Config|"
    r"package\*\.json|Cargo\.\*|go\.\*|recipe\.json)$"
)


def kinds_of(steps: Sequence[BuildStep]) -> list[Kind]:
    """Return the kind of each step.

    A compile step has the kind `dependencies` as long as its stage has copied only manifests, because such a step
    compiles the dependencies with an empty program.
    """
    only_manifests: dict[str, bool] = {}
    kinds: list[Kind] = []
    for step in steps:
        copied = _copied_paths(step.instruction)
        if copied:
            manifests = all(map(_MANIFEST.search, copied))
            only_manifests[step.stage] = manifests and only_manifests.get(step.stage, True)
        kind = _kind(step)
        kinds.append("dependencies" if kind == "compile" and only_manifests.get(step.stage) else kind)
    return kinds


def seconds_by_kind(steps: Sequence[BuildStep]) -> dict[Kind, float]:
    """Return the total seconds of the executed steps for each kind."""
    found = dict.fromkeys(KINDS, 0.0)
    for step, kind in zip(steps, kinds_of(steps), strict=True):
        if not step.cached:
            found[kind] += step.seconds
    return {kind: seconds for kind, seconds in found.items() if seconds}


def _copied_paths(instruction: str) -> list[str]:
    """Return the paths that a step copies from the context."""
    words = instruction.split()
    if not words or words[0] not in ("COPY", "ADD") or any(word.startswith("--from=") for word in words):
        return []
    return [word for word in words[1:-1] if not word.startswith("--")]


def _kind(step: BuildStep) -> Kind:
    if step.name.startswith("exporting"):
        return "export"
    name, _, rest = step.instruction.partition(" ")
    if not step.instruction:
        return "context" if step.name == CONTEXT else "other"
    if name == "FROM":
        return "base images"
    if name in ("COPY", "ADD"):
        return "copy"
    script = _script(rest)
    installs, compiles = bool(_INSTALLS.search(script)), bool(_COMPILES.search(script))
    if installs and compiles:
        return "install and compile"
    return "dependencies" if installs else "compile" if compiles else "other"


def _script(run: str) -> str:
    """Return the script of a `RUN` without its flags, because folders and caches can have the names of programs."""
    script = run[match.end() :] if (match := _FLAGS.match(run)) else run
    try:
        words = json.loads(script) if script.startswith("[") else None
    except ValueError:
        words = None
    return " ".join(texts(words)) if words else re.sub(r"[ \t]+", " ", script)
