"""What a removal may have broken and cannot repair without a guess: it is left as it is and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.extends import base_name
from composevariant.compose.hosts import config_mentions, mentions
from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.operations.outcome import Note
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.cascade.leaving import Leaving, Place


def doubts(after: Mapping, places: list[Place], gone: Leaving, folders: Folders | None) -> Iterator[Note]:
    """Notes on what still speaks of the services that left, and on what is of no use without them."""
    services = services_of(after)
    yield from _hosts(after, services, places, gone)
    if folders:
        yield from _mounted(after, host_names(gone), folders)
    yield from _orphaned_bases(services, gone)
    yield from _lost_profiles(services, gone)


def _hosts(after: Mapping, services: dict[str, Mapping], places: list[Place], gone: Leaving) -> Iterator[Note]:
    hosts = host_names(gone)
    aliases: dict[str, set[str]] = {}
    for place in places:
        alias = text_of(place.node).partition(":")[2] if place.kind in ("links", "external_links") else ""
        if alias:
            aliases.setdefault(place.user, set()).add(alias)
    for user, service in services.items():
        for found in mentions(service, hosts | aliases[user] if user in aliases else hosts):
            what = f"{found.setting} names {found.host} as a host, which is gone"
            yield Note("warning", user, what, location_of(found.node))
    for found in config_mentions(after, hosts):
        what = f"{found.setting} names {found.host} as a host, which is gone"
        yield Note("warning", "", what, location_of(found.node))


def _mounted(after: Mapping, hosts: frozenset[str], folders: Folders) -> Iterator[Note]:
    """Files that services mount, such as what Prometheus is to scrape. They are nobody's to change but the user's."""
    from composevariant.compose.mounted_texts import mounted_mentions

    for found in mounted_mentions(after, hosts, folders):
        more = f" ({found.times} times)" if found.times > 1 else ""
        what = f"{found.file}, which it mounts, names {found.host} as a host, which is gone{more}"
        yield Note("warning", found.user, what, found.location)


def host_names(gone: Leaving) -> frozenset[str]:
    """The names under which the network knows the services that left, unless one that stays goes by it as well."""
    hosts: set[str] = set(gone.names)
    for name in gone.names:
        service = gone.services[name]
        hosts |= {text_of(service.get("container_name")) or name}
        networks = service.get("networks")
        for _, settings in networks.items() if isinstance(networks, Mapping) else ():
            hosts.update(texts_of(settings.get("aliases")) if isinstance(settings, Mapping) else ())
    return frozenset(host for host in hosts if host in gone.names or host not in gone.services)


def _orphaned_bases(stay: dict[str, Mapping], gone: Leaving) -> Iterator[Note]:
    """Services behind a profile that only those which left extended: they were written to be extended."""
    bases = {base_name(gone.services[name]) for name in gone.names} & stay.keys()
    still = {base_name(service) for service in stay.values()} if bases else set()
    for base in sorted(bases - still):
        if stay[base].entry("profiles"):
            what = f"{base} kept, though no service extends it any more"
            yield Note("kept", base, what, location_of(stay[base]))


def _lost_profiles(stay: dict[str, Mapping], gone: Leaving) -> Iterator[Note]:
    lost = {profile for name in gone.names for profile in texts_of(gone.services[name].get("profiles"))}
    left = (service.get("profiles") for service in stay.values()) if lost else ()
    for profile in sorted(lost.difference(*map(texts_of, left))):
        yield Note("note", "", f"no service has the profile {profile} any more")
