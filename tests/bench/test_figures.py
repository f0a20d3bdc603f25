"""What may be claimed of a few runs."""

from __future__ import annotations

from itertools import combinations
from random import Random, lognormvariate, seed

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.bench.results import Figure, chance, change

SECONDS = st.floats(0.05, 1000, allow_nan=False)
RUNS = st.lists(SECONDS, min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("base", "variant", "verdict"),
    [
        pytest.param((25.7, 29.5, 24.3), (1.9, 2.0, 1.9), "faster", id="far apart"),
        pytest.param((32.2, 20.2, 37.9), (4.8, 4.6, 6.6), "faster", id="far apart on a busy machine"),
        pytest.param((1.9, 2.0, 1.9), (25.7, 29.5, 24.3), "slower", id="the other way round"),
        pytest.param((27.6, 25.9), (1.0, 1.0), "too few runs", id="two runs allow nothing"),
        pytest.param((27.6, 29.0, 28.0), (25.9, 27.0, 28.5), "no difference", id="ranges that overlap"),
        pytest.param((10.0, 12.0, 11.0), (8.0, 9.5, 9.0), "no difference", id="a gap that is smaller than a range"),
        pytest.param((0.30, 0.30, 0.30), (0.21, 0.21, 0.21), "no difference", id="less than anybody notices"),
        pytest.param((100.0, 100.1, 100.2), (96.0, 96.1, 96.2), "no difference", id="less than a machine drifts"),
        pytest.param((9, 10, 11, 12, 13), (5, 6, 7, 8, 8.5), "faster", id="five runs, by their ranks"),
    ],
)
def test_what_is_claimed(base: tuple[float, ...], variant: tuple[float, ...], verdict: str) -> None:
    found = change(Figure(base), Figure(variant))

    assert found.verdict == verdict
    assert (found.percent is not None) == (verdict in ("faster", "slower"))


@given(RUNS, RUNS)
def test_the_order_of_runs_does_not_count_and_swapping_sides_swaps_the_verdict(
    base: list[float], variant: list[float]
) -> None:
    found = change(Figure(tuple(base)), Figure(tuple(variant)))
    swapped = change(Figure(tuple(variant)), Figure(tuple(base)))

    assert found == change(Figure(tuple(sorted(base))), Figure(tuple(sorted(variant, reverse=True))))
    if found.percent is not None and swapped.percent is not None:
        assert {found.verdict, swapped.verdict} == {"faster", "slower"}


@given(RUNS)
def test_equal_runs_never_differ(runs: list[float]) -> None:
    assert change(Figure(tuple(runs)), Figure(tuple(runs))).percent is None


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_chance_is_that_of_counting_all_orders(first: int, second: int, dice: Random) -> None:
    values = list(range(first + second))
    dice.shuffle(values)
    one, other = values[:first], values[first:]

    def lower(group: tuple[int, ...]) -> int:
        rest = [value for value in values if value not in group]
        pairs = sum(x < y for x in group for y in rest)
        return min(pairs, first * second - pairs)

    groups = list(combinations(values, first))
    as_extreme = sum(lower(group) <= lower(tuple(one)) for group in groups)

    assert chance(one, other) == pytest.approx(as_extreme / len(groups)) or lower(tuple(one)) * 2 == first * second


@pytest.mark.parametrize("runs", [3, 5, 8])
@pytest.mark.parametrize("noise", [0.05, 0.3])
def test_sides_that_are_the_same_are_seldom_told_apart(runs: int, noise: float) -> None:
    seed(1)

    def figure() -> Figure:
        return Figure(tuple(20 * lognormvariate(0, noise) for _ in range(runs)))

    claimed = sum(change(figure(), figure()).percent is not None for _ in range(2000))

    assert claimed / 2000 < 0.02
