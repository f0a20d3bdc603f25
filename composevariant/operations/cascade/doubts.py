"""What a removal may have broken and cannot repair without a guess: it is left as it is and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.extends import base_name
from composevariant.compose.hosts import config_mentions, mentions
from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.findings import Note, note
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose.hosts import Mention
    from composevariant.file_views import Folders
    from composevariant.operations.cascade.leaving import Leaving, Place
    from composevariant.tree_edits import Path


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
            yield _host(("services", user, *found.path), found)
    for found in config_mentions(after, hosts):
        yield _host(found.path, found)


def _host(path: Path, found: Mention) -> Note:
    return note("remove.host", "warning", path, location_of(found.node), setting=found.setting, host=found.host)


def _mounted(after: Mapping, hosts: frozenset[str], folders: Folders) -> Iterator[Note]:
    """Files that services mount, such as what Prometheus is to scrape. They are nobody's to change but the user's."""
    from composevariant.compose.mounted_texts import mounted_mentions

    for found in mounted_mentions(after, hosts, folders):
        name = "remove.mounted-hosts" if found.times > 1 else "remove.mounted-host"
        names = {"file": found.file, "host": found.host, "times": str(found.times)}
        yield note(name, "warning", ("services", found.user, "volumes"), found.location, **names)


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
            yield note("remove.base-kept", "kept", ("services", base), location_of(stay[base]))


def _lost_profiles(stay: dict[str, Mapping], gone: Leaving) -> Iterator[Note]:
    lost = {profile for name in gone.names for profile in texts_of(gone.services[name].get("profiles"))}
    left = (service.get("profiles") for service in stay.values()) if lost else ()
    for profile in sorted(lost.difference(*map(texts_of, left))):
        yield note("remove.profile", "note", (), profile=profile)
