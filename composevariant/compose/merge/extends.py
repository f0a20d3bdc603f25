"""Services with the settings of another merged in, above all of the one that they extend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from composevariant.compose import service_references, services_of
from composevariant.tree import OVERRIDE, RESET, Entry, Mapping, Scalar, detach, items_at, same, string, value_at

if TYPE_CHECKING:
    from collections.abc import Container
    from collections.abc import Mapping as Table

    from composevariant.tree import Node


def names_other_files(tree: Mapping) -> bool:
    """Whether a project is not all in one file: it includes others, or a service extends one of another."""
    if items_at(tree, "include"):
        return True
    extends = map(extends_of, services_of(tree).values())
    return any(isinstance(node, Mapping) and node.entry("file") is not None for node in extends)


def extends_of(service: Mapping) -> Node | None:
    """What a service says under `extends`; None where it says nothing or resets it."""
    node = service.get("extends")
    return None if node is not None and node.tag == RESET and service.tag != OVERRIDE else node


def base_name(service: Mapping) -> str:
    """The service of the same file that this one extends; "" when there is none."""
    if service.entry("extends") is None:
        return ""
    return next((found.name for found in service_references("", service, "service") if found.kind == "extends"), "")


def flattened(service: Mapping, services: Table[str, Mapping], among: Container[str]) -> Mapping:
    """The service with what it inherits written out, as long as `extends` names one of `among`.

    Compose resolves the other service first: a `!reset` here acts on all that this one inherits.

    Raises:
        UnusableInput: Compose could not merge the two.
    """
    chain, names = [service], list[str]()
    while (name := base_name(chain[-1])) in among and name not in names and name in services:
        names.append(name)
        chain.append(services[name])
    whole = chain.pop()
    for heir, name in zip(reversed(chain), reversed(names), strict=True):
        whole = with_settings_of(whole, heir, "extends", name)
    return whole


def with_settings_of(base: Mapping, service: Mapping, instead_of: str, name: str) -> Mapping:
    """The service merged into `base`, the service `name`, as an override, but in its own order.

    New settings come `instead_of` one of its own.

    What the service says itself and `base` does not add to stays the very same nodes.

    Raises:
        UnusableInput: Compose could not merge the two.
    """
    from composevariant.compose.merge.merger import merge

    own = service.without(instead_of)
    whole = value_at(merge(_project(name, base), _project(name, own), vain_tags=[]), "services", name)
    if not isinstance(whole, Mapping):
        return own
    entries: list[Entry] = []
    for entry in service.entries:
        if entry.name == instead_of:
            new = (other for other in whole.entries if own.entry(other.name) is None)
            entries += (Entry(other.key, detach(other.value)) for other in new)
        else:
            entries.append(_merged(entry, whole.get(entry.name)))
    return service.with_entries(tuple(entries))


def _merged(entry: Entry, value: Node | None) -> Entry:
    if value is None or same(value, entry.value):
        return entry
    return Entry(entry.key, replace(value, origin=entry.value))


def _project(name: str, service: Mapping) -> Mapping:
    return Mapping((Entry(Scalar("services"), Mapping((Entry(string(name), service),))),))
