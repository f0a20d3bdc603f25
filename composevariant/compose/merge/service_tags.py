"""Handle `!reset` and `!override` where Compose ignores them, and in services with `extends`.

Every merge, including the merge for `extends`, converts both sides of a `KEY=VALUE` attribute to lists (compose-go
2.9.1, `mergeToSequence`). After that, a `!reset` on a key has no effect, because lists have no keys. Our merge keeps
the notation of the base, so `ListForms` records which attributes would be lists.
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
"""The attributes of a service that are mappings or lists of `KEY=VALUE` items, as paths within the service."""


class ListForms:
    """A record of the attributes that an earlier merge has converted to lists."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()

    def note(self, base: Mapping, override: Mapping) -> None:
        """Record the merge of `override` into `base`. Attributes in both become lists, unless a tag replaces them."""
        for path, value in _pair_attributes(override):
            if value.tag in (RESET, OVERRIDE):
                self._paths.discard(path)
            elif value_at(base, *path) is not None:
                self._paths.add(path)

    def note_inherited(self, name: str, service: Mapping, services: Table[str, Mapping]) -> None:
        """Record the merge for `extends`. Attributes that are in two services of the chain become lists.

        The chain of an attribute ends at a `!reset` or `!override`.
        """
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
    """Return the document without tags on the keys of attributes that have become lists. Add an error for each tag."""
    for path, value in list(_pair_attributes(document)):
        if path in forms and isinstance(value, Mapping):
            left = _strip_key_tags(value, ignored)
            document = _with(document, path, left) if left is not value else document
    return document


def _strip_key_tags(pairs: Mapping, ignored: list[ComposeVariantError]) -> Mapping:
    for name, value in pairs.items():
        if value.tag in (RESET, OVERRIDE):
            because = "because an earlier merge has converted its parent to a list"
            message = f"Docker Compose ignores {value.tag} on {name}, {because}"
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


def without_tags(service: Mapping) -> Mapping:
    """Return the service without `!reset` values and without `!override` tags, as it would be without a base."""
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
    """Return a node with all `!reset` and `!override` tags stripped, as Compose strips them inside an `!override`."""
    if node.tag in (RESET, OVERRIDE):
        node = strip_tag(node)
    if isinstance(node, Mapping):
        return with_values(node, {name: strip_tags(value) for name, value in node.items()})
    if isinstance(node, Sequence):
        return with_items(node, map(strip_tags, node.items))
    return node


def with_tags_of(tagged: Mapping, whole: Mapping) -> Mapping:
    """Return `whole` with the tags that `tagged` has on the same keys."""
    if tagged.tag == OVERRIDE:
        return replace(whole, tag=OVERRIDE)
    values: dict[str, Node] = {}
    added: list[Entry] = []
    for entry in tagged.entries:
        name, value = entry.name, entry.value
        existing = whole.get(name)
        if value.tag == RESET and existing is None:
            added.append(Entry(entry.key, Scalar("null", tag=RESET, span=value.span)))
        elif value.tag == OVERRIDE and existing is not None:
            values[name] = replace(existing, tag=OVERRIDE)
        elif value.tag is None and isinstance(value, Mapping) and isinstance(existing, Mapping):
            values[name] = with_tags_of(value, existing)
    return with_values(whole, values, added)
