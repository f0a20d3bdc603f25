"""What a few runs allow to say: median, range, and whether two of them differ."""

from __future__ import annotations

from math import comb
from statistics import median
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST: Final = 3
_LEVEL: Final = 0.01
_SMALLEST_SHARE, _SMALLEST_SECONDS = 0.05, 0.1
"""Nobody waits for less, and a machine with other work to do drifts by more."""

Verdict = Literal["faster", "slower", "no difference", "too few runs", "WRONG"]


class Figure(NamedTuple):
    """The runs of one scenario and side."""

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
        """The highest by the lowest: a busy machine stretches times by factors."""
        return self.high / self.low


class Change(NamedTuple):
    """The variant against the base. `percent` is negative where it is faster; None where nothing may be claimed."""

    verdict: Verdict
    percent: float | None = None


def change(base: Figure, variant: Figure) -> Change:
    """What may be claimed of two sides.

    With fewer than three runs nothing. Else there is a difference where the medians are apart by 5 % and 0.1 s and
    either the ranges lie apart by a larger factor than either of them spans, or the exact rank test of Mann and Whitney
    says that chance would do this once in a hundred times. Three runs against three can only pass the first.
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
    """The two-sided probability of ranks as far apart as these when both sides are the same. Ties count against it."""
    below = sum(x < y for x in one for y in other)
    above = sum(x > y for x in one for y in other)
    extreme = len(one) * len(other) - max(below, above)
    ways = _ways(len(one), len(other))
    return min(1.0, 2 * sum(ways[: extreme + 1]) / comb(len(one) + len(other), len(one)))


def _ways(first: int, second: int) -> list[int]:
    """How many orders of `first` and `second` values have 0, 1, 2 … pairs in the wrong order."""
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
