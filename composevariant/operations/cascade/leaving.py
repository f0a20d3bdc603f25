"""The services that are about to go, and who is left to miss them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.references import service_container_references, service_references
from composevariant.compose.services import services_of, text_of
from composevariant.compose.words import words_of
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from composevariant.compose.references import ContainerKind, Kind
    from composevariant.tree import Node
    from composevariant.tree_edits import Path


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
