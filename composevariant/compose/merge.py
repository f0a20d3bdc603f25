"""Merging an override into a base as `docker compose -f base -f override` does, in the notation of the base."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.attributes import ATTRIBUTES
from composevariant.compose.identity import naming_of
from composevariant.compose.merge_resources import with_plain_externals
from composevariant.compose.merge_rules import RULES
from composevariant.compose.placing import RESET, detached, in_place_of, is_null, with_items, with_values
from composevariant.compose.short_forms import forms_of, in_notation_of, same_item
from composevariant.compose.tags import apply_tags
from composevariant.errors import UnusableInput, raise_all
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.compose.attributes import Attribute
    from composevariant.compose.path_table import PathTable
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
    base, override = apply_tags(base, detached(override), errors if vain_tags is None else vain_tags)
    merged = Walk(errors).mapping(base, override, At((), ATTRIBUTES))
    raise_all(errors)
    return merged


class At(NamedTuple):
    """An address on the way down, and the part of the table that holds below it."""

    path: tuple[str, ...]
    table: PathTable[Attribute]

    def under(self, name: str) -> At:
        return At((*self.path, name), self.table.under(name))


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
        from composevariant.paths import format_path

        problem = f"cannot override {format_path(at.path)}: {message}"
        self.errors.append(UnusableInput(problem, location_of(override), hint))
        return base


def _model(base: Sequence, item: Node) -> Node:
    """An item in the notation of the list, where all of it has the same; else the new item itself."""
    mappings = sum(isinstance(old, Mapping) for old in base.items)
    return base.items[0] if base.items and mappings in (0, len(base.items)) else item
