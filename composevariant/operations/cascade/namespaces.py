"""Services that live in the network, or another namespace, of a service that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.extends import flattened, with_settings_of
from composevariant.compose.services import text_of
from composevariant.findings import Note, note
from composevariant.tree import Mapping, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.cascade.leaving import Leaving, Place

NAMESPACES: Final = ("network_mode", "pid", "ipc", "uts", "cgroup")
_OF_THE_NETWORK: Final = (
    "network_mode", "networks", "ports", "expose", "dns", "dns_search", "dns_opt", "extra_hosts", "hostname",
    "domainname", "mac_address", "sysctls",
)  # fmt: skip
"""What a service says about its network, which another one in it cannot say for itself."""


def adopt(services: dict[str, Mapping], places: list[Place], gone: Leaving) -> Iterator[Note]:
    """Give the namespaces of leaving services to those that live in them: `services` is changed in place.

    The first to live in a namespace takes over what its owner said about it, and the others live with that one.
    """
    heirs: dict[tuple[str, str], str] = {}
    for place in places:
        user, kind = place.user, place.kind
        first = heirs.setdefault((place.name, kind), user)
        if first != user:
            services[user] = services[user].with_value(kind, string(f"service:{first}"))
            names = {"setting": kind, "owner": place.name, "heir": first}
            yield note("remove.namespace-heir", "repaired", place.path, location_of(place.node), **names)
            continue
        settings = _settings(place.name, kind, gone)
        services[user] = with_settings_of(settings, services[user], kind, place.name)
        taken = settings.names()
        where, owner = location_of(place.node), place.name
        if taken:
            path = ("services", user)
            yield note("remove.namespace-taken", "repaired", path, where, settings=", ".join(taken), owner=owner)
        else:
            yield note("remove.namespace-left", "warning", place.path, where, setting=kind, owner=owner)


def _settings(owner: str, kind: str, gone: Leaving) -> Mapping:
    """What the owner of a namespace says about it, itself or by way of others that leave with it."""
    kept = _OF_THE_NETWORK if kind == "network_mode" else (kind,)
    seen: set[str] = set()
    service = Mapping()
    while owner in gone.names and owner not in seen:
        seen.add(owner)
        service = flattened(gone.services[owner], gone.services, gone.services)
        owner = text_of(service.get(kind)).removeprefix("service:")
    if owner in gone.names:
        service = service.without(kind)
    return service.with_entries(tuple(entry for entry in service.entries if entry.name in kept))
