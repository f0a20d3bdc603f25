"""What a removal may have broken and cannot repair without a guess: it is left as it is and reported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import (
    config_mentions,
    mentions,
    pairs_of,
    port_of,
    service_container_references,
    service_references,
    services_of,
    text_of,
    texts_of,
    words_of,
)
from composevariant.compose.merge import base_name
from composevariant.findings import Note, note
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from composevariant.compose import ContainerKind, Kind, Mention
    from composevariant.file_views import Folders
    from composevariant.tree import Node, Path


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
    from composevariant.compose.files import mounted_mentions

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


# The services that are about to go, and who is left to miss them.


class Place(NamedTuple):
    """A setting of a service that stays which names one that leaves."""

    user: str
    kind: Kind | ContainerKind
    name: str
    """The service that leaves, also where its container is named."""
    path: Path
    node: Node


class Leaving(NamedTuple):
    """Services of a project that leave it together."""

    services: dict[str, Mapping]
    """All services of the project as they were."""
    names: frozenset[str]
    """Those that leave."""
    containers: dict[str, str]
    """The names of their containers, and their own, with the service that each belongs to."""

    def places(self, user: str, service: Mapping) -> Iterator[Place]:
        """Where a service that stays names one that leaves, or its container."""
        if words_of(service).isdisjoint(self.containers):
            return
        for found in service_references(user, service, "service"):
            if found.name in self.names:
                yield Place(user, found.kind, found.name, found.path, found.node)
        for place in service_container_references(user, service):
            name = self.containers.get(place.name)
            if name is not None:
                yield Place(user, place.kind, name, place.path, place.node)


def leaving(tree: Mapping, names: Collection[str], project: str) -> Leaving:
    """These services of the project called `project`. One that is empty counts as a service without settings."""
    services = {name: Mapping() for name in names} | services_of(tree)
    containers: dict[str, str] = {}
    for name in names:
        own = text_of(services[name].get("container_name"))
        containers |= dict.fromkeys((name, own or name, f"{project}-{name}-1"), name)
    return Leaving(services, frozenset(names), containers)


# `logging` blocks that push to a service that leaves.

_ADDRESS: Final = re.compile(r"(?:\w+://)?(?:[^@/]*@)?(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\])(?::(?P<port>\d+))?")


_THIS_MACHINE: Final = frozenset(("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"))  # noqa: S104


_DEFAULTS: Final = {"fluentd": "localhost:24224"}
"""Where a driver sends to that is given no address."""


def pushes_to(service: Mapping, hosts: Collection[str], ports: Collection[str]) -> str:
    """Where `logging` pushes to, if it is one of these hosts, or one of these ports of this machine; else "".

    It is Docker itself that sends, not the container, so the address is mostly a port that a service publishes. User
    and path are left out.
    """
    for address in _addresses(service.get("logging")):
        match = _ADDRESS.match(address)
        if match and (match["host"] in hosts or (match["host"] in _THIS_MACHINE and match["port"] in ports)):
            scheme, slashes, place = match[0].rpartition("://")
            return f"{scheme}{slashes}{place.rpartition('@')[2]}"  # what stands before the host may be a password
    return ""


def pushes_elsewhere(service: Mapping) -> str:
    """The host of the address of `logging` if it is certainly not this machine; else ""."""
    matches = map(_ADDRESS.match, _addresses(service.get("logging")))
    return next((match["host"] for match in matches if match and match["host"] not in _THIS_MACHINE), "")


def _addresses(logging: Node | None) -> list[str]:
    if not isinstance(logging, Mapping):
        return []
    options = [pair.value for pair in pairs_of(logging.get("options")) if pair.key.endswith(("address", "url"))]
    return options or [_DEFAULTS.get(text_of(logging.get("driver")), "")]


def published_ports(services: Iterable[Mapping]) -> frozenset[str]:
    """The ports that services publish; of a range, its first one only."""
    items = [
        item
        for ports in (service.get("ports") for service in services)
        if isinstance(ports, Sequence)
        for item in ports.items
    ]
    found = (port_of(item) for item in items)
    return frozenset(port.published.partition("-")[0] for port in found if port and port.published)
