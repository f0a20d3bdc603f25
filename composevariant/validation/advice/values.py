"""Single values of a service that Compose takes as they are, and that the engine refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import ANY_HOST, port_of, text_of, texts_of, with_defaults
from composevariant.errors import did_you_mean
from composevariant.tree import Mapping, Scalar, items_at, mapping_at, string
from composevariant.validation.advice.context import CAPABILITIES, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.findings import Problem
    from composevariant.tree import Node, Path
    from composevariant.validation.advice.context import CheckContext

_UNKNOWN: Final = "\0"


_RESTARTS: Final = ("no", "always", "unless-stopped", "on-failure")


_IMAGE: Final = re.compile(
    r"(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][\w.-]{0,127})?(?:@[a-z][a-z0-9+._-]*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
"""The grammar of distribution's `reference` package."""


_CONTAINER: Final = re.compile(r"[a-zA-Z0-9][\w.-]+", re.ASCII)
"""The engine's `RestrictedNameChars`."""


_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")


def no_image_reference(look: CheckContext) -> Iterator[Problem]:
    """Names that no registry and no engine takes."""
    for name, service in look.services.items():
        image = text_of(service.get("image"))
        if image and _UNKNOWN not in image and not _IMAGE.fullmatch(image):
            lower = " (names are in lower case)" if _IMAGE.fullmatch(image.lower()) else ""
            wrong = f'is "{image}", which is no name of an image{lower}'
            yield look.problem("image.name", "warning", ("services", name, "image"), wrong)


def no_container_name(look: CheckContext) -> Iterator[Problem]:
    """Names that the engine gives no container."""
    for name, service in look.services.items():
        wanted = text_of(service.get("container_name"))
        if wanted and _UNKNOWN not in wanted and not _CONTAINER.fullmatch(wanted):
            wrong = f'is "{wanted}"; two or more letters, digits, dots, dashes and underscores make a name'
            yield look.problem("service.name-of-container", "warning", ("services", name, "container_name"), wrong)


def unknown_restart(look: CheckContext) -> Iterator[Problem]:
    """Restart policies that the engine does not know."""
    for name, service in look.services.items():
        text = text_of(service.get("restart"))
        policy, _, number = text.partition(":")
        known = policy in _RESTARTS and (not number or (policy == "on-failure" and number.isdigit()))
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}"; known are {", ".join(_RESTARTS)} and on-failure:3{did_you_mean(policy, _RESTARTS)}'
            yield look.problem("service.restart", "warning", ("services", name, "restart"), wrong)


def unknown_capability(look: CheckContext) -> Iterator[Problem]:
    """Capabilities that Linux does not have."""
    for name, service in look.services.items():
        for setting in ("cap_add", "cap_drop"):
            for index, text in enumerate(texts_of(service.get(setting))):
                if _UNKNOWN not in text and text.upper().removeprefix("CAP_") not in CAPABILITIES:
                    wrong = f'is "{text}", which is no capability{did_you_mean(text.upper(), sorted(CAPABILITIES))}'
                    yield look.problem("service.capability", "warning", ("services", name, setting, index), wrong)


def unknown_signal(look: CheckContext) -> Iterator[Problem]:
    """Signals that Linux does not have."""
    for name, service in look.services.items():
        text = text_of(service.get("stop_signal"))
        known = text.isdigit() or text.upper().removeprefix("SIG").partition("RTM")[0] in {*SIGNALS, ""}
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}", which is no signal such as SIGTERM'
            yield look.problem("service.stop-signal", "warning", ("services", name, "stop_signal"), wrong)


def no_mac_address(look: CheckContext) -> Iterator[Problem]:
    """Hardware addresses that are none."""
    for name, service in look.services.items():
        places: list[tuple[Path, Node | None]] = [(("mac_address",), service.get("mac_address"))]
        places += [
            (("networks", key, "mac_address"), value.get("mac_address"))
            for key, value in mapping_at(service, "networks").items()
            if isinstance(value, Mapping)
        ]
        for below, node in places:
            text = text_of(node)
            if text and _UNKNOWN not in text and not _MAC.fullmatch(text):
                wrong = f'is "{text}", which is no hardware address such as 02:42:ac:11:65:43'
                yield look.problem("service.mac-address", "warning", ("services", name, *below), wrong)


# Ports that cannot all be published, or are published in vain.


class _Published(NamedTuple):
    """A port of the host that a service takes."""

    service: str
    path: Path
    host_ip: str
    number: int
    protocol: str


def host_port_taken_twice(look: CheckContext) -> Iterator[Problem]:
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


def _meet(look: CheckContext, one: _Published, other: _Published) -> bool:
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


def ports_without_network(look: CheckContext) -> Iterator[Problem]:
    """`ports` say nothing in the network of the host: what listens there is reachable as it is."""
    for name, service in look.services.items():
        if text_of(service.get("network_mode")) == "host" and service.entry("ports"):
            wrong = "have no effect with network_mode: host, where the container has the ports of the host; remove them"
            yield look.problem("port.host-network", "warning", ("services", name, "ports"), wrong)


def exposed_no_number(look: CheckContext) -> Iterator[Problem]:
    """`expose` takes ports; Compose takes any text."""
    for name, service in look.services.items():
        for index, item in enumerate(items_at(service, "expose")):
            text = text_of(item).partition("/")[0]
            if text and "\0" not in text and not all(part.isdigit() for part in text.split("-")):
                path = ("services", name, "expose", index)
                yield look.problem("port.expose", "warning", path, f'is "{text}", which is no port')
