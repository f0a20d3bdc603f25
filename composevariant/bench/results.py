"""What was measured. Everything that is shown is read from here."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

from composevariant.bench.figures import Change, Figure, change
from composevariant.bench.kinds import seconds_by_kind
from composevariant.bench.progress import avoided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.bench.engine import About, Image
    from composevariant.bench.judging import Differences, Finding
    from composevariant.bench.kinds import Kind
    from composevariant.bench.plan import Scenario, Side, Turn
    from composevariant.bench.progress import Log


class Sample(NamedTuple):
    """One build that was measured."""

    turn: Turn
    seconds: float
    cpu_seconds: float | None
    log: Log
    received: int | None = None


class SideResult(NamedTuple):
    """Everything about one side of a service."""

    dockerfile: str
    image: Image
    mounts: Mapping[str, int]
    """The sizes of its cache mounts, by where they are mounted."""
    samples: Sequence[Sample]

    def of(self, scenario: Scenario) -> list[Sample]:
        """The builds of a scenario that count."""
        return [sample for sample in self.samples if sample.turn.scenario == scenario and sample.turn.run]

    def seconds(self, scenario: Scenario) -> Figure:
        return Figure(tuple(sample.seconds for sample in self.of(scenario)))

    def cpu_seconds(self, scenario: Scenario) -> float | None:
        """The mean, as the account is of all builds of the engine together."""
        found = [sample.cpu_seconds for sample in self.of(scenario) if sample.cpu_seconds is not None]
        return mean(found) if found else None

    def received(self, scenario: Scenario) -> float | None:
        """The mean of the bytes that were downloaded, by everything on the engine's default network."""
        found = [sample.received for sample in self.of(scenario) if sample.received is not None]
        return mean(found) if found else None

    def typical(self, scenario: Scenario) -> Log:
        """The log of the build that took the middle time."""
        samples = sorted(self.of(scenario), key=lambda sample: sample.seconds)
        return samples[len(samples) // 2].log

    def avoided(self, scenario: Scenario) -> float | None:
        """The share of the cold build's work that was not done again."""
        return avoided(self.typical(scenario), self.typical("cold"))

    def kinds(self, scenario: Scenario) -> dict[Kind, float]:
        """The seconds of the steps that were run, by their kind."""
        return seconds_by_kind(self.typical(scenario).steps)


class ServiceResult(NamedTuple):
    """A service, measured."""

    service: str
    sides: Mapping[Side, SideResult]
    edited: str
    """The source file that was edited."""
    manifest: str
    """The manifest that was edited; "" where none was."""
    findings: Sequence[Finding]
    differences: Differences
    notes: Sequence[str] = ()

    @property
    def scenarios(self) -> list[Scenario]:
        """Those that were measured, in the order of their first build; `undo` is a check and no scenario."""
        turns = (sample.turn for sample in self.sides["base"].samples)
        return list(dict.fromkeys(turn.scenario for turn in turns if turn.run and turn.scenario != "undo"))

    @property
    def is_wrong(self) -> bool:
        return any(finding.kind == "WRONG" for finding in self.findings)

    def change(self, scenario: Scenario) -> Change:
        """What may be claimed of the variant's time: nothing where an image ships an old program."""
        if self.is_wrong:
            return Change("WRONG")
        return change(self.sides["base"].seconds(scenario), self.sides["variant"].seconds(scenario))


class Report(NamedTuple):
    """One run of `bench`."""

    variant: str
    services: Sequence[ServiceResult]
    about: About
    load: tuple[float, float]
    """The machine's load average over the last minute, the lowest and the highest before a build."""
    notes: Sequence[str] = ()
