"""Services that are there for a sidecar only: jobs that prepare its files, and proxies that nobody else uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.hosts import hosts_in, mentions
from composevariant.compose.references import service_references
from composevariant.compose.services import services_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.sidecars.configurations import configurations
from composevariant.sidecars.patterns import fits, fits_image
from composevariant.tree import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from composevariant.file_views import Files
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Node

_COMPLETED: Final = "service_completed_successfully"


def companions(tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files) -> dict[str, str]:
    """The services that go along with these sidecars, with the reason."""
    services = services_of(tree)
    found = {name: f"prepares files of {user} only" for name, user in _jobs(services, sidecars, preset)}
    others = [name for name in services if name not in sidecars and name not in found]
    proxies = [name for name in others if fits_image(text_of(services[name].get("image")), preset.companions)]
    for proxy in proxies:
        users = _users(proxy, services) | _users_by_configuration(proxy, tree, sidecars, preset, workspace)
        if users and users.issubset({*sidecars, *found}):
            found[proxy] = f"used by {', '.join(sorted(users))} only"
    return found


def _jobs(services: dict[str, Mapping], sidecars: Collection[str], preset: Preset) -> Iterator[tuple[str, str]]:
    """Jobs that mount nothing but what a sidecar has in its own directories, and that nobody else knows."""
    mounted = {name: [placed.mount.source for placed in placed_in(service)] for name, service in services.items()}
    owners = {
        placed.mount.source: name
        for name in sidecars
        for placed in placed_in(services[name])
        if placed.mount.source and fits(placed.mount.target, preset.match.mounts)
    }
    waits = _waits(services, sidecars)
    for name, sources in mounted.items() if owners else ():
        if name in sidecars or not sources or not owners.keys() >= set(sources):
            continue
        if name not in waits and text_of(services[name].get("restart")) != "no":
            continue
        others = {other for other in services if other not in sidecars and other != name}
        shared = any(source in mounted[other] for other in others for source in sources)
        if (waits.get(name) == _COMPLETED or not shared) and _users(name, services) <= set(sidecars):
            yield name, owners[sources[0]]


def _waits(services: dict[str, Mapping], sidecars: Collection[str]) -> dict[str, str]:
    """The services that sidecars wait for, with the condition."""
    return {
        name: text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
        for sidecar in sidecars
        for name, settings in _named(services[sidecar].get("depends_on"))
    }


def _named(depends_on: Node | None) -> Iterator[tuple[str, Node | None]]:
    if isinstance(depends_on, Mapping):
        yield from depends_on.items()
    elif isinstance(depends_on, Sequence):
        yield from ((text_of(item), None) for item in depends_on.items)


def _users_by_configuration(
    proxy: str, tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files
) -> set[str]:
    """The sidecars whose configuration names the proxy as a host."""
    services, host = services_of(tree), frozenset((proxy,))
    return {
        name
        for name in sidecars
        for _, text in configurations(tree, services[name], preset.match, workspace.read_text)
        if hosts_in(text, host)
    }


def _users(name: str, services: dict[str, Mapping]) -> set[str]:
    """The services that refer to this one or name it as a host."""
    users = set()
    for user, service in services.items():
        refers = any(found.name == name for found in service_references(user, service, "service"))
        if user != name and (refers or any(mentions(service, frozenset((name,))))):
            users.add(user)
    return users
