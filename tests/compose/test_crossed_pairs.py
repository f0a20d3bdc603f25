"""The whole merge table, attribute by attribute: ours gives what `docker compose -f base -f override` reads.

COMPOSEVARIANT_PAIRS=12000 makes more pairs than the 2,400 of CI, COMPOSEVARIANT_SEED others.
"""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from composevariant.compose.merge.merger import merge
from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Mapping
from tests.compose.crossed_pairs import NOT_HERE, Pair, all_pairs, attributes, is_valid, some_pairs, values
from tests.compose.flow_yaml import flow, parsed
from tests.compose.judge import Asking, Judge
from tests.compose.known_differences import REFUSALS, RENDERINGS, RESULTS
from tests.compose.merge_pairs import COMMON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.compose.compose_oracle import JSON
    from tests.compose.judge import Model

NUMBER: Final = int(os.environ.get("COMPOSEVARIANT_PAIRS", "2400"))
SEED: Final = int(os.environ.get("COMPOSEVARIANT_SEED", "1"))
BATCH: Final = 60


def test_every_attribute_of_the_schema_has_values() -> None:
    assert attributes() - set(NOT_HERE) <= {name for name, known in values().items() if known}


def test_there_are_thousands_of_pairs_and_none_twice() -> None:
    pairs = all_pairs()

    assert len(pairs) > 12000
    assert len(set(some_pairs(NUMBER, SEED))) == min(NUMBER, len(pairs)) >= 2000


def project(pairs: Sequence[tuple[Pair, str]], side: str) -> str:
    lines = [f"  s{number}: {pair.service(side)}" for number, (pair, _) in enumerate(pairs)]
    return "\n".join(("services:", *lines))


def ours_of(pairs: Sequence[tuple[Pair, str]]) -> str:
    return "\n".join(("services:", *(f"  s{number}: {text}" for number, (_, text) in enumerate(pairs))))


def part(model: Model, number: int, _: object) -> JSON:
    services = model["services"]
    assert isinstance(services, dict)
    return services[f"s{number}"]


ASKING: Final = Asking[tuple[Pair, str]](
    lambda pairs: (project(pairs, "base") + COMMON, project(pairs, "override")),
    lambda pairs: ours_of(pairs) + COMMON,
    part,
)


def in_batches(cases: list[tuple[Pair, str]]) -> list[list[tuple[Pair, str]]]:
    """Many that should be accepted in one file, and each of the others alone: one that is refused is all that is."""
    sound = [case for case in cases if is_valid(ours_of([case]) + COMMON)]
    batches = [sound[at : at + BATCH] for at in range(0, len(sound), BATCH)]
    return batches + [[case] for case in cases if case not in sound]


def merged(pair: Pair) -> str | None:
    """Our service; None where we refuse to merge."""
    try:
        return _merged(pair)
    except ComposeVariantError:
        return None


def _merged(pair: Pair) -> str:
    base = parsed(f"services:\n  s: {pair.service('base')}{COMMON}")
    services = merge(base, parsed(f"services: {{s: {pair.service('override')}}}")).get("services")
    assert isinstance(services, Mapping)
    service = services.get("s")
    assert service is not None
    return flow(service)


def refusal(pair: Pair) -> str:
    """Why we refuse to merge."""
    try:
        _merged(pair)
    except ComposeVariantError as error:
        return str(error)
    return ""


@pytest.mark.oracle
@pytest.mark.slow
def test_our_merge_is_the_one_of_docker_compose(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    batches = in_batches([(pair, text) for pair in some_pairs(NUMBER, SEED) if (text := merged(pair)) is not None])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda at: judge.differing(str(at), batches[at], ASKING), range(len(batches))))

    unknown = [pair for some in found for pair, _ in some if not any(known(pair) for known in RESULTS.values())]
    assert unknown == []
    assert judge.compared > NUMBER // 2


@pytest.mark.oracle
@pytest.mark.slow
def test_what_our_merge_refuses_docker_compose_refuses_too(tmp_path: Path) -> None:
    """But for what it ignores in silence, or makes something of that nobody means: see known_differences."""
    judge = Judge(tmp_path)
    refused = {pair: message for pair in some_pairs(NUMBER, SEED) if (message := refusal(pair))}
    surprising = [pair for pair, message in refused.items() if not any(words in message for words in REFUSALS.values())]

    def accepts(numbered: tuple[int, Pair]) -> bool:
        number, pair = numbered
        texts = (project([(pair, "")], "base") + COMMON, project([(pair, "")], "override"))
        return judge.read(f"r{number}", *texts) is not None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(accepts, enumerate(surprising)))

    assert [(pair, refused[pair]) for pair, accepted in zip(surprising, found, strict=True) if accepted] == []


def test_the_page_on_compatibility_has_every_known_difference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "compose-compatibility.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| (a[^|]*?) \|", page, re.MULTILINE) == [*RESULTS, *RENDERINGS, *REFUSALS]


@pytest.mark.oracle
def test_a_wrong_merge_would_be_found(tmp_path: Path) -> None:
    right, wrong = Pair("init", "true", "false"), Pair("user", "root", "'1000'")
    planted = [(right, "{image: i, init: false}"), (wrong, "{image: i, user: root}")]

    assert Judge(tmp_path).differing("p", planted, ASKING) == [planted[1]]
