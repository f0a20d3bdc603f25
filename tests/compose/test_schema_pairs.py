"""What stands below attributes, and resources: ours gives what `docker compose -f base -f override` reads.

COMPOSEVARIANT_PAIRS and COMPOSEVARIANT_SEED make more pairs and others, as in `test_crossed_pairs`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from composevariant.compose.merge.merger import merge
from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Mapping
from tests.compose.flow_yaml import flow, parsed
from tests.compose.judge import Asking, Judge
from tests.compose.known_differences import REFUSALS, RENDERINGS, RESULTS
from tests.compose.schema_pairs import Pair, all_pairs, is_valid, project, some_pairs
from tests.compose.schema_settings import SECTIONS, settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.compose.compose_oracle import JSON
    from tests.compose.judge import Model

NUMBER: Final = int(os.environ.get("COMPOSEVARIANT_PAIRS", "700"))
SEED: Final = int(os.environ.get("COMPOSEVARIANT_SEED", "1"))
BATCH: Final = 60


def test_every_setting_has_a_pair() -> None:
    tried = {(pair.section, pair.path) for pair in some_pairs(NUMBER, SEED) if pair.base}
    known = {(one.section, one.path) for one in settings() if one.path[0] != "extends"}

    assert {section for section, _ in tried} == set(SECTIONS)
    assert {(pair.section, pair.path) for pair in all_pairs()} == known


def theirs(pairs: Sequence[tuple[Pair, str]]) -> tuple[str, str]:
    base = project((pair.section, pair.written("base")) for pair, _ in pairs)
    return base, project(((pair.section, pair.written("override")) for pair, _ in pairs), whole=False)


def part(model: Model, number: int, case: tuple[Pair, str]) -> JSON:
    section = model[case[0].section]
    assert isinstance(section, dict)
    found = section[f"n{number}"]
    return RENDERINGS["an emptied mapping"](found) if case[0].override.startswith("!reset") else found


ASKING: Final = Asking[tuple[Pair, str]](
    theirs, lambda pairs: project((pair.section, text) for pair, text in pairs), part
)


def merged(pair: Pair) -> tuple[str, str]:
    """Our service or resource, or why we refuse to merge."""
    base, override = map(parsed, theirs([(pair, "")]))
    try:
        section = merge(base, override).get(pair.section)
    except ComposeVariantError as error:
        return "", str(error)
    thing = section.get("n0") if isinstance(section, Mapping) else None
    assert thing is not None
    return flow(thing), ""


def in_batches(cases: list[tuple[Pair, str]]) -> list[list[tuple[Pair, str]]]:
    """Many that should be accepted in one file, and each of the others alone: one that is refused is all that is."""
    sound = [case for case in cases if is_valid(*case)]
    batches = [sound[at : at + BATCH] for at in range(0, len(sound), BATCH)]
    return batches + [[case] for case in cases if case not in sound]


@pytest.mark.oracle
@pytest.mark.slow
def test_our_merge_is_the_one_of_docker_compose(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    accepted = [(pair, text) for pair in some_pairs(NUMBER, SEED) if (text := merged(pair)[0])]
    batches = in_batches(accepted)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda at: judge.differing(str(at), batches[at], ASKING), range(len(batches))))

    unknown = [pair for some in found for pair, _ in some if not any(known(pair) for known in RESULTS.values())]
    assert unknown == []
    assert judge.compared > len(accepted) * 3 // 4


@pytest.mark.oracle
@pytest.mark.slow
def test_what_our_merge_refuses_docker_compose_refuses_too(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    refused = {pair: why for pair in some_pairs(NUMBER, SEED) if (why := merged(pair)[1])}
    surprising = [pair for pair, why in refused.items() if not any(words in why for words in REFUSALS.values())]

    def accepts(numbered: tuple[int, Pair]) -> bool:
        return judge.read(f"r{numbered[0]}", *theirs([(numbered[1], "")])) is not None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(accepts, enumerate(surprising)))

    assert [pair for pair, accepted in zip(surprising, found, strict=True) if accepted] == []


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("pair", "wrong"),
    [
        pytest.param(Pair("networks", ("driver",), "a", "b"), "{driver: a}", id="a network"),
        pytest.param(Pair("models", ("context_size",), "1", "2"), "{model: m, context_size: 1}", id="a model"),
        pytest.param(
            Pair("services", ("deploy", "replicas"), "1", "2"), "{image: i, deploy: {replicas: 1}}", id="deploy"
        ),
    ],
)
def test_a_wrong_merge_would_be_found(pair: Pair, wrong: str, tmp_path: Path) -> None:
    cases = [(pair, merged(pair)[0]), (pair, wrong)]

    assert Judge(tmp_path).differing("p", cases, ASKING) == [(pair, wrong)]
