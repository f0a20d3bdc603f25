"""Ports in the short syntax, as go-connections' `ParsePortSpec` reads it, and in the long one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.sections import sections
from composevariant.scalars import go_text
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from composevariant.tree import Node

ANY_HOST = "0.0.0.0"  # noqa: S104 - Compose's word for a port that is published on every address


class Port(NamedTuple):
    """The parts of a port as texts, "" where one is not given. Variables stay as they are written."""

    host_ip: str
    published: str
    target: str
    protocol: str = "tcp"
    as_number: bool = False
    """A long form with `published: 8080` instead of "8080", which Compose 2.40.3 takes for a port of its own."""

    def __str__(self) -> str:
        """The text under which Compose's merge knows the port."""
        return f"{self.host_ip or ANY_HOST}:{self.published}:{self.target}/{self.protocol}"


def port_of(item: Node) -> Port | None:
    """The port that an item of a service's `ports` describes; None for what is not a port."""
    if isinstance(item, Scalar):
        return short_port(go_text(item.meaning, item.text))
    if not isinstance(item, Mapping):
        return None
    host_ip, published, target, protocol = (item.get(key) for key in ("host_ip", "published", "target", "protocol"))
    numeric = isinstance(published, Scalar) and published.meaning.kind == "int"
    return Port(_text(host_ip), _text(published), _text(target), _text(protocol) or "tcp", numeric)


def short_port(text: str) -> Port:
    """The parts of `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`."""
    *host, published, target = ["", *sections(text)]
    target, *protocol = sections(target, "/")
    address = ":".join(host).removeprefix(":")
    if address.startswith("["):
        address = address[1:].removesuffix("]")
    return Port(address, _numbers(published), _numbers(target), "/".join(protocol).lower() or "tcp")


def _numbers(text: str) -> str:
    """A port or a range of ports the way Go prints what it has read: `080` is 80, and `80-80` is 80."""
    ends = text.split("-")
    if len(ends) > 2 or not all(end.isascii() and end.isdigit() for end in ends):  # noqa: PLR2004 - first and last
        return text
    first, last = int(ends[0]), int(ends[-1])
    return str(first) if first == last else f"{first}-{last}"


def _text(node: Node | None) -> str:
    return go_text(node.meaning, node.text) if isinstance(node, Scalar) and node.meaning.kind != "null" else ""
