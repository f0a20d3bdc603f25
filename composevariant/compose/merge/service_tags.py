"""Which attributes Compose has made lists of `KEY=VALUE` of, so that no `!reset` finds a key in them any more.

Every merge makes lists of both sides, whatever notation they have (compose-go 2.9.1, `mergeToSequence`), that of
`extends` included. Our merge keeps the base's notation and has to remember.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.compose import ROWS
from composevariant.compose.merge.extends import base_name
from composevariant.compose.merge.tags import strip_tag
from composevariant.errors import UnusableInput
from composevariant.tree import (
    OVERRIDE,
    RESET,
    Entry,
    Mapping,
    Scalar,
    Sequence,
    location_of,
    mapping_at,
    value_at,
    with_items,
    with_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.errors import ComposeVariantError
    from composevariant.tree import Node

Path: TypeAlias = tuple[str, ...]


_LISTS: Final = [row.path.split(".") for row in ROWS if row.becomes == "list"]


_LISTS_OF: Final[dict[str, list[Path]]] = {
    section: [tuple(below) for of, _, *below in _LISTS if of == section]
    for section in dict.fromkeys(section for section, *_ in _LISTS)
}


PAIRS_OF_SERVICES: Final = _LISTS_OF["services"]
"""The attributes of a service that are mappings or lists of `KEY=VALUE`."""


class ListForms:
    """Remembers the attributes that an earlier merge has made lists of."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()

    def note(self, base: Mapping, override: Mapping) -> None:
        """`override` is merged into `base`: what both have becomes a list, what `!override` replaces is new."""
        for path, value in _pair_attributes(override):
            if value.tag in (RESET, OVERRIDE):
                self._paths.discard(path)
            elif value_at(base, *path) is not None:
                self._paths.add(path)

    def note_inherited(self, name: str, service: Mapping, services: Table[str, Mapping]) -> None:
        """The service extends others: what two of them have becomes a list, below the last `!override` of it."""
        chain = [service]
        while (parent := services.get(base_name(chain[-1]))) and parent not in chain:
            chain.append(parent)
        for path in PAIRS_OF_SERVICES if len(chain) > 1 else ():
            values = [value for one in chain if (value := value_at(one, *path)) is not None]
            last = next((index for index, value in enumerate(values) if value.tag in (RESET, OVERRIDE)), len(values))
            replaced = last < len(values) and values[last].tag == OVERRIDE
            if last + replaced > 1:
                self._paths.add(("services", name, *path))

    def __contains__(self, path: Path) -> bool:
        return path in self._paths


def drop_ineffective_tags(document: Mapping, forms: ListForms, ignored: list[ComposeVariantError]) -> Mapping:
    """The document without `!reset` and `!override` on the keys of what has become a list; `ignored` says which."""
    for path, value in list(_pair_attributes(document)):
        if path in forms and isinstance(value, Mapping):
            left = _untagged_keys(value, ignored)
            document = _with(document, path, left) if left is not value else document
    return document


def _untagged_keys(pairs: Mapping, ignored: list[ComposeVariantError]) -> Mapping:
    for name, value in pairs.items():
        if value.tag in (RESET, OVERRIDE):
            message = (
                f"Docker Compose ignores {value.tag} on {name}, for an earlier merge has made a list of its parent"
            )
            ignored.append(UnusableInput(message, location_of(value)))
    left = pairs.without(*(entry.name for entry in pairs.entries if entry.value.tag == RESET))
    return with_values(left, {name: strip_tag(value) for name, value in left.items() if value.tag == OVERRIDE})


def _pair_attributes(tree: Mapping) -> Iterator[tuple[Path, Node]]:
    for section, paths in _LISTS_OF.items():
        for name, member in mapping_at(tree, section).items():
            for path in paths:
                value = value_at(member, *path)
                if value is not None:
                    yield (section, name, *path), value


def _with(tree: Mapping, path: Path, value: Node) -> Mapping:
    key, rest = path[0], path[1:]
    child = tree.get(key)
    return with_values(tree, {key: _with(child, rest, value) if rest and isinstance(child, Mapping) else value})


# `!reset` and `!override` in one service: taken off, and put on what it becomes with its `extends` resolved.


def without_tags(service: Mapping) -> Mapping:
    """The service as a document of its own means it: what is reset is not there, and `!override` says nothing."""
    if service.tag == OVERRIDE:
        return with_values(replace(service, tag=None), {name: strip_tags(value) for name, value in service.items()})
    entries: list[Entry] = []
    for entry in service.entries:
        value = entry.value
        if value.tag == RESET:
            continue
        if value.tag == OVERRIDE:
            value = strip_tags(value)
        elif isinstance(value, Mapping):
            value = without_tags(value)
        entries.append(entry if value is entry.value else Entry(entry.key, value, entry.inherited))
    return service if tuple(entries) == service.entries else service.with_entries(tuple(entries))


def strip_tags(node: Node) -> Node:
    """A node without any of these tags: below an `!override` Compose does not look for them."""
    if node.tag in (RESET, OVERRIDE):
        node = strip_tag(node)
    if isinstance(node, Mapping):
        return with_values(node, {name: strip_tags(value) for name, value in node.items()})
    if isinstance(node, Sequence):
        return with_items(node, map(strip_tags, node.items))
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
