"""How the parts of a Compose file merge that have a rule of their own (`mergeSpecials` of compose-go 2.9.1).

compose-go brings the base into its long form before it merges. Here the base keeps its notation, so the rules that
meet a short form compare meanings. What Compose refuses or crashes on is refused with the place and a way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.merge_names import merge_named
from composevariant.compose.merge_resources import merge_distinct, merge_subnets, merge_volume_labels
from composevariant.compose.merge_texts import merge_hosts, merge_pairs, merge_texts
from composevariant.compose.pairs import pairs_of
from composevariant.compose.placing import in_place_of, is_null
from composevariant.tree import Entry, Mapping, Scalar, Sequence, same

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.compose.attributes import Merge
    from composevariant.compose.merge import At, Walk
    from composevariant.tree import Node


class Rule(NamedTuple):
    """How two values merge."""

    merge: Callable[[Walk, Node, Node, At], Node]
    even_null: bool = False
    """Whether `null` in the override says something; elsewhere it leaves the base as it is."""


def expanded_build(build: Node) -> Node:
    """`build: ./app` as a mapping."""
    if not isinstance(build, Scalar):
        return build
    return Mapping((Entry(Scalar("context"), build),), tag=build.tag, origin=build.origin or build)


def _replace(_: Walk, base: Node, override: Node, __: At) -> Node:
    return in_place_of(override, base)


def _merge_service(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """Compose resolves `extends` of the override before it merges; one file cannot say what comes of that."""
    extends = override.get("extends") if isinstance(override, Mapping) else None
    if extends is None:
        return walk.plainly(base, override, at)
    message = "the base has this service, and Docker Compose would extend only what the override says of it"
    hint = "write the settings themselves, or set extends with the operation replace"
    return walk.refuse(base, extends, at.under("extends"), message, hint)


def _merge_build(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """A text is the context."""
    new = expanded_build(override)
    if not isinstance(new, Mapping) or isinstance(base, Sequence):
        return walk.refuse_kind(base, override, at)
    context = new.get("context")
    if isinstance(base, Scalar) and isinstance(context, Scalar) and len(new.entries) == 1:
        return base if is_null(context) else in_place_of(context, base)
    old = expanded_build(base)
    merged = walk.plainly(old, new, at)
    return base if merged is old else merged


def _merge_ssh(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """Compose has made a mapping of a list in the base, and knows nothing of a list in the override."""
    if not isinstance(override, Mapping):
        hint = "write it as a mapping of id and path"
        return walk.refuse(base, override, at, "Docker Compose only takes a mapping here", hint)
    known = {pair.name for pair in pairs_of(base)}
    said = [entry for entry in override.entries if entry.name not in known or not is_null(entry.value)]
    return merge_pairs(walk, base, override.with_entries(tuple(said)), at)


def _merge_gpus(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`all` in the base counts as the list `[{count: all}]`."""
    if not isinstance(override, Sequence):
        hint = "write - count: all, or put !override before the value to replace all of it"
        return walk.refuse(base, override, at, "Docker Compose only takes a list here", hint)
    if isinstance(base, Scalar):
        base = Sequence((Mapping((Entry(Scalar("count"), base),)),), tag=base.tag, origin=base.origin or base)
    return walk.plainly(base, override, at)


def _merge_logging(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """Options belong to their driver: with another driver the base's go."""
    if is_null(override):
        return walk.refuse(base, override, at, "Docker Compose crashes on null here", "use !reset null to remove it")
    if not isinstance(base, Mapping) or not isinstance(override, Mapping):
        return walk.refuse_kind(base, override, at)
    ours, theirs = base.get("driver"), override.get("driver")
    if ours is None or theirs is None or same(ours, theirs):
        return walk.mapping(base, override, at)
    return in_place_of(override, base)


RULES: Final[dict[Merge, Rule]] = {
    "pairs": Rule(merge_pairs),
    "hosts": Rule(merge_hosts),
    "names": Rule(merge_named),
    "texts": Rule(merge_texts),
    "distinct": Rule(merge_distinct),
    "replace": Rule(_replace, even_null=True),
    "service": Rule(_merge_service),
    "build": Rule(_merge_build),
    "ssh": Rule(_merge_ssh),
    "gpus": Rule(_merge_gpus),
    "logging": Rule(_merge_logging, even_null=True),
    "subnets": Rule(merge_subnets, even_null=True),
    "volume labels": Rule(merge_volume_labels),
}
"""The rules by the word for them in `attributes`."""
