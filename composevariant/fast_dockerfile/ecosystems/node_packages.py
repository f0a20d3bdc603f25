"""Checks of package.json for npm, pnpm and Yarn."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.fast_dockerfile.ecosystems.ecosystem import Project

_SCRIPTS: Final = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
_KINDS: Final = (
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "resolutions",
    "overrides",
)
_LOCAL: Final = re.compile(r"(?:file|link|portal|workspace|patch):|\.{0,2}/|~/")


def check_package(project: Project, command: str) -> None:
    """Check that installing needs only package.json and its lock file.

    Raises:
        Refused: The package has workspaces, a dependency with a path, or an install script.
    """
    try:
        package = json.loads(project.needs("package.json"))
    except (ValueError, RecursionError):
        raise Refused("package.json is not valid JSON") from None
    if not isinstance(package, dict):
        raise Refused("package.json is not an object")
    if package.get("workspaces"):
        raise Refused("package.json has workspaces, whose package.json files are needed")
    settings = package.get("pnpm")
    if isinstance(settings, dict) and settings.get("patchedDependencies"):
        raise Refused("package.json has patchedDependencies")
    for kind in _KINDS:
        _check_versions(package.get(kind))
    if project.has("binding.gyp") and "--ignore-scripts" not in command:
        raise Refused("binding.gyp is built on install and needs the sources")
    scripts = package.get("scripts")
    if isinstance(scripts, dict) and "--ignore-scripts" not in command:
        for name in filter(scripts.__contains__, _SCRIPTS):
            raise Refused(f"package.json has the script {name}, which may need the sources")


def _check_versions(found: object) -> None:
    """Check that no package comes from a path, including in nested `overrides`."""
    for name, version in found.items() if isinstance(found, dict) else ():
        if isinstance(version, str) and _LOCAL.match(version):
            raise Refused(f"package.json takes {name} from {version}")
        _check_versions(version)


def existing_files(project: Project, *names: str) -> tuple[str, ...]:
    """Return those of the names for which a file exists."""
    return tuple(name for name in names if project.has(name))
