"""Networks in which a strip leaves one service alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.references import service_references
from composevariant.compose.services import services_of, text_of
from composevariant.findings import keyed, note
from composevariant.operations.outcome import Outcome
from composevariant.paths import delete
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from composevariant.compose.references import Reference


def without_lonely_networks(before: Mapping, after: Mapping) -> Outcome:
    """`after`, in which a service leaves each network that it shared with services of `before` that are gone.

    It never leaves its last network, for it would join `default` instead, nor one in which others are: services of the
    project, or of elsewhere where the network is external, and not `default`, which others are in without naming it.
    """
    services = services_of(after)
    emptied = {
        found.name
        for name, service in services_of(before).items()
        if name not in services
        for found in _memberships(name, service)
    }
    emptied = {name for name in emptied if name != "default" and not _is_external(after, name)}
    members: dict[str, list[Reference]] = {name: [] for name in sorted(emptied)}
    for name, service in services.items():
        for found in _memberships(name, service):
            members.get(found.name, []).append(found)
    alone = [found[0] for found in members.values() if len(found) == 1]
    leaving: list[Reference] = []
    for found in alone:
        left = len(_memberships(found.user, services[found.user])) - sum(one.user == found.user for one in leaving)
        if left > 1:
            leaving.append(found)
    notes = (
        note(
            "strip.lonely-network",
            "warning",
            keyed(found.path, found.node),
            location_of(found.node),
            network=found.name,
        )
        for found in leaving
    )
    return Outcome(delete(after, [found.path for found in leaving]), tuple(notes))


def _memberships(name: str, service: Mapping) -> list[Reference]:
    return list(service_references(name, service, "network"))


def _is_external(tree: Mapping, name: str) -> bool:
    networks = tree.get("networks")
    network = networks.get(name) if isinstance(networks, Mapping) else None
    external = network.get("external") if isinstance(network, Mapping) else None
    return isinstance(external, Mapping) or text_of(external) == "true"
