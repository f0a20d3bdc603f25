"""How the settings of services fit together: waiting, mounts and variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import items_at, value_at
from composevariant.compose.references import service_references
from composevariant.compose.services import text_of, texts_of
from composevariant.compose.volumes import placed_in
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem

_UNKNOWN: Final = "\0"


def waits_without_healthcheck(look: Look) -> Iterator[Problem]:
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


def relative_target(look: Look) -> Iterator[Problem]:
    """Mounts at a place that is not absolute, which the engine refuses."""
    for name, service in look.services.items():
        for placed in placed_in(service):
            target = placed.mount.target
            if placed.path[0] in ("volumes", "tmpfs") and target and not target.startswith(("/", "\\")):
                if target[1:2] == ":" or _UNKNOWN in target:
                    continue
                wrong = f'is mounted at "{target}", which is not an absolute path in the container'
                yield look.problem("mount.target", "warning", ("services", name, *placed.path), wrong)


def variable_twice(look: Look) -> Iterator[Problem]:
    """A list of variables with one of them twice: the last one counts, which is easy to overlook."""
    for name, service in look.services.items():
        seen: dict[str, int] = {}
        for index, item in enumerate(items_at(service, "environment")):
            key = item.text.partition("=")[0] if isinstance(item, Scalar) else ""
            if key and seen.setdefault(key, index) != index:
                wrong = f"sets {key} again; the last one counts, so remove the other"
                yield look.problem("environment.twice", "warning", ("services", name, "environment", index), wrong)
