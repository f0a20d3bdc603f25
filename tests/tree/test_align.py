"""Which item of a changed list was which before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.source import Source
from composevariant.text.line_diff import longest_rising
from composevariant.tree.changes import align, fingerprint
from composevariant.tree.nodes import Mapping, Node, Scalar, Sequence, same
from composevariant.yamltext.parser import parse
from tests.yamltext.edited import by_name
from tests.yamltext.random_changes import spelled_values


def items(text: str) -> tuple[Node, ...]:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Sequence)
    return root.items


def key(item: Node) -> str | None:
    return by_name((), item)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("[x, y]", "[x, y]", [0, 1], id="nothing changed"),
        pytest.param("[x, y, z]", "[x, z]", [0, 2], id="one goes"),
        pytest.param("[x, z]", "[x, y, z]", [0, None, 1], id="one comes"),
        pytest.param("[x, y]", "[z, w]", [None, None], id="nothing in common"),
        pytest.param("[x]", "[]", [], id="all go"),
        pytest.param("[]", "[x]", [None], id="the first comes"),
        pytest.param("[x, y, z]", "[z, x, y]", [None, 0, 1], id="one moves: it counts as new"),
        pytest.param("[x, y, z, w]", "[w, z, y, x]", [None, None, None, 0], id="turned round: one stays"),
        pytest.param("[x, y, x]", "[y, x]", [1, 2], id="of equal items the one behind"),
        pytest.param("[x, x]", "[x]", [0], id="of equal items the first"),
        pytest.param("[x, x]", "[x, x, x]", [0, 1, None], id="more equal items"),
        pytest.param("[{a: 1, b: 2}]", "[{b: 2, a: 1}]", [0], id="mappings in another order of keys"),
        pytest.param("[1]", "['1']", [None], id="a number is not a string"),
        pytest.param("[1.0]", "[1.00]", [None], id="nor another spelling of itself"),
    ],
)
def test_items_without_identity_are_aligned_by_meaning(old: str, new: str, expected: list[int | None]) -> None:
    assert align(items(old), items(new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("[A=1, B=2]", "[A=1, B=3]", [0, 1], id="another value"),
        pytest.param("[A=1, B=2]", "[B=3, A=4]", [None, 0], id="another order"),
        pytest.param("[A=1, A=2]", "[A=3]", [0], id="the first of two with one name"),
        pytest.param("[A=1, {b: c}]", "[{b: c}, A=2]", [None, 0], id="beside items without identity"),
    ],
)
def test_items_with_an_identity_are_aligned_by_it(old: str, new: str, expected: list[int | None]) -> None:
    assert align(items(old), items(new), key) == expected


def test_where_an_item_comes_from_counts_more_than_its_identity() -> None:
    old = items("[A=1, B=2]")
    new = [Scalar("B=9", origin=old[0]), Scalar("A=9", origin=old[1])]

    assert align(old, new, key) == [0, 1]


def test_where_an_item_comes_from_is_known_over_several_changes() -> None:
    old = items("[x, y]")
    new = [Scalar("z", origin=Scalar("w", origin=old[1]))]

    assert align(old, new) == [1]


def test_a_node_that_stands_several_times_is_found_as_often() -> None:
    shared, other = items("[{a: 1}, x]")

    assert align([shared, other, shared], [shared, other, shared]) == [0, 1, 2]
    assert align([shared, other, shared], [other, shared]) == [1, 2]


@given(st.lists(st.sampled_from("xyz"), max_size=8), st.lists(st.sampled_from("xyz"), max_size=8))
def test_what_is_paired_is_equal_and_in_order(left: list[str], right: list[str]) -> None:
    old, new = [Scalar(text) for text in left], [Scalar(text) for text in right]

    found = align(old, new)

    pairs = [index for index in found if index is not None]
    assert len(found) == len(new)
    assert pairs == sorted(set(pairs))
    assert all(index is None or left[index] == text for index, text in zip(found, right, strict=True))


@given(st.lists(st.integers(0, 20) | st.none(), max_size=12))
def test_the_longest_rising_run_is_kept(found: list[int | None]) -> None:
    kept = longest_rising(found)

    numbers = [number for number in kept if number is not None]
    assert numbers == sorted(set(numbers))
    assert all(new is None or new == old for new, old in zip(kept, found, strict=True))
    assert len(numbers) == longest(found)


def longest(found: list[int | None]) -> int:
    lengths: list[int] = []
    for at, number in enumerate(found):
        before = [lengths[index] for index in range(at) if _below(found[index], number)]
        lengths.append(0 if number is None else 1 + max(before, default=0))
    return max(lengths, default=0)


def _below(left: int | None, right: int | None) -> bool:
    return left is not None and right is not None and left < right


values = st.sampled_from(spelled_values())


@given(values, values)
def test_fingerprints_are_equal_when_the_meaning_is(left: Node, right: Node) -> None:
    assert (fingerprint(left) == fingerprint(right)) is same(left, right)
    assert hash(fingerprint(left)) == hash(fingerprint(replace(left)))


@given(values)
def test_the_order_of_keys_does_not_change_a_fingerprint(node: Node) -> None:
    if isinstance(node, Mapping):
        assert fingerprint(node) == fingerprint(node.with_entries(node.entries[::-1]))
