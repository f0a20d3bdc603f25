"""Volumes, networks, secrets and configs: unused ones, and settings that say nothing or nothing right."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from composevariant.compose.placing import items_at, mapping_at, value_at
from composevariant.compose.references import SECTIONS, references
from composevariant.compose.services import text_of
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem

_WITH_EXTERNAL = ("external", "name")


def unused_definitions(look: Look) -> Iterator[Problem]:
    """What is defined and used by no service."""
    if look.root.entry("include"):
        return  # what is included may use it
    used = {(found.target, found.name) for found in references(look.root)}
    for target, section in SECTIONS.items():
        for name in mapping_at(look.root, section).names() if target not in ("service", "model") else ():
            if (target, name) not in used and (target, name) != ("network", "default"):
                yield look.problem(f"unused.{target}", "advice", (section, name), "is used by no service")


def external_with_settings(look: Look) -> Iterator[Problem]:
    """Settings of something that is made elsewhere: they have no effect."""
    for section in ("networks", "secrets", "configs"):
        for name, member in mapping_at(look.root, section).items():
            if isinstance(member, Mapping) and text_of(member.get("external")) == "true":
                others = [key for key in member.names() if key not in _WITH_EXTERNAL and not key.startswith("x-")]
                if others:
                    wrong = f"is external, so {', '.join(others)} {'has' if len(others) == 1 else 'have'} no effect"
                    yield look.problem("definition.external", "advice", (section, name), wrong)


def no_subnet(look: Look) -> Iterator[Problem]:
    """Subnets that are none."""
    for path, config in _address_pools(look):
        subnet = text_of(config.get("subnet"))
        if subnet and "\0" not in subnet and not _is_network(subnet):
            wrong = f'is "{subnet}", which is no subnet such as 172.28.0.0/16'
            yield look.problem("network.subnet", "warning", (*path, "subnet"), wrong)


def no_gateway(look: Look) -> Iterator[Problem]:
    """Gateways and ranges that are none, or outside of their subnet: the engine makes no such network."""
    for path, config in _address_pools(look):
        subnet = text_of(config.get("subnet"))
        for key in ("gateway", "ip_range"):
            text = text_of(config.get(key))
            if text and "\0" not in text + subnet and _is_network(subnet) and not _is_in(text, subnet):
                wrong = f'is "{text}", which is not in the subnet {subnet}'
                yield look.problem("network.gateway", "warning", (*path, key), wrong)


def _is_in(text: str, subnet: str) -> bool:
    inside = ipaddress.ip_network(subnet, strict=False)
    try:
        return ipaddress.ip_network(text, strict=False).network_address in inside
    except ValueError:
        return False


def _address_pools(look: Look) -> Iterator[tuple[Path, Mapping]]:
    for name, network in mapping_at(look.root, "networks").items():
        for index, config in enumerate(items_at(network, "ipam", "config")):
            if isinstance(config, Mapping):
                yield ("networks", name, "ipam", "config", index), config


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def no_address(look: Look) -> Iterator[Problem]:
    """Addresses of services in a network that are none."""
    for name, service in look.services.items():
        for network, settings in mapping_at(service, "networks").items():
            for key, version in (("ipv4_address", 4), ("ipv6_address", 6)):
                text = text_of(value_at(settings, key))
                if text and "\0" not in text and not _is_address(text, version):
                    path = ("services", name, "networks", network, key)
                    yield look.problem(
                        "network.address", "warning", path, f'is "{text}", which is no IPv{version} address'
                    )


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def no_services(look: Look) -> Iterator[Problem]:
    """A project that starts nothing."""
    services = look.root.get("services")
    if isinstance(services, Mapping) and not services.entries and not look.root.entry("include"):
        yield look.problem("document.no-services", "advice", ("services",), "is empty: this project starts nothing")


def obsolete_version(look: Look) -> Iterator[Problem]:
    """`version`, which Compose v2 ignores and warns of at every call."""
    if look.root.entry("version"):
        wrong = "is obsolete: Docker Compose ignores it and warns of it at every call; remove it"
        yield look.problem("document.version", "advice", ("version",), wrong)
