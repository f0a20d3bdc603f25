"""What `include` brings into a project: resources under names, each of which may be defined once.

The source of the rule: compose-go 2.9.1, `importResources` in `loader/include.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.placing import mapping_at
from composevariant.compose.references import SECTIONS
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import Entry, Mapping, location_of, same, string

if TYPE_CHECKING:
    from composevariant.source import Location


def with_resources(tree: Mapping, brought: Mapping) -> Mapping:
    """The tree with the services, volumes and so on of another one.

    Raises:
        UnusableInput: both define a name, and not the same.
    """
    errors: list[ComposeVariantError] = []
    for section in SECTIONS.values():
        members, own = mapping_at(brought, section), tree.get(section)
        there = own if isinstance(own, Mapping) else Mapping(origin=own)
        new: list[Entry] = []
        for entry in members.entries:
            known = there.get(entry.name)
            if known is None:
                new.append(entry)
            elif not same(known, entry.value):
                errors.append(_conflict(section, entry, there))
        if new:
            tree = tree.with_value(section, there.with_entries((*there.entries, *new)), string(section))
    raise_all(errors)
    return tree


def _conflict(section: str, entry: Entry, there: Mapping) -> UnusableInput:
    mine = there.entry(entry.name)
    other = location_of(entry.key)
    message = f"{section}.{entry.name} is defined here and, differently, by an included file ({other})"
    place: Location | None = location_of(mine.key) if mine else None
    return UnusableInput(message, place, "Docker Compose refuses that; rename one of them")
