"""`--fail-under code=50%`: how much faster a variant must be, for CI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.plan import SCENARIOS
from composevariant.bench.table import shown_change
from composevariant.errors import UnusableInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.bench.plan import Scenario
    from composevariant.bench.results import ServiceResult

_WORDS: Final = re.compile(r"(?:(?P<service>.+)\.)?(?P<scenario>[a-z]+)=(?P<percent>\d+(?:\.\d+)?) ?%?")


class Threshold(NamedTuple):
    """By how many per cent a scenario must be faster, in one service or in all."""

    scenario: Scenario
    percent: float
    service: str = ""


def read_threshold(words: str) -> Threshold:
    """`code=50%`, or `backend.code=50%` for one service.

    Raises:
        UnusableInput: it is neither.
    """
    found = _WORDS.fullmatch(words)
    if not found:
        raise UnusableInput(f'--fail-under takes SCENARIO=PERCENT, not "{words}"', None, "such as code=50%")
    return Threshold(scenario_named(found["scenario"]), float(found["percent"]), found["service"] or "")


def scenario_named(word: str) -> Scenario:
    """The scenario of this name.

    Raises:
        UnusableInput: there is none.
    """
    for scenario in SCENARIOS:
        if scenario == word:
            return scenario
    hint = f"there are {', '.join(SCENARIOS)}"
    raise UnusableInput(f'there is no scenario "{word}"{did_you_mean(word, SCENARIOS)}', None, hint)


def missed(results: Sequence[ServiceResult], thresholds: Sequence[Threshold]) -> Iterator[str]:
    """What is not as fast as it must be. What cannot be claimed is not reached."""
    for threshold in thresholds:
        wanted = f"{threshold.scenario} is to be {threshold.percent:g} % faster"
        meant = [result for result in results if threshold.service in ("", result.service)]
        if not meant:
            yield f"{threshold.service}: {wanted}, and was not measured"
        for result in meant:
            if threshold.scenario not in result.scenarios:
                yield f"{result.service}: {wanted}, and was not measured"
                continue
            change = result.change(threshold.scenario)
            if change.percent is None or -change.percent < threshold.percent:
                yield f"{result.service}: {wanted}, and is not: {shown_change(change)}"
