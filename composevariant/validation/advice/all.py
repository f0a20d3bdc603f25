"""The list of all checks. To add a check, write a function, list it here, and document the check in docs/checks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import services_of
from composevariant.tree import Mapping
from composevariant.validation import merge_extended
from composevariant.validation.advice import files, services, values
from composevariant.validation.advice.context import CheckContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Disk
    from composevariant.findings import Problem

_CHECKS: Final[tuple[Callable[[CheckContext], Iterator[Problem]], ...]] = (
    values.repeated_host_port,
    values.ports_without_network,
    values.invalid_exposed_port,
    services.waits_without_healthcheck,
    values.invalid_image_name,
    values.invalid_container_name,
    values.unknown_restart_policy,
    values.unknown_capability,
    values.unknown_signal,
    values.invalid_mac_address,
    services.relative_mount_target,
    services.repeated_variable,
    services.broken_reference,
    services.required_variables,
    files.missing_context,
    files.missing_dockerfile,
    files.dockerfile_problems,
    files.missing_bind_source,
    files.missing_env_file,
    files.missing_secret_file,
    services.unused_definitions,
    services.external_with_settings,
    services.invalid_subnet,
    services.gateway_outside_subnet,
    services.invalid_ip_address,
    services.no_services,
    services.obsolete_version,
)


def advice_on(root: Mapping, disk: Disk | None = None, known: Table[str, str] | None = None) -> list[Problem]:
    """Return warnings and advice on a project whose model Compose accepts, ordered by check.

    Args:
        root: the resolved tree of the project.
        disk: the folder to which paths are relative. Without a folder, checks of files are skipped.
        known: the variables from the environment and from `.env`. If they are unknown, unset variables are not
            reported.
    """
    if not isinstance(root.get("services"), Mapping):
        return []  # not a project, which `find_problems` reports
    own = services_of(root)
    heirs = {name: service for name, service in own.items() if service.entry("extends")}
    context = CheckContext(root, own | merge_extended(root, heirs, own).services, disk, known)
    return [problem for check in _CHECKS for problem in check(context)]
