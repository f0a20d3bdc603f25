"""Which entries of a changed mapping were which before, and which are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.tree import same
from composevariant.yamltext.aliases import is_merge

if TYPE_CHECKING:
    from composevariant.tree import Entry, Mapping, Node


def paired(written: Mapping, final: Mapping) -> dict[int, Entry]:
    """The final entry of each own entry as written, by the written one's `id`: by the key's origin, or by name."""
    written_keys = {id(entry.key) for entry in written.entries}
    by_key = {id(_first_key(entry.key)): entry for entry in final.entries}
    pairs: dict[int, Entry] = {}
    for entry in written.entries:
        if is_merge(entry):
            continue
        new = by_key.get(id(entry.key)) or final.entry(entry.name)
        if new is not None and (id(first := _first_key(new.key)) not in written_keys or first is entry.key):
            pairs[id(entry)] = new
    return pairs


def _first_key(key: Node) -> Node:
    """The key that a key was before it was renamed, perhaps several times."""
    while key.origin is not None:
        key = key.origin
    return key


def added_entries(
    written: Mapping, final: Mapping, pairs: dict[int, Entry], inherited: dict[str, Node]
) -> list[tuple[int, Entry]]:
    """The entries to write, each with the index of the written entry that it follows."""
    places = {id(pairs[id(entry)]): index for index, entry in enumerate(written.entries) if id(entry) in pairs}
    merge_at = next((index for index, entry in enumerate(written.entries) if is_merge(entry)), -1)
    added: list[tuple[int, Entry]] = []
    last = -1
    for entry in final.entries:
        if id(entry) in places:
            last = max(last, places[id(entry)])
        elif entry.name not in inherited or not same(inherited[entry.name], entry.value):
            added.append((merge_at if entry.inherited else last, entry))
        else:
            last = max(last, merge_at)
    return added
