"""Merge the settings of one service into another, mainly to resolve `extends`."""

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
    """Return whether a project includes other files or extends services in other files."""
    if items_at(tree, "include"):
        return True
    extends = map(extends_of, services_of(tree).values())
    return any(isinstance(node, Mapping) and node.entry("file") is not None for node in extends)


def extends_of(service: Mapping) -> Node | None:
    """Return the value of `extends` in a service, or None if it is absent or `!reset`."""
    node = service.get("extends")
    return None if node is not None and node.tag == RESET and service.tag != OVERRIDE else node


def base_name(service: Mapping) -> str:
    """Return the name of the service in the same file that this service extends, or an empty string."""
    if service.entry("extends") is None:
        return ""
    return next((found.name for found in service_references("", service, "service") if found.kind == "extends"), "")


def resolve_extends(service: Mapping, services: Table[str, Mapping], among: Container[str]) -> Mapping:
    """Return the service with its inherited settings inlined, as long as `extends` names a service in `among`.

    Compose resolves the extended service first, so a `!reset` in this service applies to all inherited settings.

    Raises:
        UnusableInput: Compose could not merge the services.
    """
    chain, names = [service], list[str]()
    while (name := base_name(chain[-1])) in among and name not in names and name in services:
        names.append(name)
        chain.append(services[name])
    whole = chain.pop()
    for child, name in zip(reversed(chain), reversed(names), strict=True):
        whole = with_settings_of(whole, child, "extends", name)
    return whole


def with_settings_of(base: Mapping, service: Mapping, instead_of: str, name: str) -> Mapping:
    """Merge a service into another as an override, but keep the order and the unchanged nodes of the service.

    Args:
        base: The other service, which provides the additional settings.
        service: The service.
        instead_of: The key of the service that the additional settings replace, such as `extends`.
        name: The name of the other service.

    Raises:
        UnusableInput: Compose could not merge the services.
    """
    from composevariant.compose.merge.merger import merge

    own = service.without(instead_of)
    whole = value_at(merge(_project(name, base), _project(name, own), ignored_tags=[]), "services", name)
    if not isinstance(whole, Mapping):
        return own
    entries: list[Entry] = []
    for entry in service.entries:
        if entry.name == instead_of:
            new = (other for other in whole.entries if own.entry(other.name) is None)
            entries += (Entry(other.key, detach(other.value)) for other in new)
        else:
            entries.append(_merged_entry(entry, whole.get(entry.name)))
    return service.with_entries(tuple(entries))


def _merged_entry(entry: Entry, value: Node | None) -> Entry:
    if value is None or same(value, entry.value):
        return entry
    return Entry(entry.key, replace(value, origin=entry.value))


def _project(name: str, service: Mapping) -> Mapping:
    return Mapping((Entry(Scalar("services"), Mapping((Entry(string(name), service),))),))
