"""`!reset` and `!override` in one service: taken off, and put on what it becomes with its `extends` resolved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from composevariant.compose.placing import OVERRIDE, RESET, with_items, with_values
from composevariant.compose.tags import untagged
from composevariant.tree import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from composevariant.tree import Node


def without_tags(service: Mapping) -> Mapping:
    """The service as a document of its own means it: what is reset is not there, and `!override` says nothing."""
    if service.tag == OVERRIDE:
        return with_values(replace(service, tag=None), {name: all_untagged(value) for name, value in service.items()})
    entries: list[Entry] = []
    for entry in service.entries:
        value = entry.value
        if value.tag == RESET:
            continue
        if value.tag == OVERRIDE:
            value = all_untagged(value)
        elif isinstance(value, Mapping):
            value = without_tags(value)
        entries.append(entry if value is entry.value else Entry(entry.key, value, entry.inherited))
    return service if tuple(entries) == service.entries else service.with_entries(tuple(entries))


def all_untagged(node: Node) -> Node:
    """A node without any of these tags: below an `!override` Compose does not look for them."""
    if node.tag in (RESET, OVERRIDE):
        node = untagged(node)
    if isinstance(node, Mapping):
        return with_values(node, {name: all_untagged(value) for name, value in node.items()})
    if isinstance(node, Sequence):
        return with_items(node, map(all_untagged, node.items))
    return node


def with_tags_of(tagged: Mapping, whole: Mapping) -> Mapping:
    """`whole`, with the tags that `tagged` has at the same keys."""
    if tagged.tag == OVERRIDE:
        return replace(whole, tag=OVERRIDE)
    values: dict[str, Node] = {}
    added: list[Entry] = []
    for entry in tagged.entries:
        name, value = entry.name, entry.value
        there = whole.get(name)
        if value.tag == RESET and there is None:
            added.append(Entry(entry.key, Scalar("null", tag=RESET, span=value.span)))
        elif value.tag == OVERRIDE and there is not None:
            values[name] = replace(there, tag=OVERRIDE)
        elif value.tag is None and isinstance(value, Mapping) and isinstance(there, Mapping):
            values[name] = with_tags_of(value, there)
    return with_values(whole, values, added)
