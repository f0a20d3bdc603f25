"""Ports that cannot all be published, or are published in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.placing import items_at
from composevariant.compose.ports import ANY_HOST, port_of
from composevariant.compose.services import text_of, texts_of
from composevariant.compose.variables import with_defaults
from composevariant.tree import Mapping, Scalar, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem


class _Published(NamedTuple):
    """A port of the host that a service takes."""

    service: str
    path: Path
    host_ip: str
    number: int
    protocol: str


def host_port_taken_twice(look: Look) -> Iterator[Problem]:
    """Two services, or two items of one, on the same port of the host; services of different profiles may share it."""
    taken: dict[tuple[int, str], list[_Published]] = {}
    told: set[Path] = set()
    for name, service in look.services.items():
        for found in _published(name, service):
            others = taken.setdefault((found.number, found.protocol), [])
            clash = next((other for other in others if _meet(look, found, other)), None)
            others.append(found)
            if clash and found.path not in told:
                told.add(found.path)
                whose = "this service" if clash.service == name else clash.service
                wrong = f"takes port {found.number}/{found.protocol} of the host, which {whose} has already"
                yield look.problem("port.taken", "warning", found.path, f"{wrong}; publish another one")


def _meet(look: Look, one: _Published, other: _Published) -> bool:
    everywhere = ANY_HOST in (one.host_ip, other.host_ip)
    if not everywhere and one.host_ip != other.host_ip:
        return False
    ours, theirs = (set(texts_of(look.services[each.service].get("profiles"))) for each in (one, other))
    return one.service == other.service or not ours or not theirs or bool(ours & theirs)


def _published(name: str, service: Mapping) -> Iterator[_Published]:
    for index, item in enumerate(items_at(service, "ports")):
        port = port_of(_filled(item))
        first, _, last = port.published.partition("-") if port else ("", "", "")
        if port and first.isdigit() and (last or first).isdigit() and not (last and "-" not in port.target):
            for number in range(int(first), int(last or first) + 1):
                yield _Published(
                    name, ("services", name, "ports", index), port.host_ip or ANY_HOST, number, port.protocol
                )


def _filled(item: Node) -> Node:
    """A port with the defaults of its variables."""
    if isinstance(item, Scalar) and "$" in item.text:
        return string(with_defaults(item.text) or "")
    return item


def ports_without_network(look: Look) -> Iterator[Problem]:
    """`ports` say nothing in the network of the host: what listens there is reachable as it is."""
    for name, service in look.services.items():
        if text_of(service.get("network_mode")) == "host" and service.entry("ports"):
            wrong = "have no effect with network_mode: host, where the container has the ports of the host; remove them"
            yield look.problem("port.host-network", "warning", ("services", name, "ports"), wrong)


def exposed_no_number(look: Look) -> Iterator[Problem]:
    """`expose` takes ports; Compose takes any text."""
    for name, service in look.services.items():
        for index, item in enumerate(items_at(service, "expose")):
            text = text_of(item).partition("/")[0]
            if text and "\0" not in text and not all(part.isdigit() for part in text.split("-")):
                path = ("services", name, "expose", index)
                yield look.problem("port.expose", "warning", path, f'is "{text}", which is no port')
