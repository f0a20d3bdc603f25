"""What is built, and in which order: base and variant take turns, and the one that begins changes with every round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Side = Literal["base", "variant"]
SIDES: Final[tuple[Side, ...]] = get_args(Side)
Scenario = Literal["cold", "nochange", "code", "undo", "manifest", "dependency", "dockerfile"]
ON_REQUEST: Final[tuple[Scenario, ...]] = ("dependency", "dockerfile")
MEANINGS: Final[dict[Scenario, str]] = {
    "cold": "without any cache",
    "nochange": "nothing changed",
    "code": "one source file changed",
    "manifest": "a manifest's bytes changed, its dependencies did not",
    "dependency": "a dependency changed",
    "dockerfile": "the last instruction changed",
    "undo": "the change undone",
}
"""The scenarios in the order in which they are built."""
SCENARIOS: Final[tuple[Scenario, ...]] = tuple(name for name in MEANINGS if name != "undo")
"""Those that one can ask for; `undo` belongs to `code` and is there for what it shows, not for its time."""
ONCE: Final[tuple[Scenario, ...]] = ("cold", "undo", "dependency")
"""Built once unless asked otherwise: the first is long, and the last is new only once."""


class Turn(NamedTuple):
    """One build of one side."""

    scenario: Scenario
    run: int
    """Counted from 1; 0 is for warming up and does not count."""
    side: Side


def turns(scenarios: Sequence[Scenario], runs: Mapping[Scenario, int]) -> list[Turn]:
    """All builds of a service. The first of them is always cold: everything else starts from it."""
    found: list[Turn] = []
    for scenario in MEANINGS:
        if scenario in scenarios or scenario == "cold" or (scenario == "undo" and "code" in scenarios):
            found += _rounds(scenario, runs[scenario])
    return found


def _rounds(scenario: Scenario, runs: int) -> Iterator[Turn]:
    first = 0 if scenario in ("nochange", "code") else 1
    for run in range(first, runs + 1):
        sides = SIDES if run % 2 else SIDES[::-1]
        yield from (Turn(scenario, run, side) for side in sides)


def runs_of(default: int, given: Mapping[Scenario, int]) -> dict[Scenario, int]:
    """How often each scenario is built and counted."""
    return {name: given.get(name, 1 if name in ONCE else default) for name in MEANINGS}
