"""All the checks. One more is one more function, its line here, and its entry in docs/checks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import services_of
from composevariant.tree import Mapping
from composevariant.validation import written_out
from composevariant.validation.advice import files, services, values
from composevariant.validation.advice import files as dockerfiles
from composevariant.validation.advice import services as definitions
from composevariant.validation.advice import services as variables
from composevariant.validation.advice import values as ports
from composevariant.validation.advice.context import CheckContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Disk
    from composevariant.findings import Problem

_CHECKS: Final[tuple[Callable[[CheckContext], Iterator[Problem]], ...]] = (
    ports.host_port_taken_twice,
    ports.ports_without_network,
    ports.exposed_no_number,
    services.waits_without_healthcheck,
    values.no_image_reference,
    values.no_container_name,
    values.unknown_restart,
    values.unknown_capability,
    values.unknown_signal,
    values.no_mac_address,
    services.relative_target,
    services.variable_twice,
    variables.broken_reference,
    variables.required_variables,
    files.no_context,
    files.no_dockerfile,
    dockerfiles.dockerfile_problems,
    files.no_bind_source,
    files.no_env_file,
    files.no_secret_file,
    definitions.unused_definitions,
    definitions.external_with_settings,
    definitions.no_subnet,
    definitions.no_gateway,
    definitions.no_address,
    definitions.no_services,
    definitions.obsolete_version,
)


def advice_on(root: Mapping, disk: Disk | None = None, known: Table[str, str] | None = None) -> list[Problem]:
    """What a person would point at in a project whose model Compose accepts, check by check.

    Args:
        root: the resolved tree of the project.
        disk: the folder that its paths count from; without it, what is there is not asked.
        known: the variables of the environment and of `.env`; without them, what is set is not asked.
    """
    if not isinstance(root.get("services"), Mapping):
        return []  # no project at all, which is told elsewhere
    own = services_of(root)
    heirs = {name: service for name, service in own.items() if service.entry("extends")}
    look = CheckContext(root, own | written_out(root, heirs, own).services, disk, known)
    return [problem for check in _CHECKS for problem in check(look)]
