"""Why a sidecar in the way of traffic must not go: somebody reaches something through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.hosts import config_mentions, mentions
from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError, Refused
from composevariant.operations.cascade.doubts import host_names
from composevariant.operations.cascade.leaving import leaving
from composevariant.operations.cascade.log_drivers import published_ports
from composevariant.paths import delete
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from composevariant.operations.outcome import Context
    from composevariant.tree import Mapping


def traffic_refusals(
    tree: Mapping, gone: Collection[str], sidecars: Collection[str], context: Context
) -> list[ComposeVariantError]:
    """These sidecars, which are about to go with others, as far as somebody uses them."""
    services = services_of(tree)
    stay = {name: service for name, service in services.items() if name not in gone}
    rest = delete(tree, [("services", name) for name in gone])
    errors: list[ComposeVariantError] = []
    for name in sidecars:
        hosts = host_names(leaving(tree, [name], context.project))
        users = [user for user, service in stay.items() if any(mentions(service, hosts))]
        users += dict.fromkeys(found.setting for found in config_mentions(tree, hosts))
        users += _mounted(rest, hosts, context) if not users else []
        ports = sorted(published_ports([services[name]]))
        why = f"{', '.join(users)} names it as a host" if users else f"it publishes port {', '.join(ports)}"
        if users or ports:
            hint = f"write `services: [{name}]` under strip to remove it all the same, or point its users elsewhere"
            what = f"{name} is not removed: it stands in the way of traffic, and {why}"
            errors.append(Refused(what, location_of(services[name]), hint))
    return errors


def _mounted(tree: Mapping, hosts: frozenset[str], context: Context) -> list[str]:
    """The files that services mount and that name the host."""
    if context.folders is None:
        return []
    from composevariant.compose.mounted_texts import mounted_mentions

    return [found.file for found in mounted_mentions(tree, hosts, context.folders)]
