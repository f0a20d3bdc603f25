"""`logging` blocks that push to a service that leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.ports import port_of
from composevariant.compose.services import pairs_of, text_of
from composevariant.tree import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from composevariant.tree import Node

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
