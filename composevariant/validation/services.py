"""Contradictory settings of services, by the rules of compose-go 2.9.1, `loader/validate.go`.

The services are already merged with those that they extend. A service that extends a service in another file may have
more settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import UNKNOWN, mount_of, text_of, texts_of
from composevariant.findings import problem_at
from composevariant.tree import Mapping, Scalar, items_at, mapping_at, value_at
from composevariant.validation.attribute_checks import cast_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.findings import Problem
    from composevariant.tree import Node, Path

_SOURCES: Final = frozenset(("image", "build", "provider", "extends"))


class Finding(NamedTuple):
    """A path below a service and a predicate, which together form the message about a problem with the service."""

    check: str
    below: Path
    wrong: str


def service_problems(root: Mapping, services: Table[str, Mapping]) -> Iterator[Problem]:
    """Report contradictory settings, service by service."""
    for name, service in services.items():
        settings = {entry.key.text: entry.value for entry in service.entries}
        if _SOURCES.isdisjoint(settings) or ("image" in settings and _has_empty_image(service)):
            wrong = "has neither image nor build; add one, or validate this file together with its base"
            yield _problem(root, name, Finding("service.no-image", (), wrong))
        for setting, rule in _RULES.items():
            if setting in settings:
                for finding in rule(service, settings[setting]):
                    yield _problem(root, name, finding)


def repeated_container_names(root: Mapping, services: Table[str, Mapping]) -> Iterator[Problem]:
    """Report container names that two services use."""
    users: dict[str, str] = {}
    for name, service in services.items():
        container_name = text_of(service.get("container_name"))
        if container_name and UNKNOWN not in container_name and users.setdefault(container_name, name) != name:
            wrong = f'is "{container_name}", as in {users[container_name]}; container names must be unique'
            yield _problem(root, name, Finding("service.container-name", ("container_name",), wrong))


def _problem(root: Mapping, name: str, finding: Finding) -> Problem:
    return problem_at(root, finding.check, "error", ("services", name, *finding.below), finding.wrong)


def _has_empty_image(service: Mapping) -> bool:
    image = service.get("image")
    empty = isinstance(image, Scalar) and not image.text and image.meaning.kind == "str"
    return empty and (_SOURCES - {"image"}).isdisjoint(service.names())


def _network_mode(service: Mapping, mode: Node) -> Iterator[Finding]:
    if text_of(mode) and (mapping_at(service, "networks").entries or items_at(service, "networks")):
        wrong = "cannot be combined with networks; remove one of them"
        yield Finding("service.network-mode", ("network_mode",), wrong)


def _build(service: Mapping, build: Node) -> Iterator[Finding]:
    settings = {entry.key.text: entry.value for entry in mapping_at(build).entries}
    if text_of(settings.get("dockerfile")) and text_of(settings.get("dockerfile_inline")):
        wrong = "cannot be combined with dockerfile; remove one of them"
        yield Finding("service.dockerfile", ("build", "dockerfile_inline"), wrong)
    platforms = texts_of(settings.get("platforms"))
    platform = text_of(service.get("platform")) if platforms else ""
    unknown = any(UNKNOWN in text for text in (platform, *platforms))
    if platform and platform not in platforms and not unknown:
        wrong = f'does not list "{platform}", the platform of this service; add it'
        yield Finding("service.platform", ("build", "platforms"), wrong)


def _tmpfs(service: Mapping, tmpfs: Node) -> Iterator[Finding]:
    """Report paths that are mounted twice by `tmpfs`, or by both `tmpfs` and `volumes`."""
    mounts = [mount_of(item) for item in items_at(service, "volumes")]
    targets = {mount.target for mount in mounts if mount and mount.target}
    known: dict[str, str] = {}
    for text in texts_of(tmpfs):
        target = text.partition(":")[0]
        if target in targets or known.setdefault(target, text) != text:
            wrong = f'mounts "{target}", where something else is already mounted; remove one of them'
            yield Finding("service.mounted-twice", ("tmpfs",), wrong)


def _scale(service: Mapping, _: Node) -> Iterator[Finding]:
    for below, wrong in wrong_scale(service):
        yield Finding("service.scale", below, wrong)


def _deploy(service: Mapping, deploy: Node) -> Iterator[Finding]:
    if service.entry("scale") is None:
        yield from _scale(service, deploy)
    for below, wrong in wrong_limits(service):
        yield Finding("service.limits", below, wrong)


# Settings that exist both in a service and under its `deploy`, where their values must not differ.


def wrong_scale(service: Mapping) -> Iterator[tuple[Path, str]]:
    """Report a `scale` that differs from `deploy.replicas`, and a `container_name` for several containers."""
    scale, replicas = text_of(service.get("scale")), text_of(value_at(service, "deploy", "replicas"))
    numbers = [_number(text) for text in (scale, replicas)]
    if None not in numbers and numbers[0] != numbers[1]:
        yield ("scale",), f"differs from deploy.replicas ({scale} and {replicas}); write the same or remove one"
    count = numbers[1] if numbers[0] is None else numbers[0]
    if count and count > 1 and UNKNOWN not in scale and text_of(service.get("container_name")):
        yield ("container_name",), f"cannot be shared by {count:g} containers; remove it or set scale to 1"


def _number(text: str) -> float | None:
    meaning = cast_text(text, "float")
    return meaning.value if meaning and isinstance(meaning.value, float) else None


def wrong_limits(service: Mapping) -> Iterator[tuple[Path, str]]:
    """Report limits that differ from the limits in `deploy.resources`, where a missing limit means 0."""
    for twin in _TWINS:
        section = value_at(service, "deploy", "resources", twin.section)
        own = text_of(service.get(twin.setting))
        if not isinstance(section, Mapping) or not own:
            continue
        other = text_of(section.get(twin.name)) or "0"
        amount, other_amount = twin.amount(own), twin.amount(other)
        if amount and other_amount is not None and amount != other_amount:
            there = f"deploy.resources.{twin.section}.{twin.name}"
            yield (twin.setting,), f"differs from {there} ({own} and {other}); write the same or remove one"


class _Twin(NamedTuple):
    setting: str
    section: str
    name: str
    amount: Callable[[str], float | None]


def _bytes(text: str) -> float | None:
    """Convert a size such as `512m` or `1.5 GiB` to bytes.

    As in Compose, the result is rounded down. Return None if the text is not a size.
    """
    digits = text.rstrip("bBiIkKmMgGtTpP")
    unit = text[len(digits) :].lower().removesuffix("b").removesuffix("i")
    number = _number(digits.removesuffix(" "))
    return None if number is None or unit not in _UNITS else float(int(number * _UNITS[unit]))


_UNITS: Final = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}
_TWINS: Final = (
    _Twin("cpus", "limits", "cpus", _number),
    _Twin("mem_limit", "limits", "memory", _bytes),
    _Twin("mem_reservation", "reservations", "memory", _bytes),
    _Twin("pids_limit", "limits", "pids", _number),
)

_RULES: Final[dict[str, Callable[[Mapping, Node], Iterator[Finding]]]] = {
    "network_mode": _network_mode,
    "build": _build,
    "tmpfs": _tmpfs,
    "scale": _scale,
    "deploy": _deploy,
}
"""The rules, by the setting to which they apply."""
