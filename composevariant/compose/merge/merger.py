"""Merge an override into a base as `docker compose -f base -f override` does, in the notation of the base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import ATTRIBUTES, canonical_pairs, forms_of, in_notation_of, naming_of, same_item
from composevariant.compose.merge.attribute_merges import (
    Position,
    Rule,
    merge_distinct,
    merge_hosts,
    merge_named,
    merge_pairs,
    merge_subnets,
    merge_texts,
    merge_volume_labels,
    normalize_externals,
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


def merge(base: Mapping, override: Mapping, *, ignored_tags: list[ComposeVariantError] | None = None) -> Mapping:
    """Merge an override into a base as `docker compose -f base -f override config` 2.40.3 does.

    The result keeps the notation of the base where possible, so a list of `KEY=VALUE` items stays a list and a short
    port stays short. Unchanged nodes are the same objects, and changed nodes have the old node as their `origin`.

    Args:
        base: The earlier file.
        override: The later file.
        ignored_tags: If given, tags without effect do not raise an error but are ignored, as by Compose, and the errors
            are added to this list. This is for an override that users wrote for Compose.

    Raises:
        UnusableInput: Compose would refuse the override, or would silently ignore part of it.
    """
    errors: list[ComposeVariantError] = []
    base = normalize_externals(base, override)
    base, override = apply_tags(base, detach(override), errors if ignored_tags is None else ignored_tags)
    merged = MergeWalk(errors).merge_mappings(base, override, Position((), ATTRIBUTES))
    raise_all(errors)
    return merged


class MergeWalk:
    """One merge, which visits only the nodes that the override has."""

    def __init__(self, errors: list[ComposeVariantError]) -> None:
        self.errors = errors

    def merge_values(self, base: Node, override: Node, at: Position) -> Node:
        """Merge two values by the rule for their path."""
        attribute = at.table.row
        rule = RULES.get(attribute.merge) if attribute else None
        if is_null(override) and not (rule and rule.even_null):
            return base
        if is_null(base) or base.tag == RESET:
            return in_place_of(override, base)
        return rule.merge(self, base, override, at) if rule else self.merge_by_kind(base, override, at)

    def merge_by_kind(self, base: Node, override: Node, at: Position) -> Node:
        """Merge by the general rule that mappings merge, lists grow, and all other values are replaced."""
        match base, override:
            case Mapping(), Mapping():
                return self.merge_mappings(base, override, at)
            case Sequence(), Sequence():
                return self.merge_lists(base, override.items, at)
            case Scalar(), _:
                return in_place_of(override, base)
            case _:
                return self.refuse_kind(base, override, at)

    def merge_mappings(self, base: Mapping, override: Mapping, at: Position) -> Mapping:
        """Merge the values of equal keys, and add the other entries of the override."""
        values, added = {}, []
        for entry in override.entries:
            old = base.entry(entry.name)
            if old is None:
                added.append(entry)
            else:
                values[entry.name] = self.merge_values(old.value, entry.value, at.under(entry.name))
        return with_values(base, values, added)

    def merge_lists(self, base: Sequence, new: Iterable[Node], at: Position) -> Sequence:
        """Add items to a list. A new item replaces an earlier item with the same key, and other items are appended."""
        naming, forms = naming_of(at.table.row), forms_of(at.table.row)
        key_of = naming.key if naming else None
        items = list(base.items)
        positions = {key_of(item): index for index, item in enumerate(items)} if key_of else {}
        for item in new:
            key = key_of(item) if key_of else None
            if key is None or key not in positions:
                positions[key] = len(items)
                items.append(in_notation_of(forms, item, _model(base, item)))
            elif not same_item(forms, items[positions[key]], item):
                old = items[positions[key]]
                items[positions[key]] = in_place_of(in_notation_of(forms, item, old), old)
        return with_items(base, items)

    def refuse_kind(self, base: Node, override: Node, at: Position) -> Node:
        """Add Compose's error `cannot override` for values of different kinds, and return the base."""
        kinds = {Mapping: "a mapping", Sequence: "a list", Scalar: "a single value"}
        kind, place = kinds[type(base)], location_of(base)
        message = f"it is {kind} in the base{f' ({place})' if place else ''} and {kinds[type(override)]} here"
        hint = f"write {kind}, or put !override before the value to replace all of it"
        return self.refuse(base, override, at, message, hint)

    def refuse(self, base: Node, override: Node, at: Position, message: str, hint: str) -> Node:
        """Add an error in the override, and return the base, so that the merge continues and finds further errors."""
        from composevariant.tree import format_path

        problem = f"cannot override {format_path(at.path)}: {message}"
        self.errors.append(UnusableInput(problem, location_of(override), hint))
        return base


def _model(base: Sequence, item: Node) -> Node:
    """Return an item of the list if all items in the list have the same notation, or the new item itself otherwise."""
    mappings = sum(isinstance(old, Mapping) for old in base.items)
    return base.items[0] if base.items and mappings in (0, len(base.items)) else item


# The special rules (`mergeSpecials` of compose-go 2.9.1) that concern one attribute.


def expand_build(build: Node) -> Node:
    """Return `build: ./app` as a mapping."""
    if not isinstance(build, Scalar):
        return build
    return Mapping((Entry(Scalar("context"), build),), tag=build.tag, origin=build.origin or build)


def _replace(_: MergeWalk, base: Node, override: Node, __: Position) -> Node:
    return in_place_of(override, base)


def _merge_service(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Refuse `extends` in the override of a known service, because Compose resolves `extends` before it merges.

    A single file cannot express the result.
    """
    extends = override.get("extends") if isinstance(override, Mapping) else None
    if extends is None:
        return walk.merge_by_kind(base, override, at)
    message = "the base has this service, and Docker Compose would extend only the override's part of it"
    hint = "write the settings themselves, or set extends with the operation replace"
    return walk.refuse(base, extends, at.under("extends"), message, hint)


def _merge_build(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `build`. A string value is the build context."""
    new = expand_build(override)
    if not isinstance(new, Mapping) or isinstance(base, Sequence):
        return walk.refuse_kind(base, override, at)
    context = new.get("context")
    if isinstance(base, Scalar) and isinstance(context, Scalar) and len(new.entries) == 1:
        return base if is_null(context) else in_place_of(context, base)
    old = expand_build(base)
    merged = walk.merge_by_kind(old, new, at)
    return base if merged is old else merged


def _merge_ssh(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `ssh`. Compose converts a list in the base to a mapping, but does not support a list in the override."""
    if not isinstance(override, Mapping):
        hint = "write it as a mapping of id and path"
        return walk.refuse(base, override, at, "Docker Compose only accepts a mapping here", hint)
    known = {pair.name for pair in canonical_pairs(base)}
    entries = [entry for entry in override.entries if entry.name not in known or not is_null(entry.value)]
    return merge_pairs(walk, base, override.with_entries(tuple(entries)), at)


def _merge_gpus(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `gpus`. The value `all` in the base stands for the list `[{count: all}]`."""
    if not isinstance(override, Sequence):
        hint = "write - count: all, or put !override before the value to replace all of it"
        return walk.refuse(base, override, at, "Docker Compose only accepts a list here", hint)
    if isinstance(base, Scalar):
        base = Sequence((Mapping((Entry(Scalar("count"), base),)),), tag=base.tag, origin=base.origin or base)
    return walk.merge_by_kind(base, override, at)


def _merge_logging(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `logging`. A different driver also replaces the options, because they belong to the driver."""
    if is_null(override):
        return walk.refuse(base, override, at, "Docker Compose crashes on null here", "use !reset null to remove it")
    if not isinstance(base, Mapping) or not isinstance(override, Mapping):
        return walk.refuse_kind(base, override, at)
    ours, theirs = base.get("driver"), override.get("driver")
    if ours is None or theirs is None or same(ours, theirs):
        return walk.merge_mappings(base, override, at)
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
"""The rules for the words in the `merge` column of the attribute table."""
