"""The order of builds."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from composevariant.bench.plan import SCENARIOS, Scenario, runs_of, turns

CHOSEN = st.lists(st.sampled_from(SCENARIOS), unique=True)


def test_sides_take_turns_and_the_first_one_changes() -> None:
    found = turns(["code"], runs_of(2, {}))

    assert [(turn.scenario, turn.run, turn.side) for turn in found] == [
        ("cold", 1, "base"),
        ("cold", 1, "variant"),
        ("code", 0, "variant"),
        ("code", 0, "base"),
        ("code", 1, "base"),
        ("code", 1, "variant"),
        ("code", 2, "variant"),
        ("code", 2, "base"),
        ("undo", 1, "base"),
        ("undo", 1, "variant"),
    ]


@given(CHOSEN, st.integers(1, 6))
def test_both_sides_are_built_equally_often_and_cold_comes_first(chosen: list[Scenario], runs: int) -> None:
    found = turns(chosen, runs_of(runs, {"cold": 2}))

    counts = Counter((turn.scenario, turn.side) for turn in found if turn.run)
    assert found[0].scenario == "cold"
    assert all(counts[scenario, "base"] == counts[scenario, "variant"] for scenario, _ in counts)
    assert {scenario for scenario, _ in counts} - {"undo"} == {"cold", *chosen}
    assert all(count in (1, 2, runs) for count in counts.values())
    assert counts["cold", "base"] == 2
