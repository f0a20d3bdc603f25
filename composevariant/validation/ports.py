"""Published ports as Compose reads them: `go-connections/nat` for the short syntax, compose-go 2.9.1 for the long."""

from __future__ import annotations

import re
from typing import Final

from composevariant.patterns import pattern
from composevariant.tree import Mapping, Node, Scalar
from composevariant.validation.casts import has_variable

_USUAL: Final = re.compile(r"(?:(?:[0-9]{1,4}|[1-5][0-9]{4}):)?[1-9][0-9]{0,3}")
_RANGE: Final = pattern(r"([0-9]+)(?:-([0-9]+)(?:-.*)?)?")
_PROTOCOLS: Final = ("tcp", "udp", "sctp")
_LAST_PORT: Final = 65535


def wrong_port(node: Node) -> str:
    """What is wrong with an item of `ports`; empty when nothing is."""
    if isinstance(node, Scalar):
        return "" if _USUAL.fullmatch(node.text) else _wrong_scalar(node)
    return _wrong_long(node) if isinstance(node, Mapping) else ""


def _wrong_scalar(node: Scalar) -> str:
    kind, value = node.meaning
    if kind == "float":
        return f"is {node.text}, which is no port number"
    text = str(value) if kind == "int" else node.text
    return "" if has_variable(text) else wrong_port_text(text)


def wrong_port_text(text: str) -> str:
    """What is wrong with `[[IP:]HOST:]CONTAINER[/PROTOCOL]`; empty when nothing is."""
    parts = text.split(":")
    address, host, container = ":".join(parts[:-2]), parts[-2] if parts[1:] else "", parts[-1]
    port, _, protocol = container.partition("/")
    protocol = protocol.partition("/")[0] or "tcp"
    inside, outside = _range(port), _range(host)
    if not port:
        return f'is "{text}", which names no container port'
    if address and not _is_address(address):
        return f'has the host address "{address}", which is no IP address'
    if inside is None or not inside[0]:
        return f'has the container port "{port}", which is no port between 1 and {_LAST_PORT}'
    if host and outside is None:
        return f'has the host port "{host}", which is no port between 0 and {_LAST_PORT}'
    if outside and inside[0] != inside[1] and inside[1] - inside[0] != outside[1] - outside[0]:
        return f'maps the ranges "{host}" and "{port}", which are not equally long'
    if protocol.lower() not in _PROTOCOLS:
        return f'has the protocol "{protocol}", which is none of tcp, udp and sctp'
    return ""


def _range(text: str) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last <= _LAST_PORT else None


def _is_address(text: str) -> bool:
    """An IPv4 address, or an IPv6 address in brackets; Compose reads the brackets off an IPv4 address too."""
    from ipaddress import ip_address

    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if inside == text and ":" in text:
        return False
    try:
        return not inside or bool(ip_address(inside))
    except ValueError:
        return False


def _wrong_long(port: Mapping) -> str:
    if port.entry("target") is None:
        return "has no target, the port inside the container"
    address = port.get("host_ip")
    if isinstance(address, Scalar) and not has_variable(address.text):
        from ipaddress import ip_address

        try:
            ip_address(address.text)
        except ValueError:
            return f'has the host_ip "{address.text}", which is no IP address'
    return ""
