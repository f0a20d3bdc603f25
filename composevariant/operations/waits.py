"""The services that a service waits for in `depends_on`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import text_of, texts_of
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

COMPLETED: Final = "service_completed_successfully"


def conditions_of(service: Mapping) -> dict[str, str]:
    """Return the services in the `depends_on` of a service, with their conditions."""
    depends_on = service.get("depends_on")
    if not isinstance(depends_on, Mapping):
        return dict.fromkeys(texts_of(depends_on), "service_started")
    return {
        name: text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
        for name, settings in depends_on.items()
    }


def jobs_of(services: Table[str, Mapping]) -> set[str]:
    """Return the services that run once, which never restart or whose completion another service waits for."""
    jobs = {name for name, service in services.items() if text_of(service.get("restart")) == "no"}
    for service in services.values():
        jobs.update(name for name, condition in conditions_of(service).items() if condition == COMPLETED)
    return jobs
