"""What a service no longer waits for once the service in between is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.services import text_of, texts_of
from composevariant.findings import Note, keyed, note
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.cascade.leaving import Leaving, Place
    from composevariant.tree import Node

_ENDS: Final = {"service_healthy": "to be healthy", "service_completed_successfully": "to complete"}


def lost_waits(user: str, service: Mapping, dropped: Place, leaving: Leaving) -> Iterator[Note]:
    """A warning for each service that `user` waited for only by way of the one in a dropped `depends_on`.

    A service only starts after everything that it waits for itself, so any condition on it waits along.
    """
    still = _still_waited_for(service, leaving)
    for name, end in _waits(dropped.name, leaving, set()).items():
        if name not in still and name != user:
            path, where = keyed(dropped.path, dropped.node), location_of(dropped.node)
            yield note("remove.wait-lost", "warning", path, where, name=name, end=end, gone=dropped.name)


def _still_waited_for(service: Mapping, leaving: Leaving) -> set[str]:
    """The services that a service waits for itself, or by way of others that stay."""
    waiting = list(_names(service.get("depends_on")))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in leaving.names and name in leaving.services:
            found.add(name)
            waiting += _names(leaving.services[name].get("depends_on"))
    return found


def _waits(name: str, leaving: Leaving, seen: set[str]) -> dict[str, str]:
    """The services that stay and whose state the given one waits for, also through others that leave."""
    seen.add(name)
    waits: dict[str, str] = {}
    depends_on = leaving.services[name].get("depends_on") if name in leaving.services else None
    for other, condition in _names(depends_on).items():
        if other in leaving.names:
            waits |= _waits(other, leaving, seen) if other not in seen else {}
        elif condition in _ENDS:
            waits[other] = _ENDS[condition]
    return waits


def _names(depends_on: Node | None) -> dict[str, str]:
    """The names in a `depends_on` with their conditions."""
    if not isinstance(depends_on, Mapping):
        return dict.fromkeys(texts_of(depends_on), "service_started")
    return {
        name: text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
        for name, settings in depends_on.items()
    }
