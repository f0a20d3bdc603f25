"""Our merge against the real one: what both make of the same two files, or that both refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from composevariant.compose.merge.merger import merge
from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Entry, Mapping, Sequence
from tests.compose import merge_documents, merge_pairs
from tests.compose.flow_yaml import flow, parsed

if TYPE_CHECKING:
    from collections.abc import Collection

    from composevariant.tree.nodes import Node
    from tests.compose.compose_oracle import JSON, Oracle, Printed

pytestmark = pytest.mark.oracle

Model: TypeAlias = "dict[str, JSON]"


def services(rows: Collection[tuple[str, ...]], column: int) -> str:
    """One file with a service for each row: asking the oracle once costs as much as asking it for one service."""
    lines = ["services:"]
    for number, row in enumerate(rows):
        image = "" if column == 2 or "image:" in row[1] or "build:" in row[1] else "image: i, "
        lines.append(f"  s{number}: {{{image}{row[column]}}}")
    return "\n".join(lines)


def files(row: tuple[str, ...]) -> tuple[str, str]:
    """A base and an override with one service."""
    return services([row], 1) + merge_pairs.COMMON, services([row], 2)


@pytest.fixture(scope="module")
def models(oracle: Oracle) -> list[Model]:
    """Theirs and ours of all the rows together."""
    base = services(merge_pairs.ACCEPTED, 1) + merge_pairs.COMMON
    override = services(merge_pairs.ACCEPTED, 2)
    found = [oracle(base, override), oracle(flow(merge(parsed(base), parsed(override))))]
    return [model for model in found if isinstance(model, dict)]


@pytest.mark.parametrize("number", range(len(merge_pairs.ACCEPTED)), ids=[row[0] for row in merge_pairs.ACCEPTED])
def test_a_service_means_what_compose_makes_of_it(number: int, models: list[Model]) -> None:
    theirs, ours = (model.pop("services") for model in map(dict, models))

    assert isinstance(theirs, dict)
    assert isinstance(ours, dict)
    assert ours[f"s{number}"] == theirs[f"s{number}"]


def test_all_else_means_what_compose_makes_of_it(models: list[Model]) -> None:
    theirs, ours = ({key: model[key] for key in model if key != "services"} for model in models)

    assert ours == theirs


@pytest.mark.parametrize(("base", "override"), [pytest.param(*files(row), id=row[0]) for row in merge_pairs.SSH])
def test_ssh_keys_mean_what_compose_makes_of_them(base: str, override: str, printed: Printed) -> None:
    theirs = printed(base, override, form="yaml")
    ours = printed(flow(merge(parsed(base), parsed(override))), form="yaml")

    assert theirs is not None
    assert ours is not None
    assert sorted(ours.splitlines()) == sorted(theirs.splitlines())  # Compose prints the keys in any order


@pytest.mark.parametrize(
    ("base", "override"), [pytest.param(base, override, id=name) for name, base, override in merge_documents.ACCEPTED]
)
def test_a_file_means_what_compose_makes_of_it(base: str, override: str, oracle: Oracle) -> None:
    theirs = oracle(base, override)

    assert theirs is not None
    assert oracle(flow(merge(parsed(base), parsed(override)))) == theirs


REFUSED = [(row[0], *files(row)) for row in merge_pairs.REFUSED] + merge_documents.REFUSED
LENIENT = [(row[0], *files(row)) for row in merge_pairs.LENIENT]


@pytest.mark.parametrize(("base", "override"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_compose_refuses_is_refused(base: str, override: str, oracle: Oracle) -> None:
    assert oracle(base, override) is None
    try:
        merged = flow(merge(parsed(base), parsed(override)))
    except ComposeVariantError:
        return
    assert oracle(merged) is None


@pytest.mark.parametrize(("base", "override"), [pytest.param(*row[1:], id=row[0]) for row in LENIENT])
def test_what_only_compose_refuses_gives_a_file_that_it_accepts(base: str, override: str, oracle: Oracle) -> None:
    assert oracle(base, override) is None
    assert oracle(flow(merge(parsed(base), parsed(override)))) is not None


@pytest.mark.parametrize("number", range(len(merge_pairs.IGNORED)), ids=[row[0] for row in merge_pairs.IGNORED])
def test_a_reset_that_only_we_refuse_does_nothing_in_compose(number: int, with_and_without_resets: list[Model]) -> None:
    with_reset, without = (model["services"] for model in with_and_without_resets)

    assert isinstance(with_reset, dict)
    assert isinstance(without, dict)
    assert with_reset[f"s{number}"] == without[f"s{number}"]


@pytest.fixture(scope="module")
def with_and_without_resets(oracle: Oracle) -> list[Model]:
    base = services(merge_pairs.IGNORED, 1) + merge_pairs.COMMON
    override = services(merge_pairs.IGNORED, 2)
    found = [oracle(base, override), oracle(base, flow(_without_resets(parsed(override))))]
    return [model for model in found if isinstance(model, dict)]


def _without_resets(node: Node) -> Node:
    if isinstance(node, Mapping):
        kept = [entry for entry in node.entries if entry.value.tag != "!reset"]
        return Mapping(tuple(Entry(entry.key, _without_resets(entry.value)) for entry in kept))
    if isinstance(node, Sequence):
        return Sequence(tuple(_without_resets(item) for item in node.items if item.tag != "!reset"))
    return node


def test_what_only_we_refuse_is_accepted_by_compose(oracle: Oracle) -> None:
    base = services(merge_pairs.DROPPED, 1) + merge_pairs.COMMON

    assert oracle(base, services(merge_pairs.DROPPED, 2)) is not None
