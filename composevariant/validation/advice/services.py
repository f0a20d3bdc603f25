"""Checks of service settings, top-level definitions and variables."""

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


def waits_without_healthcheck(context: CheckContext) -> Iterator[Problem]:
    """Report a service that waits for `service_healthy` on a service without a healthcheck.

    The image may define a healthcheck.
    """
    for name, service in context.services.items():
        for found in service_references(name, service, "service"):
            other = context.services.get(found.name)
            if (
                found.kind == "depends_on"
                and other is not None
                and _condition(service, found.name) == "service_healthy"
            ):
                check = other.get("healthcheck")
                if isinstance(check, Mapping) and _is_disabled(check):
                    wrong = f"waits until {found.name} is healthy, but the healthcheck of {found.name} is disabled"
                    yield context.problem("wait.disabled-healthcheck", "warning", found.path, wrong)
                elif check is None and other.entry("extends") is None:
                    wrong = f"waits until {found.name} is healthy, but it has no healthcheck; its image must define one"
                    yield context.problem("wait.no-healthcheck", "advice", found.path, wrong)


def _is_disabled(check: Mapping) -> bool:
    test = check.get("test")
    none = isinstance(test, Sequence) and texts_of(test)[:1] == ["NONE"]
    return none or text_of(check.get("disable")) == "true"


def _condition(service: Mapping, name: str) -> str:
    return text_of(value_at(service, "depends_on", name, "condition"))


def relative_mount_target(context: CheckContext) -> Iterator[Problem]:
    """Report mounts at a relative path, which the engine refuses."""
    for name, service in context.services.items():
        for placed in mounts_in(service):
            target = placed.mount.target
            if placed.path[0] in ("volumes", "tmpfs") and target and not target.startswith(("/", "\\")):
                if target[1:2] == ":" or _UNKNOWN in target:
                    continue
                wrong = f'is mounted at "{target}", which is not an absolute path in the container'
                yield context.problem("mount.target", "warning", ("services", name, *placed.path), wrong)


def repeated_variable(context: CheckContext) -> Iterator[Problem]:
    """Report variables that a list sets twice, because only the last value is used."""
    for name, service in context.services.items():
        seen: dict[str, int] = {}
        for index, item in enumerate(items_at(service, "environment")):
            key = item.text.partition("=")[0] if isinstance(item, Scalar) else ""
            if key and seen.setdefault(key, index) != index:
                wrong = f"sets {key} again; only the last value is used, so remove the other"
                yield context.problem("environment.twice", "warning", ("services", name, "environment", index), wrong)


# Unused volumes, networks, secrets and configs, and settings of these that are wrong or have no effect.

_WITH_EXTERNAL = ("external", "name")


def unused_definitions(context: CheckContext) -> Iterator[Problem]:
    """Report definitions that no service uses."""
    if context.root.entry("include"):
        return  # an included file may use it
    used = {(found.target, found.name) for found in references(context.root)}
    for target, section in SECTIONS.items():
        for name in mapping_at(context.root, section).names() if target not in ("service", "model") else ():
            if (target, name) not in used and (target, name) != ("network", "default"):
                yield context.problem(f"unused.{target}", "advice", (section, name), "is not used by any service")


def external_with_settings(context: CheckContext) -> Iterator[Problem]:
    """Report settings of external resources, which have no effect."""
    for section in ("networks", "secrets", "configs"):
        for name, member in mapping_at(context.root, section).items():
            if isinstance(member, Mapping) and text_of(member.get("external")) == "true":
                others = [key for key in member.names() if key not in _WITH_EXTERNAL and not key.startswith("x-")]
                if others:
                    wrong = f"is external, so {', '.join(others)} {'has' if len(others) == 1 else 'have'} no effect"
                    yield context.problem("definition.external", "advice", (section, name), wrong)


def invalid_subnet(context: CheckContext) -> Iterator[Problem]:
    """Report invalid subnets."""
    for path, config in _address_pools(context):
        subnet = text_of(config.get("subnet"))
        if subnet and "\0" not in subnet and not _is_network(subnet):
            wrong = f'is "{subnet}", which is not a subnet such as 172.28.0.0/16'
            yield context.problem("network.subnet", "warning", (*path, "subnet"), wrong)


def gateway_outside_subnet(context: CheckContext) -> Iterator[Problem]:
    """Report gateways and ranges that are invalid or outside their subnet, because the engine refuses them."""
    for path, config in _address_pools(context):
        subnet = text_of(config.get("subnet"))
        for key in ("gateway", "ip_range"):
            text = text_of(config.get(key))
            if text and "\0" not in text + subnet and _is_network(subnet) and not _is_in(text, subnet):
                wrong = f'is "{text}", which is not in the subnet {subnet}'
                yield context.problem("network.gateway", "warning", (*path, key), wrong)


def _is_in(text: str, subnet: str) -> bool:
    inside = ipaddress.ip_network(subnet, strict=False)
    try:
        return ipaddress.ip_network(text, strict=False).network_address in inside
    except ValueError:
        return False


def _address_pools(context: CheckContext) -> Iterator[tuple[Path, Mapping]]:
    for name, network in mapping_at(context.root, "networks").items():
        for index, config in enumerate(items_at(network, "ipam", "config")):
            if isinstance(config, Mapping):
                yield ("networks", name, "ipam", "config", index), config


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def invalid_ip_address(context: CheckContext) -> Iterator[Problem]:
    """Report invalid IP addresses of services in a network."""
    for name, service in context.services.items():
        for network, settings in mapping_at(service, "networks").items():
            for key, version in (("ipv4_address", 4), ("ipv6_address", 6)):
                text = text_of(value_at(settings, key))
                if text and "\0" not in text and not _is_address(text, version):
                    path = ("services", name, "networks", network, key)
                    yield context.problem(
                        "network.address", "warning", path, f'is "{text}", which is not an IPv{version} address'
                    )


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def no_services(context: CheckContext) -> Iterator[Problem]:
    """Report a project without services."""
    services = context.root.get("services")
    if isinstance(services, Mapping) and not services.entries and not context.root.entry("include"):
        yield context.problem(
            "document.no-services", "advice", ("services",), "is empty: the project has no services to start"
        )


def obsolete_version(context: CheckContext) -> Iterator[Problem]:
    """Report `version`, which Compose v2 ignores with a warning at every call."""
    if context.root.entry("version"):
        wrong = "is obsolete: Docker Compose ignores it and prints a warning at every call; remove it"
        yield context.problem("document.version", "advice", ("version",), wrong)


# Required variables, and invalid references to variables.


def broken_reference(context: CheckContext) -> Iterator[Problem]:
    """Report an invalid `${`.

    Compose refuses the project, even below `x-` and regardless of the values of variables.
    """
    for path, text in _texts(context.root, ()):
        if "${" in text:
            for broken in broken_references(text):
                wrong = f'has "{broken}", not a valid reference such as ${{NAME:-default}}; write $$ for a literal $'
                yield context.problem("variable.syntax", "error", path, wrong)


def required_variables(context: CheckContext) -> Iterator[Problem]:
    """Report `${NAME:?message}` without a value in the environment or in `.env`. Compose refuses such a project."""
    if context.known is None:
        return
    for path, text in _texts(context.root, ()):
        if "?" in text:
            for name in required_and_unset(text, context.known):
                wrong = f"needs the variable {name}, which is not set in the environment or in .env"
                yield context.problem("variable.required", "error", path, wrong)


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the paths and texts of scalars that contain a `$`. Keys are skipped because they are not interpolated."""
    if isinstance(node, Scalar):
        if "$" in node.text:
            yield path, node.text
        return
    below = node.items() if isinstance(node, Mapping) else enumerate(node.items)
    for key, value in below:
        yield from _texts(value, (*path, key))
