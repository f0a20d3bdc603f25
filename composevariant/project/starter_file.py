"""The commented project file that `init` proposes for a folder."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of
from composevariant.project.project_file import FAST_SIDECAR, FAST_SIDECAR_TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.tree import Mapping

SCHEMA_FOLDER = ".composevariant/schemas"
"""The folder for the schemas that `init` writes, next to the project file.

Completion therefore works offline and for the whole team.
"""


class Survey(NamedTuple):
    """The facts about a project that the starter file depends on."""

    base: tuple[str, ...]
    """The names of the base files."""
    base_is_default: bool
    sidecar: bool
    """Whether the base has the sidecar that the built-in variant strips."""
    swapped: tuple[str, ...]
    """Services that have a Dockerfile with the suffix `.fast`."""
    services: tuple[str, ...] = ()
    built: tuple[str, ...] = ()
    container_names: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """Other Compose files next to the base, which look like hand-maintained variants."""


def starter_text(seen: Survey) -> str:
    """Return the text of a composevariant.yml with the settings that fit the project, and others as comments."""
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_FOLDER}/project.schema.json",
        "# Variants of one Compose file: `composevariant migrate` writes them, `composevariant list` lists them.",
        *_copies(seen.copies),
        "",
        f"base: {_base(seen.base)}" if not seen.base_is_default else f"# base: {_base(seen.base)}  # the default file",
        "variants:",
        "  fast:",
        f"    description: {_purpose(seen)}",
        *_strip(seen),
        *_dockerfiles(seen),
        '    env: {DOCKER_BUILDKIT: "1", COMPOSE_DOCKER_CLI_BUILD: "1"}',
        "    # compose:                      # plain Compose YAML, merged by Compose's own rules",
        "    #   services:",
        f"    #     {(seen.built or seen.services or ('app',))[0]}:",
        "    #       environment: {LOG_LEVEL: debug}",
        *_ci(seen),
    ]
    return "\n".join(lines) + "\n"


def _base(names: Sequence[str]) -> str:
    return _quote(names[0]) if len(names) == 1 else f"[{', '.join(map(_quote, names))}]"


def _quote(name: str) -> str:
    """Return a file name as YAML, quoted unless it is plain. Every JSON string is valid YAML."""
    if re.fullmatch(r"[A-Za-z0-9./][A-Za-z0-9._/-]*\.ya?ml", name):
        return name
    import json

    return json.dumps(name, ensure_ascii=False)


def _purpose(seen: Survey) -> str:
    if seen.sidecar:
        return f"Fast local builds without {FAST_SIDECAR_TITLE}"
    return "Fast local builds" if seen.swapped else "Describe this variant here"


def _copies(copies: Sequence[str]) -> list[str]:
    if not copies:
        return []
    return [
        "# Other Compose files beside the base. Where one is a copy of it, a variant can take its place:",
        *(f"#   {name}" for name in copies),
    ]


def _strip(seen: Survey) -> list[str]:
    if seen.sidecar:
        strip = f"strip: [{FAST_SIDECAR}]"
        return [f"    {strip:<29} # with its mounts, volumes, labels and dependencies on it"]
    strip = f"# strip: [{FAST_SIDECAR}]"
    return [f"    {strip:<29} # nothing of {FAST_SIDECAR_TITLE} was found in the base"]


def _dockerfiles(seen: Survey) -> list[str]:
    if not seen.swapped:
        return ["    # dockerfiles: {suffix: .fast}  # Dockerfile -> Dockerfile.fast; no such file was found"]
    keep = "" if set(seen.swapped) == set(seen.built) else ", missing: keep"
    return [f"    dockerfiles: {{suffix: .fast{keep}}}   # {', '.join(seen.swapped)}"]


def _ci(seen: Survey) -> list[str]:
    lines = ["  ci:", "    description: As fast, for many runs side by side", "    extends: [fast]"]
    if seen.container_names:
        return [*lines, '    remove: ["services.*.container_name"]']
    return [*lines, '    # remove: ["services.*.container_name"]   # no service has one']


def add_base_facts(seen: Survey, root: Mapping, beside: Sequence[str]) -> Survey:
    """Return `seen` with the services of the base, and the copies of the base among the files `beside` it."""
    services = services_of(root)
    return seen._replace(
        services=tuple(services),
        built=tuple(name for name, service in services.items() if service.entry("build")),
        container_names=tuple(name for name, service in services.items() if service.entry("container_name")),
        copies=tuple(sorted(name for name in beside if name not in seen.base and _is_copy(name, seen.base[0]))),
    )


def is_yaml(name: str) -> bool:
    return name.endswith((".yml", ".yaml"))


def _is_copy(name: str, base: str) -> bool:
    stem = posixpath.splitext(name)[0]
    base_stem = posixpath.splitext(posixpath.basename(base))[0]
    return is_yaml(name) and stem.startswith(f"{base_stem}.") and not stem.endswith(".override")
