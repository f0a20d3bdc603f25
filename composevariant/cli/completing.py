"""What the shell offers when somebody asks for completion: names of variants, services and settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from composevariant.project import Project


def variants(incomplete: str) -> list[str]:
    """The variants of the project whose names begin so."""
    return [name for name in _variants() if name.startswith(incomplete)]


def variants_or_base(incomplete: str) -> list[str]:
    """The same, and `base`."""
    return [name for name in ("base", *_variants()) if name.startswith(incomplete)]


def paths(incomplete: str) -> list[str]:
    """Paths of settings that begin so: those of one more step than the dots that are there already."""
    from composevariant.errors import ComposeVariantError

    try:
        found = _paths()
    except ComposeVariantError:
        return []
    return sorted(
        {path for path in found if path.startswith(incomplete) and path.count(".") <= incomplete.count(".") + 1}
    )


def _variants() -> list[str]:
    from composevariant.errors import ComposeVariantError

    try:
        return [variant.name for variant in _project().variants]
    except ComposeVariantError:
        return []


def _project() -> Project:
    from composevariant.disk import ProjectFiles
    from composevariant.project import find_project

    return find_project(ProjectFiles(_folder()))


def _folder() -> str:
    """Where the project is: here, or above."""
    from composevariant.bases import DEFAULT_NAMES
    from composevariant.disk import nearest_folder
    from composevariant.project import PROJECT_FILES

    return nearest_folder((*PROJECT_FILES, *DEFAULT_NAMES)) or "."


def _paths() -> list[str]:
    """The sections of the base, what is in them, and the settings of its services."""
    from composevariant.bases import find_base
    from composevariant.disk import ProjectFiles
    from composevariant.model import read_model
    from composevariant.paths import format_path
    from composevariant.tree import Mapping

    base = find_base(_project(), ProjectFiles(_folder()), os.environ)
    tree = read_model(base.sources).tree
    found: list[tuple[str, ...]] = []
    for section, members in tree.items() if isinstance(tree, Mapping) else ():
        found.append((section,))
        for name, settings in members.items() if isinstance(members, Mapping) else ():
            found.append((section, name))
            if section == "services" and isinstance(settings, Mapping):
                found += [(section, name, key) for key in settings.names()]
    return [format_path(path) for path in found]
