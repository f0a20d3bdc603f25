"""How the settings of services fit together: waiting, mounts and variables."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from composevariant.compose import (
    SECTIONS,
    broken_references,
    mounts_in,
    references,
    required_and_unset,
    service_references,
    text_of,
    texts_of,
)
from composevariant.tree import Mapping, Scalar, Sequence, items_at, mapping_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.findings import Problem
    from composevariant.tree import Node, Path
    from composevariant.validation.advice.context import CheckContext

_UNKNOWN: Final = "\0"


def waits_without_healthcheck(look: CheckContext) -> Iterator[Problem]:
    """`service_healthy` on a service whose health nobody tells; an image may bring a healthcheck of its own."""
    for name, service in look.services.items():
        for found in service_references(name, service, "service"):
            other = look.services.get(found.name)
            if (
                found.kind == "depends_on"
                and other is not None
                and _condition(service, found.name) == "service_healthy"
            ):
                check = other.get("healthcheck")
                if isinstance(check, Mapping) and _is_disabled(check):
                    wrong = f"waits until {found.name} is healthy, and the healthcheck of {found.name} is disabled"
                    yield look.problem("wait.disabled-healthcheck", "warning", found.path, wrong)
                elif check is None and other.entry("extends") is None:
                    wrong = (
                        f"waits until {found.name} is healthy, which has no healthcheck here; its image must have one"
                    )
                    yield look.problem("wait.no-healthcheck", "advice", found.path, wrong)


def _is_disabled(check: Mapping) -> bool:
    test = check.get("test")
    none = isinstance(test, Sequence) and texts_of(test)[:1] == ["NONE"]
    return none or text_of(check.get("disable")) == "true"


def _condition(service: Mapping, name: str) -> str:
    return text_of(value_at(service, "depends_on", name, "condition"))


def relative_target(look: CheckContext) -> Iterator[Problem]:
    """Mounts at a place that is not absolute, which the engine refuses."""
    for name, service in look.services.items():
        for placed in mounts_in(service):
            target = placed.mount.target
            if placed.path[0] in ("volumes", "tmpfs") and target and not target.startswith(("/", "\\")):
                if target[1:2] == ":" or _UNKNOWN in target:
                    continue
                wrong = f'is mounted at "{target}", which is not an absolute path in the container'
                yield look.problem("mount.target", "warning", ("services", name, *placed.path), wrong)


def variable_twice(look: CheckContext) -> Iterator[Problem]:
    """A list of variables with one of them twice: the last one counts, which is easy to overlook."""
    for name, service in look.services.items():
        seen: dict[str, int] = {}
        for index, item in enumerate(items_at(service, "environment")):
            key = item.text.partition("=")[0] if isinstance(item, Scalar) else ""
            if key and seen.setdefault(key, index) != index:
                wrong = f"sets {key} again; the last one counts, so remove the other"
                yield look.problem("environment.twice", "warning", ("services", name, "environment", index), wrong)


# Volumes, networks, secrets and configs: unused ones, and settings that say nothing or nothing right.

_WITH_EXTERNAL = ("external", "name")


def unused_definitions(look: CheckContext) -> Iterator[Problem]:
    """What is defined and used by no service."""
    if look.root.entry("include"):
        return  # what is included may use it
    used = {(found.target, found.name) for found in references(look.root)}
    for target, section in SECTIONS.items():
        for name in mapping_at(look.root, section).names() if target not in ("service", "model") else ():
            if (target, name) not in used and (target, name) != ("network", "default"):
                yield look.problem(f"unused.{target}", "advice", (section, name), "is used by no service")


def external_with_settings(look: CheckContext) -> Iterator[Problem]:
    """Settings of something that is made elsewhere: they have no effect."""
    for section in ("networks", "secrets", "configs"):
        for name, member in mapping_at(look.root, section).items():
            if isinstance(member, Mapping) and text_of(member.get("external")) == "true":
                others = [key for key in member.names() if key not in _WITH_EXTERNAL and not key.startswith("x-")]
                if others:
                    wrong = f"is external, so {', '.join(others)} {'has' if len(others) == 1 else 'have'} no effect"
                    yield look.problem("definition.external", "advice", (section, name), wrong)


def no_subnet(look: CheckContext) -> Iterator[Problem]:
    """Subnets that are none."""
    for path, config in _address_pools(look):
        subnet = text_of(config.get("subnet"))
        if subnet and "\0" not in subnet and not _is_network(subnet):
            wrong = f'is "{subnet}", which is no subnet such as 172.28.0.0/16'
            yield look.problem("network.subnet", "warning", (*path, "subnet"), wrong)


def no_gateway(look: CheckContext) -> Iterator[Problem]:
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


def _address_pools(look: CheckContext) -> Iterator[tuple[Path, Mapping]]:
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


def no_address(look: CheckContext) -> Iterator[Problem]:
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


def no_services(look: CheckContext) -> Iterator[Problem]:
    """A project that starts nothing."""
    services = look.root.get("services")
    if isinstance(services, Mapping) and not services.entries and not look.root.entry("include"):
        yield look.problem("document.no-services", "advice", ("services",), "is empty: this project starts nothing")


def obsolete_version(look: CheckContext) -> Iterator[Problem]:
    """`version`, which Compose v2 ignores and warns of at every call."""
    if look.root.entry("version"):
        wrong = "is obsolete: Docker Compose ignores it and warns of it at every call; remove it"
        yield look.problem("document.version", "advice", ("version",), wrong)


# Variables that have to be set, and references to variables that cannot be read.


def broken_reference(look: CheckContext) -> Iterator[Problem]:
    """A `${` that begins no reference: Compose refuses the project, also below `x-` and whatever variables are set."""
    for path, text in _texts(look.root, ()):
        if "${" in text:
            for broken in broken_references(text):
                wrong = f'has "{broken}", which begins no reference such as ${{NAME:-default}}; a mere $ is written $$'
                yield look.problem("variable.syntax", "error", path, wrong)


def required_variables(look: CheckContext) -> Iterator[Problem]:
    """`${NAME:?message}` without a value in the environment or in `.env`: Compose refuses the project."""
    if look.known is None:
        return
    for path, text in _texts(look.root, ()):
        if "?" in text:
            for name in required_and_unset(text, look.known):
                wrong = f"needs the variable {name}, which neither the environment nor .env sets"
                yield look.problem("variable.required", "error", path, wrong)


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts with a `$`. Keys are not interpolated."""
    if isinstance(node, Scalar):
        if "$" in node.text:
            yield path, node.text
        return
    below = node.items() if isinstance(node, Mapping) else enumerate(node.items)
    for key, value in below:
        yield from _texts(value, (*path, key))
