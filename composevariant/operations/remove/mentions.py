"""References to removed services, and warnings on references that cannot be repaired without guessing."""

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


def notes_on_mentions(
    after: Mapping, references: list[BrokenReference], gone: Removal, folders: Folders | None
) -> Iterator[Note]:
    """Yield notes on settings and files that still mention the removed services or that are useless without them."""
    services = services_of(after)
    yield from _hosts(after, services, references, gone)
    if folders:
        yield from _mounted(after, host_names(gone), folders)
    yield from _orphaned_bases(services, gone)
    yield from _lost_profiles(services, gone)


def _hosts(
    after: Mapping, services: dict[str, Mapping], references: list[BrokenReference], gone: Removal
) -> Iterator[Note]:
    hosts = host_names(gone)
    aliases: dict[str, set[str]] = {}
    for broken in references:
        alias = text_of(broken.node).partition(":")[2] if broken.kind in ("links", "external_links") else ""
        if alias:
            aliases.setdefault(broken.user, set()).add(alias)
    for user, service in services.items():
        for found in mentions(service, hosts | aliases[user] if user in aliases else hosts):
            yield _host(("services", user, *found.path), found)
    for found in config_mentions(after, hosts):
        yield _host(found.path, found)


def _host(path: Path, found: Mention) -> Note:
    return note("remove.host", "warning", path, location_of(found.node), setting=found.setting, host=found.host)


def _mounted(after: Mapping, hosts: frozenset[str], folders: Folders) -> Iterator[Note]:
    """Yield a warning for each mounted file, such as a Prometheus configuration, that names one of the hosts."""
    from composevariant.compose import mounted_mentions

    for found in mounted_mentions(after, hosts, folders):
        name = "remove.mounted-hosts" if found.times > 1 else "remove.mounted-host"
        names = {"file": found.file, "host": found.host, "times": str(found.times)}
        yield note(name, "warning", ("services", found.user, "volumes"), found.location, **names)


def host_names(gone: Removal) -> frozenset[str]:
    """Return the host names of the removed services, except names that a remaining service also has."""
    hosts: set[str] = set(gone.names)
    for name in gone.names:
        service = gone.services[name]
        hosts |= {text_of(service.get("container_name")) or name}
        networks = service.get("networks")
        for _, settings in networks.items() if isinstance(networks, Mapping) else ():
            hosts.update(texts_of(settings.get("aliases")) if isinstance(settings, Mapping) else ())
    return frozenset(host for host in hosts if host in gone.names or host not in gone.services)


def _orphaned_bases(stay: dict[str, Mapping], gone: Removal) -> Iterator[Note]:
    """Yield a note for each service that has a profile and was extended only by removed services."""
    bases = {base_name(gone.services[name]) for name in gone.names} & stay.keys()
    still = {base_name(service) for service in stay.values()} if bases else set()
    for base in sorted(bases - still):
        if stay[base].entry("profiles"):
            yield note("remove.base-kept", "kept", ("services", base), location_of(stay[base]))


def _lost_profiles(stay: dict[str, Mapping], gone: Removal) -> Iterator[Note]:
    lost = {profile for name in gone.names for profile in texts_of(gone.services[name].get("profiles"))}
    left = (service.get("profiles") for service in stay.values()) if lost else ()
    for profile in sorted(lost.difference(*map(texts_of, left))):
        yield note("remove.profile", "note", (), profile=profile)


# Removed services and the references to them.


class BrokenReference(NamedTuple):
    """A setting of a remaining service that names a removed service."""

    user: str
    kind: Kind | ContainerKind
    name: str
    """The name of the removed service, even if the setting names the container of that service."""
    path: Path
    node: Node


class Removal(NamedTuple):
    """Services that are removed from a project together."""

    services: dict[str, Mapping]
    """All services of the project before the removal."""
    names: frozenset[str]
    """The names of the removed services."""
    containers: dict[str, str]
    """The names of the removed services and of their containers, each mapped to the service."""

    def references_of(self, user: str, service: Mapping) -> Iterator[BrokenReference]:
        """Yield the settings of a remaining service that name a removed service or its container."""
        if words_of(service).isdisjoint(self.containers):
            return
        for found in service_references(user, service, "service"):
            if found.name in self.names:
                yield BrokenReference(user, found.kind, found.name, found.path, found.node)
        for named in service_container_references(user, service):
            name = self.containers.get(named.name)
            if name is not None:
                yield BrokenReference(user, named.kind, name, named.path, named.node)


def removal_of(tree: Mapping, names: Collection[str], project: str) -> Removal:
    """Return the removal of the named services, including empty ones. `project` is Compose's project name."""
    services = {name: Mapping() for name in names} | services_of(tree)
    containers: dict[str, str] = {}
    for name in names:
        own = text_of(services[name].get("container_name"))
        containers |= dict.fromkeys((name, own or name, f"{project}-{name}-1"), name)
    return Removal(services, frozenset(names), containers)


# Services whose `logging` sends to a removed service.

_ADDRESS: Final = re.compile(r"(?:\w+://)?(?:[^@/]*@)?(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\])(?::(?P<port>\d+))?")
_THIS_MACHINE: Final = frozenset(("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"))  # noqa: S104
_DEFAULTS: Final = {"fluentd": "localhost:24224"}
"""The default addresses of log drivers."""


def log_address(service: Mapping, hosts: Collection[str], ports: Collection[str]) -> str:
    """Return the address to which `logging` sends if it is one of the given hosts or local ports, or an empty string.

    The logs are sent by Docker and not by the container, so the address is usually a published port of this machine.
    The result contains neither a user nor a path.
    """
    for address in _addresses(service.get("logging")):
        match = _ADDRESS.match(address)
        if match and (match["host"] in hosts or (match["host"] in _THIS_MACHINE and match["port"] in ports)):
            scheme, slashes, place = match[0].rpartition("://")
            return f"{scheme}{slashes}{place.rpartition('@')[2]}"  # the part before the host may be a password
    return ""


def remote_log_host(service: Mapping) -> str:
    """Return the host to which `logging` sends if it is certainly not this machine, or an empty string."""
    matches = map(_ADDRESS.match, _addresses(service.get("logging")))
    return next((match["host"] for match in matches if match and match["host"] not in _THIS_MACHINE), "")


def _addresses(logging: Node | None) -> list[str]:
    if not isinstance(logging, Mapping):
        return []
    options = [pair.value for pair in pairs_of(logging.get("options")) if pair.key.endswith(("address", "url"))]
    return options or [_DEFAULTS.get(text_of(logging.get("driver")), "")]


def published_ports(services: Iterable[Mapping]) -> frozenset[str]:
    """Return the published ports of the services. Of a range, only the first port is returned."""
    items = [
        item
        for ports in (service.get("ports") for service in services)
        if isinstance(ports, Sequence)
        for item in ports.items
    ]
    found = (port_of(item) for item in items)
    return frozenset(port.published.partition("-")[0] for port in found if port and port.published)
