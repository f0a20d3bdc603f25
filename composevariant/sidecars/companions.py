"""Services that are there for a sidecar only: jobs that prepare its files, and proxies that nobody else uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.hosts import mentions
from composevariant.compose.references import service_references
from composevariant.compose.services import services_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.sidecars.patterns import fits, fits_image
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from composevariant.sidecars.preset import Preset


def companions(tree: Mapping, sidecars: Collection[str], preset: Preset) -> dict[str, str]:
    """The services that go along with these sidecars, with the reason."""
    services = services_of(tree)
    found = {name: f"prepares files of {user} only" for name, user in _jobs(services, sidecars, preset)}
    others = [name for name in services if name not in sidecars and name not in found]
    proxies = [name for name in others if fits_image(text_of(services[name].get("image")), preset.companions)]
    for proxy in proxies:
        users = _users(proxy, services)
        if users and users.issubset({*sidecars, *found}):
            found[proxy] = f"used by {', '.join(sorted(users))} only"
    return found


def _jobs(services: dict[str, Mapping], sidecars: Collection[str], preset: Preset) -> Iterator[tuple[str, str]]:
    """Jobs that a sidecar waits for and that mount nothing but what it has in its own directories."""
    files = {
        placed.mount.source
        for name in sidecars
        for placed in placed_in(services[name])
        if fits(placed.mount.target, preset.match.mounts)
    }
    for sidecar in sidecars:
        depends_on = services[sidecar].get("depends_on")
        for name, settings in depends_on.items() if isinstance(depends_on, Mapping) else ():
            condition = text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
            if condition == "service_completed_successfully" and name in services and name not in sidecars:
                mounted = {placed.mount.source for placed in placed_in(services[name])}
                if mounted and mounted <= files and _users(name, services) <= set(sidecars):
                    yield name, sidecar


def _users(name: str, services: dict[str, Mapping]) -> set[str]:
    """The services that refer to this one or name it as a host."""
    users = set()
    for user, service in services.items():
        refers = any(found.name == name for found in service_references(user, service, "service"))
        if user != name and (refers or any(mentions(service, frozenset((name,))))):
            users.add(user)
    return users
