"""The order of builds. Base and variant alternate, and the side that starts changes with each round."""

from __future__ import annotations

import re
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
"""The scenarios that users can request. `undo` is a check that belongs to `code`, and its time is not reported."""

ONCE: Final[tuple[Scenario, ...]] = ("cold", "undo", "dependency")
"""The scenarios that are built once by default. `cold` takes long, and in `dependency` the dependency is new only
once."""


class Turn(NamedTuple):
    """One build of one side."""

    scenario: Scenario
    run: int
    """The number of the run, counted from 1. Number 0 is a warm-up, which is not reported."""
    side: Side


def turns(scenarios: Sequence[Scenario], runs: Mapping[Scenario, int]) -> list[Turn]:
    """Return all builds of a service. The first build is always cold, and all others start from its result."""
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
    """Return the number of measured builds of each scenario."""
    return {name: given.get(name, 1 if name in ONCE else default) for name in MEANINGS}


# Readers for JSON from other programs. A field that is missing or has another type is treated as empty.


def mapping(value: object) -> dict[str, object]:
    """Return the value if it is a JSON object, or else an empty dictionary."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, object]]:
    """Return the objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Return the strings in a list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return the value if it is a string, or else an empty string."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """Return the value if it is a number, or else 0."""
    return float(value) if isinstance(value, int | float) else 0.0


# Sizes as Docker writes them, with decimal units and four digits.

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")

_SIZE: Final = re.compile(r"(?P<value>\d+(?:\.\d+)?) ?(?P<unit>[kKMGT]?)(?P<binary>i?)B")


def read_size(text: str) -> int:
    """Return the number of bytes for a size such as `2.5MB`, or 0 if the text is not a size."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return 0
    power = " kMGT".index(found["unit"].replace("K", "k") or " ")
    step = 1024 if found["binary"] else 1000
    size: int = round(float(found["value"]) * step**power)
    return size


def format_size(size: int) -> str:
    """Format a number of bytes, for example as `90.8 MB`."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - what would be shown as 1000
        value, unit = value / 1000, unit + 1
    return f"{size} B" if unit == 0 else f"{value:.{1 if value < 99.95 else 0}f} {_UNITS[unit]}"  # noqa: PLR2004
