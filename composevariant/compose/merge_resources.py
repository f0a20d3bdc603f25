"""Top-level networks, volumes, secrets and configs, and lists without keys, where these have rules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.merge_texts import merge_pairs
from composevariant.compose.pairs import pairs_of
from composevariant.compose.placing import go_text_of, in_place_of, mapping_at, value_at, with_items, with_values
from composevariant.tree import Mapping, Scalar, Sequence, same

if TYPE_CHECKING:
    from composevariant.compose.merge import At, Walk
    from composevariant.tree import Node

_RESOURCES: Final = ("networks", "volumes", "secrets", "configs")


def with_plain_externals(base: Mapping, override: Mapping) -> Mapping:
    """The base, where the old `external: {name: x}` of what the override names or makes external is written out.

    Compose has made `external: true` and `name: x` of it before it looks at the override and its tags.
    """
    for kind in _RESOURCES:
        ours, theirs = mapping_at(base, kind), mapping_at(override, kind)
        plain = {name: _with_plain_external(old) for name, old in ours.items() if _names_it(theirs.get(name))}
        base = with_values(base, {kind: with_values(ours, plain)}) if plain else base
    return base


def _names_it(change: Node | None) -> bool:
    return isinstance(change, Mapping) and any(map(change.entry, ("external", "name")))


def _with_plain_external(resource: Node) -> Node:
    external = value_at(resource, "external")
    if not isinstance(resource, Mapping) or not isinstance(external, Mapping):
        return resource
    plain = with_values(resource, {"external": in_place_of(Scalar("true"), external)})
    name = external.entry("name")
    return plain.with_entries((*plain.entries, name)) if name and not resource.entry("name") else plain


def merge_subnets(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`ipam.config`, by `subnet`, as `mergeIPAMConfig` does it.

    Compose 2.40.3 compares every pair and works on one mutable map per item of the base. So an item of the base that
    the override does not mention is lost, and with several items on both sides some of their settings mix. Whoever
    wants another result writes `!override` before the list.
    """
    if not isinstance(base, Sequence) or not isinstance(override, Sequence):
        return walk.refuse_kind(base, override, at)
    merged: list[_Shared] = []
    for item in base.items:
        ours = _Shared(item)
        for other in override.items:
            if _subnet(other) != _subnet(ours.item) and _index(merged, other) is None:
                merged.append(_Shared(other))
                continue
            ours.item = walk.plainly(ours.item, other, at)
            known = _index(merged, ours.item)
            if known is None:
                merged.append(ours)
            else:
                merged[known] = ours
    return with_items(base, (shared.item for shared in merged))


class _Shared:
    """One of compose-go's maps: changing it changes every list that holds it."""

    def __init__(self, item: Node) -> None:
        self.item = item


def _index(merged: list[_Shared], item: Node) -> int | None:
    return next((index for index, shared in enumerate(merged) if _subnet(shared.item) == _subnet(item)), None)


def _subnet(item: Node) -> str | None:
    subnet = value_at(item, "subnet")
    return go_text_of(subnet) if isinstance(subnet, Scalar) else None


def merge_volume_labels(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`KEY=VALUE` texts that Compose does not make unique before it looks for equal ones."""
    known = {pair.text for pair in pairs_of(base)}
    twice = [pair for pair in pairs_of(override) if pair.text in known]
    return _refuse_twice(walk, base, twice[0].written, at) if twice else merge_pairs(walk, base, override, at)


def merge_distinct(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """Lists that Compose 2.40.3 does not make unique, and in which its schema forbids equal items."""
    if isinstance(base, Sequence) and isinstance(override, Sequence):
        for item in override.items:
            if any(same(item, old) for old in base.items):
                return _refuse_twice(walk, base, item, at)
    return walk.plainly(base, override, at)


def _refuse_twice(walk: Walk, base: Node, item: Node, at: At) -> Node:
    text = item.text if isinstance(item, Scalar) else "an item"
    return walk.refuse(base, item, at, f"Docker Compose refuses that {text} is in both files", "leave it out here")
