"""What `init` proposes: a commented project file that fits what stands in the folder."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA_FOLDER = ".composevariant/schemas"
"""Where `init` puts the schemas: beside the project file, so that completion works for the team and offline."""


class Seen(NamedTuple):
    """What was found in a project."""

    base: str
    base_is_default: bool
    sidecar: bool
    """Whether there is something of Filebeat to strip."""
    swapped: tuple[str, ...]
    """Services that have a Dockerfile with the suffix `.fast`."""
    built: tuple[str, ...]
    container_names: tuple[str, ...]
    copies: tuple[str, ...]
    """Other Compose files beside the base, which look like hand-kept variants."""


def project_file(seen: Seen) -> str:
    """The text of a composevariant.yml that does what can be told from the project, and shows what else there is."""
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_FOLDER}/project.schema.json",
        "# Variants of one Compose file. `composevariant migrate` writes them, `composevariant list` shows how they stand.",
        *_copies(seen.copies),
        "",
        f"base: {seen.base}" if not seen.base_is_default else f"# base: {seen.base}   # found by itself",
        "variants:",
        "  fast:",
        "    description: Fast local builds without Filebeat",
        *_strip(seen),
        *_dockerfiles(seen),
        '    env: {DOCKER_BUILDKIT: "1", COMPOSE_DOCKER_CLI_BUILD: "1"}',
        "    # compose:                      # plain Compose YAML, merged by Compose's own rules",
        "    #   services:",
        f"    #     {(seen.built or ('app',))[0]}:",
        "    #       environment: {LOG_LEVEL: debug}",
        *_ci(seen),
    ]
    return "\n".join(lines) + "\n"


def _copies(copies: Sequence[str]) -> list[str]:
    if not copies:
        return []
    return [
        "# Copies that stand beside the base; a variant can take the place of each:",
        *(f"#   {name}" for name in copies),
    ]


def _strip(seen: Seen) -> list[str]:
    if seen.sidecar:
        return ["    strip: [filebeat]             # with its mounts, volumes, labels and what waits for it"]
    return ["    # strip: [filebeat]           # nothing of Filebeat was found in the base"]


def _dockerfiles(seen: Seen) -> list[str]:
    if not seen.swapped:
        return ["    # dockerfiles: {suffix: .fast}  # Dockerfile -> Dockerfile.fast; no such file was found"]
    keep = "" if set(seen.swapped) == set(seen.built) else ", missing: keep"
    return [f"    dockerfiles: {{suffix: .fast{keep}}}   # {', '.join(seen.swapped)}"]


def _ci(seen: Seen) -> list[str]:
    lines = ["  ci:", "    description: As fast, for many runs side by side", "    extends: [fast]"]
    if seen.container_names:
        return [*lines, '    remove: ["services.*.container_name"]']
    return [*lines, '    # remove: ["services.*.container_name"]   # no service has one']


def look(
    base: str, root: Mapping, beside: Sequence[str], *, base_is_default: bool, stripped: bool, swapped: Sequence[str]
) -> Seen:
    """Gather what the proposal depends on.

    Args:
        base: The name of the base.
        root: Its tree.
        beside: The names of all files in its folder.
        base_is_default: Whether Compose would find the base by itself.
        stripped: Whether stripping Filebeat changes anything.
        swapped: The services whose Dockerfile has a `.fast` variant.
    """
    services = services_of(root)
    copies = tuple(sorted(name for name in beside if _is_copy(name, base)))
    return Seen(
        base,
        base_is_default,
        stripped,
        tuple(swapped),
        tuple(name for name, service in services.items() if service.entry("build")),
        tuple(name for name, service in services.items() if isinstance(service.get("container_name"), Scalar)),
        copies,
    )


def _is_copy(name: str, base: str) -> bool:
    stem, extension = posixpath.splitext(name)
    wanted = posixpath.splitext(posixpath.basename(base))[0]
    return extension in (".yml", ".yaml") and stem.startswith(f"{wanted}.") and not stem.endswith(".override")
