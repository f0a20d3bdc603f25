"""The measurements of a service as rows of text with the columns quantity, base, variant and change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.engine import repeated_bytes, repeated_layers
from composevariant.bench.plan import MEANINGS, SCENARIOS, SIDES, format_size
from composevariant.errors import UnusableInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from composevariant.bench.engine import Layer
    from composevariant.bench.plan import Scenario
    from composevariant.bench.results import Change, Figure, ServiceResult, SideResult

_LAYERS: Final = 6

_SMALL_LAYER: Final = 100_000

_SHORT: Final = 0.05


class Row(NamedTuple):
    """One row of the table. `under` is true if the row belongs to the row above."""

    label: str
    base: str
    variant: str
    change: str = ""
    under: bool = False


def rows(result: ServiceResult) -> Iterator[Row]:
    """Yield all rows for a service."""
    for scenario in result.scenarios:
        base, variant = (result.sides[side].seconds(scenario) for side in SIDES)
        label = f"{scenario} ({len(base.values)})"
        yield Row(label, format_figure(base), format_figure(variant), format_change(result.change(scenario)))
        yield from _details(result, scenario)
    yield _both(result, "image", lambda side: format_size(side.image.size), _size_change(result))
    if any(repeated_layers(side.image.layers) for side in result.sides.values()):
        yield _both(result, "repeated bytes", lambda side: format_size(repeated_bytes(side.image.layers)), under=True)
    yield _both(result, "cache mounts on disk", lambda side: format_size(sum(side.mounts.values())))


def _details(result: ServiceResult, scenario: Scenario) -> Iterator[Row]:
    yield _both(result, "steps cached", lambda side: _cached(side, scenario), under=True)
    if scenario != "cold":
        yield _both(result, "work avoided", lambda side: format_share(side.avoided(scenario)), under=True)
    if any(side.cpu_seconds(scenario) is not None for side in result.sides.values()):
        yield _both(result, "CPU", lambda side: format_seconds(side.cpu_seconds(scenario)), under=True)
    kinds = [side.kinds(scenario) for side in result.sides.values()]
    for kind in dict.fromkeys(name for found in kinds for name, seconds in found.items() if seconds >= _SHORT):
        yield _both(result, kind, lambda side, kind=kind: format_seconds(side.kinds(scenario).get(kind, 0)), under=True)  # type: ignore[misc] # mypy sees no defaults of lambdas
    if scenario in ("cold", "code"):
        yield _both(result, "context sent", lambda side: format_size(side.typical(scenario).context_bytes), under=True)
    if scenario != "nochange" and any(side.received(scenario) is not None for side in result.sides.values()):
        yield _both(result, "downloaded", lambda side: _received(side, scenario), under=True)


def _both(
    result: ServiceResult, label: str, shown: Callable[[SideResult], str], change: str = "", *, under: bool = False
) -> Row:
    base, variant = (shown(result.sides[side]) for side in SIDES)
    return Row(label, base, variant, change, under)


def _cached(side: SideResult, scenario: Scenario) -> str:
    log = side.typical(scenario)
    return f"{log.cached} of {len(log.cacheable)}"


def _received(side: SideResult, scenario: Scenario) -> str:
    received = side.received(scenario)
    return "?" if received is None else format_size(round(received))


def _size_change(result: ServiceResult) -> str:
    base, variant = (result.sides[side].image.size for side in SIDES)
    share = 100 * (variant - base) / base if base else 0
    return "same" if abs(share) < 1 else f"{share:+.0f} %"


def format_figure(figure: Figure) -> str:
    """Format the median, followed by the range if there are several runs, as in `1.93 s (1.87-1.99)`."""
    if len(figure.values) == 1:
        return format_seconds(figure.median)
    return f"{format_seconds(figure.median)} ({_plain(figure.low)}-{_plain(figure.high)})"


def format_seconds(seconds: float | None) -> str:
    """Format seconds as `29.4 s` or `1.93 s`, or as `?` if unknown."""
    return "?" if seconds is None else f"{_plain(seconds)} s"


def _plain(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"  # noqa: PLR2004 - three digits


def format_share(share: float | None) -> str:
    """Format a share as a percentage, or as `?` if unknown."""
    return "?" if share is None else f"{100 * share:.0f} %"


def format_change(change: Change) -> str:
    """Format the change as a percentage, or as its verdict."""
    return change.verdict if change.percent is None else f"{change.percent:+.0f} %"


def layers_of(side: SideResult) -> list[str]:
    """Return the largest layers of an image with their instructions, starting with the last layer."""
    shown = sorted(side.image.layers, key=lambda layer: -layer.size)[:_LAYERS]
    large = [layer for layer in side.image.layers if layer in shown and layer.size >= _SMALL_LAYER]
    again = repeated_layers(side.image.layers)
    return [_layer(layer) + (", repeats earlier bytes" if layer in again else "") for layer in large]


def _layer(layer: Layer) -> str:
    return f"{format_size(layer.size)} {_one_line(layer.created_by) or 'of the base image'}"


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"  # noqa: PLR2004 - a line


def about_lines(result: ServiceResult) -> list[str]:
    """Return the lines about how the service was measured."""
    scenarios = ", ".join(f"{name}: {MEANINGS[name]}" for name in result.scenarios)
    return [f"{scenarios}. Edited: {' and '.join(filter(None, (result.edited, result.manifest)))}"]


# `--fail-under code=50%`, which requires in CI that a variant is faster by a given percentage.

_WORDS: Final = re.compile(r"(?:(?P<service>.+)\.)?(?P<scenario>[a-z]+)=(?P<percent>\d+(?:\.\d+)?) ?%?")


class Threshold(NamedTuple):
    """The percentage by which a scenario must be faster, in one service or in all services."""

    scenario: Scenario
    percent: float
    service: str = ""


def read_threshold(words: str) -> Threshold:
    """Parse `code=50%`, or `backend.code=50%` for one service.

    Raises:
        UnusableInput: the text has another form, or the scenario does not exist.
    """
    found = _WORDS.fullmatch(words)
    if not found:
        raise UnusableInput(f'--fail-under takes SCENARIO=PERCENT, not "{words}"', None, "such as code=50%")
    return Threshold(scenario_by_name(found["scenario"]), float(found["percent"]), found["service"] or "")


def scenario_by_name(word: str) -> Scenario:
    """Return the scenario with this name.

    Raises:
        UnusableInput: there is no such scenario.
    """
    for scenario in SCENARIOS:
        if scenario == word:
            return scenario
    hint = f"the scenarios are {', '.join(SCENARIOS)}"
    raise UnusableInput(f"no such scenario: {word}{did_you_mean(word, SCENARIOS)}", None, hint)


def missed_thresholds(results: Sequence[ServiceResult], thresholds: Sequence[Threshold]) -> Iterator[str]:
    """Yield the thresholds that were missed, including those where the change is not significant."""
    for threshold in thresholds:
        goal = f"{threshold.scenario} must be {threshold.percent:g} % faster"
        meant = [result for result in results if threshold.service in ("", result.service)]
        if not meant:
            yield f"{threshold.service}: {goal}, but was not measured"
        for result in meant:
            if threshold.scenario not in result.scenarios:
                yield f"{result.service}: {goal}, but was not measured"
                continue
            change = result.change(threshold.scenario)
            if change.percent is None or -change.percent < threshold.percent:
                yield f"{result.service}: {goal}, but the result is: {format_change(change)}"
