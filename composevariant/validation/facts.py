"""What was read from the services of a project once, as base and result share most of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.references import service_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.compose.references import Reference
    from composevariant.tree import Mapping


class ServiceFacts:
    """Remembers services by their very nodes, which never change. Forgets them when it goes itself."""

    def __init__(self) -> None:
        self._references: dict[Mapping, tuple[str, tuple[Reference, ...]]] = {}
        self._keys: dict[Mapping, frozenset[str]] = {}
        self._sound: set[Mapping] = set()

    def having(self, services: Table[str, Mapping], key: str) -> dict[str, Mapping]:
        """The services that have a setting."""
        return {name: service for name, service in services.items() if key in self._keys_of(service)}

    def _keys_of(self, service: Mapping) -> frozenset[str]:
        keys = self._keys.get(service)
        if keys is None:
            keys = self._keys[service] = frozenset([entry.key.text for entry in service.entries])
        return keys

    def references(self, services: Iterable[tuple[str, Mapping]]) -> Iterator[Reference]:
        """All that the services refer to."""
        for name, service in services:
            known = self._references.get(service)
            if known is None or known[0] != name:
                known = self._references[service] = name, tuple(service_references(name, service))
            yield from known[1]

    def not_known_sound(self, services: Table[str, Mapping]) -> dict[str, Mapping]:
        """The services that are still to be looked at."""
        return {name: service for name, service in services.items() if service not in self._sound}

    def remember_sound(self, services: Iterable[Mapping]) -> None:
        """Services in which nothing contradicts itself, wherever they occur."""
        self._sound.update(services)
