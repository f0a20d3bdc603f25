"""What holds for every merge, whatever is merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.merge.merger import merge
from composevariant.compose.short_forms import canonical_pairs
from composevariant.tree.nodes import Mapping, Sequence
from tests.compose.flow_yaml import flow, parsed

if TYPE_CHECKING:
    from composevariant.tree.nodes import Node

NAMES: Final = st.sampled_from("ABCDE")
TEXTS: Final = st.text(st.sampled_from("xy=:$ é'\"#"), max_size=4).map(lambda text: text.replace("$", "$$"))
PAIRS: Final = st.dictionaries(NAMES, TEXTS, min_size=1, max_size=4)
PAIRED: Final = ("environment", "labels", "annotations", "sysctls")
"""The attributes that are `KEY: value` or a list of `KEY=value`."""
KEYED: Final = {
    "cap_add": ("NET_ADMIN", "SYS_TIME", "KILL"),
    "depends_on": ("a", "b", "c"),
    "dns": ("1.1.1.1", "2.2.2.2", "3.3.3.3"),
    "env_file": ("a.env", "b.env", "./c.env"),
    "expose": ("80", "81", "82/udp"),
    "networks": ("na", "nb", "nc"),
    "ports": ("80:80", "8080:80", "127.0.0.1:80:80", "53:53/udp", "8000-8001:90-91"),
    "secrets": ("sa", "sb", "sc"),
    "volumes": ("./a:/x", "aa:/x", "aa:/y:ro", "/z"),
}
"""Lists in which Compose knows what is there already."""


def service(attribute: str, value: str) -> Mapping:
    return parsed(f"services: {{s: {{image: i, {attribute}: {value}}}}}")


def value_of(tree: Mapping, attribute: str) -> Node:
    services = tree.get("services")
    found = services.get("s") if isinstance(services, Mapping) else None
    value = found.get(attribute) if isinstance(found, Mapping) else None
    assert value is not None
    return value


def written(pairs: dict[str, str], *, as_list: bool) -> str:
    return json.dumps([f"{name}={text}" for name, text in pairs.items()] if as_list else pairs)


@given(st.sampled_from(PAIRED), PAIRS, PAIRS, st.booleans(), st.booleans())
def test_the_notation_of_the_base_stays_and_the_later_value_wins_in_its_place(
    attribute: str, base: dict[str, str], override: dict[str, str], base_is_list: bool, override_is_list: bool
) -> None:
    before = service(attribute, written(base, as_list=base_is_list))

    value = value_of(merge(before, service(attribute, written(override, as_list=override_is_list))), attribute)

    assert isinstance(value, Sequence if base_is_list else Mapping)
    assert [pair.text for pair in canonical_pairs(value)] == [
        f"{name}={text}" for name, text in (base | override).items()
    ]


@given(st.data(), st.sampled_from(sorted(KEYED)))
def test_merging_the_same_again_changes_nothing(data: st.DataObject, attribute: str) -> None:
    items = st.lists(st.sampled_from(KEYED[attribute]), min_size=1, unique=True)
    base, override = (service(attribute, json.dumps(data.draw(items))) for _ in range(2))

    once = merge(base, override)

    assert flow(merge(once, override)) == flow(once)


@given(st.data(), st.sampled_from(sorted(KEYED)))
def test_merging_a_part_of_the_base_gives_the_base_itself(data: st.DataObject, attribute: str) -> None:
    all_of_it = list(KEYED[attribute]) if attribute != "volumes" else ["./a:/x", "aa:/y:ro", "/z"]
    part = data.draw(st.lists(st.sampled_from(all_of_it), unique=True))
    base = service(attribute, json.dumps(all_of_it))

    assert merge(base, service(attribute, json.dumps(part))) is base


@pytest.mark.parametrize(
    "nothing",
    ["{}", "{services: }", "{services: {}}", "{services: {s: }}", "{services: {s: {}}}", "{services: {s: {ports: }}}"],
)
@given(st.lists(st.sampled_from(KEYED["ports"]), min_size=1, unique=True))
def test_an_override_that_says_nothing_gives_the_base_itself(nothing: str, ports: list[str]) -> None:
    base = service("ports", json.dumps(ports))

    assert merge(base, parsed(nothing)) is base
