"""Merging an override into a base as `docker compose -f base -f override` does, in the notation of the base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import ATTRIBUTES, canonical_pairs, forms_of, in_notation_of, naming_of, same_item
from composevariant.compose.merge.attribute_merges import (
    At,
    Rule,
    merge_distinct,
    merge_hosts,
    merge_named,
    merge_pairs,
    merge_subnets,
    merge_texts,
    merge_volume_labels,
    with_plain_externals,
)
from composevariant.compose.merge.tags import apply_tags
from composevariant.errors import UnusableInput, raise_all
from composevariant.tree import (
    RESET,
    Entry,
    Mapping,
    Scalar,
    Sequence,
    detach,
    in_place_of,
    is_null,
    location_of,
    same,
    with_items,
    with_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.compose import Merge
    from composevariant.errors import ComposeVariantError
    from composevariant.tree import Node


def merge(base: Mapping, override: Mapping, *, vain_tags: list[ComposeVariantError] | None = None) -> Mapping:
    """What `docker compose -f base -f override config` reads, as version 2.40.3 does it.

    The base's notation stays wherever it can say the result: a list of `KEY=VALUE` stays one, a short port stays
    short. What does not change is the very same object; what changes its value has the old node as `origin`.

    Args:
        base: What was read before.
        override: What is merged into it.
        vain_tags: Takes up what is to be said of tags without effect, which then pass as with Compose; for an override
            that we were not asked to apply.

    Raises:
        UnusableInput: Compose would refuse the override, or would silently ignore a part of it.
    """
    errors: list[ComposeVariantError] = []
    base = with_plain_externals(base, override)
    base, override = apply_tags(base, detach(override), errors if vain_tags is None else vain_tags)
    merged = Walk(errors).mapping(base, override, At((), ATTRIBUTES))
    raise_all(errors)
    return merged


class Walk:
    """One merge under way. Only what the override mentions is looked at."""

    def __init__(self, errors: list[ComposeVariantError]) -> None:
        self.errors = errors

    def node(self, base: Node, override: Node, at: At) -> Node:
        """One value merged into another by the rule for its path."""
        attribute = at.table.row
        rule = RULES.get(attribute.merge) if attribute else None
        if is_null(override) and not (rule and rule.even_null):
            return base
        if is_null(base) or base.tag == RESET:
            return in_place_of(override, base)
        return rule.merge(self, base, override, at) if rule else self.plainly(base, override, at)

    def plainly(self, base: Node, override: Node, at: At) -> Node:
        """The rule of what has no rule of its own: mappings merge, lists grow, everything else gives way."""
        match base, override:
            case Mapping(), Mapping():
                return self.mapping(base, override, at)
            case Sequence(), Sequence():
                return self.items(base, override.items, at)
            case Scalar(), _:
                return in_place_of(override, base)
            case _:
                return self.refuse_kind(base, override, at)

    def mapping(self, base: Mapping, override: Mapping, at: At) -> Mapping:
        values, added = {}, []
        for entry in override.entries:
            old = base.entry(entry.name)
            if old is None:
                added.append(entry)
            else:
                values[entry.name] = self.node(old.value, entry.value, at.under(entry.name))
        return with_values(base, values, added)

    def items(self, base: Sequence, new: Iterable[Node], at: At) -> Sequence:
        """A list with more items: one with the key of an earlier item takes its place, the others go to the end."""
        naming, forms = naming_of(at.table.row), forms_of(at.table.row)
        key_of = naming.key if naming else None
        items = list(base.items)
        places = {key_of(item): index for index, item in enumerate(items)} if key_of else {}
        for item in new:
            key = key_of(item) if key_of else None
            if key is None or key not in places:
                places[key] = len(items)
                items.append(in_notation_of(forms, item, _model(base, item)))
            elif not same_item(forms, items[places[key]], item):
                old = items[places[key]]
                items[places[key]] = in_place_of(in_notation_of(forms, item, old), old)
        return with_items(base, items)

    def refuse_kind(self, base: Node, override: Node, at: At) -> Node:
        """Compose's `cannot override`: a list, a mapping and a single value do not mix."""
        kinds = {Mapping: "a mapping", Sequence: "a list", Scalar: "a single value"}
        wanted, place = kinds[type(base)], location_of(base)
        message = f"it is {wanted} in the base{f' ({place})' if place else ''} and {kinds[type(override)]} here"
        hint = f"write {wanted}, or put !override before the value to replace all of it"
        return self.refuse(base, override, at, message, hint)

    def refuse(self, base: Node, override: Node, at: At, message: str, hint: str) -> Node:
        """Note down what is wrong with a part of the override; the merge goes on to find more."""
        from composevariant.tree import format_path

        problem = f"cannot override {format_path(at.path)}: {message}"
        self.errors.append(UnusableInput(problem, location_of(override), hint))
        return base


def _model(base: Sequence, item: Node) -> Node:
    """An item in the notation of the list, where all of it has the same; else the new item itself."""
    mappings = sum(isinstance(old, Mapping) for old in base.items)
    return base.items[0] if base.items and mappings in (0, len(base.items)) else item


# How the parts of a Compose file merge that have a rule of their own (`mergeSpecials` of compose-go 2.9.1).


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
    known = {pair.name for pair in canonical_pairs(base)}
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
