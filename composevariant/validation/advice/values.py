"""Checks of values and ports that Compose accepts but the engine refuses."""

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
"""The grammar from the `reference` package of distribution."""

_CONTAINER: Final = re.compile(r"[a-zA-Z0-9][\w.-]+", re.ASCII)
"""The pattern that the engine calls `RestrictedNameChars`."""

_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")


def invalid_image_name(context: CheckContext) -> Iterator[Problem]:
    """Report invalid image names."""
    for name, service in context.services.items():
        image = text_of(service.get("image"))
        if image and _UNKNOWN not in image and not _IMAGE.fullmatch(image):
            lower = " (image names are lowercase)" if _IMAGE.fullmatch(image.lower()) else ""
            wrong = f'is "{image}", which is not a valid image name{lower}'
            yield context.problem("image.name", "warning", ("services", name, "image"), wrong)


def invalid_container_name(context: CheckContext) -> Iterator[Problem]:
    """Report invalid container names."""
    for name, service in context.services.items():
        container_name = text_of(service.get("container_name"))
        if container_name and _UNKNOWN not in container_name and not _CONTAINER.fullmatch(container_name):
            wrong = f'is "{container_name}"; use two or more letters, digits, dots, dashes or underscores'
            yield context.problem("service.name-of-container", "warning", ("services", name, "container_name"), wrong)


def unknown_restart_policy(context: CheckContext) -> Iterator[Problem]:
    """Report unknown restart policies."""
    for name, service in context.services.items():
        text = text_of(service.get("restart"))
        policy, _, number = text.partition(":")
        known = policy in _RESTARTS and (not number or (policy == "on-failure" and number.isdigit()))
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}"; use {", ".join(_RESTARTS)} or on-failure:3{did_you_mean(policy, _RESTARTS)}'
            yield context.problem("service.restart", "warning", ("services", name, "restart"), wrong)


def unknown_capability(context: CheckContext) -> Iterator[Problem]:
    """Report unknown Linux capabilities."""
    for name, service in context.services.items():
        for setting in ("cap_add", "cap_drop"):
            for index, text in enumerate(texts_of(service.get(setting))):
                if _UNKNOWN not in text and text.upper().removeprefix("CAP_") not in CAPABILITIES:
                    wrong = f'is "{text}", not a Linux capability{did_you_mean(text.upper(), sorted(CAPABILITIES))}'
                    yield context.problem("service.capability", "warning", ("services", name, setting, index), wrong)


def unknown_signal(context: CheckContext) -> Iterator[Problem]:
    """Report unknown signals."""
    for name, service in context.services.items():
        text = text_of(service.get("stop_signal"))
        known = text.isdigit() or text.upper().removeprefix("SIG").partition("RTM")[0] in {*SIGNALS, ""}
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}", which is not a signal such as SIGTERM'
            yield context.problem("service.stop-signal", "warning", ("services", name, "stop_signal"), wrong)


def invalid_mac_address(context: CheckContext) -> Iterator[Problem]:
    """Report invalid MAC addresses."""
    for name, service in context.services.items():
        places: list[tuple[Path, Node | None]] = [(("mac_address",), service.get("mac_address"))]
        places += [
            (("networks", key, "mac_address"), value.get("mac_address"))
            for key, value in mapping_at(service, "networks").items()
            if isinstance(value, Mapping)
        ]
        for below, node in places:
            text = text_of(node)
            if text and _UNKNOWN not in text and not _MAC.fullmatch(text):
                wrong = f'is "{text}", which is not a MAC address such as 02:42:ac:11:65:43'
                yield context.problem("service.mac-address", "warning", ("services", name, *below), wrong)


# Ports that conflict on the host, and port settings without effect.


class _Published(NamedTuple):
    """A host port that a service publishes."""

    service: str
    path: Path
    host_ip: str
    number: int
    protocol: str


def repeated_host_port(context: CheckContext) -> Iterator[Problem]:
    """Report host ports that are published twice, unless the services have different profiles."""
    taken: dict[tuple[int, str], list[_Published]] = {}
    reported: set[Path] = set()
    for name, service in context.services.items():
        for found in _published(name, service):
            others = taken.setdefault((found.number, found.protocol), [])
            clash = next((other for other in others if _meet(context, found, other)), None)
            others.append(found)
            if clash and found.path not in reported:
                reported.add(found.path)
                whose = "this service" if clash.service == name else clash.service
                wrong = f"publishes host port {found.number}/{found.protocol}, which {whose} already publishes"
                yield context.problem("port.taken", "warning", found.path, f"{wrong}; use another port")


def _meet(context: CheckContext, one: _Published, other: _Published) -> bool:
    everywhere = ANY_HOST in (one.host_ip, other.host_ip)
    if not everywhere and one.host_ip != other.host_ip:
        return False
    ours, theirs = (set(texts_of(context.services[each.service].get("profiles"))) for each in (one, other))
    return one.service == other.service or not ours or not theirs or bool(ours & theirs)


def _published(name: str, service: Mapping) -> Iterator[_Published]:
    for index, item in enumerate(items_at(service, "ports")):
        port = port_of(_with_defaults(item))
        first, _, last = port.published.partition("-") if port else ("", "", "")
        if port and first.isdigit() and (last or first).isdigit() and not (last and "-" not in port.target):
            for number in range(int(first), int(last or first) + 1):
                yield _Published(
                    name, ("services", name, "ports", index), port.host_ip or ANY_HOST, number, port.protocol
                )


def _with_defaults(item: Node) -> Node:
    """Replace the variables in a port with their defaults."""
    if isinstance(item, Scalar) and "$" in item.text:
        return string(with_defaults(item.text) or "")
    return item


def ports_without_network(context: CheckContext) -> Iterator[Problem]:
    """Report `ports` in services that use the network of the host, where ports have no effect."""
    for name, service in context.services.items():
        if text_of(service.get("network_mode")) == "host" and service.entry("ports"):
            wrong = "have no effect with network_mode: host, as the container uses the host's network; remove them"
            yield context.problem("port.host-network", "warning", ("services", name, "ports"), wrong)


def invalid_exposed_port(context: CheckContext) -> Iterator[Problem]:
    """Report items in `expose` that are not ports, although Compose accepts any text."""
    for name, service in context.services.items():
        for index, item in enumerate(items_at(service, "expose")):
            text = text_of(item).partition("/")[0]
            if text and "\0" not in text and not all(part.isdigit() for part in text.split("-")):
                path = ("services", name, "expose", index)
                yield context.problem("port.expose", "warning", path, f'is "{text}", which is not a port')
