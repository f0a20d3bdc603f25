"""Shell completion of variants and settings, and the options that several commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from composevariant.project import Project


def complete_variants(incomplete: str) -> list[str]:
    """Return the variants of the project whose names start with `incomplete`."""
    return [name for name in _variants() if name.startswith(incomplete)]


def complete_variants_or_base(incomplete: str) -> list[str]:
    """Return `base` and the variants whose names start with `incomplete`."""
    return [name for name in ("base", *_variants()) if name.startswith(incomplete)]


def complete_paths(incomplete: str) -> list[str]:
    """Return the paths of settings that start with `incomplete`, at most one segment longer."""
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
    """Return the nearest folder with a project: the current folder or a folder above it."""
    from composevariant.disk import nearest_folder
    from composevariant.project import DEFAULT_NAMES, PROJECT_FILES

    return nearest_folder((*PROJECT_FILES, *DEFAULT_NAMES)) or "."


def _paths() -> list[str]:
    """Return the paths of the sections of the base, their members, and the settings of services."""
    from composevariant.disk import ProjectFiles
    from composevariant.project import find_base
    from composevariant.tree import Mapping, format_path
    from composevariant.variants import read_model

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


# Options that several commands share.


class DiffForm(StrEnum):
    """The formats of a diff."""

    unified = "unified"
    semantic = "semantic"
    side_by_side = "side-by-side"
    json = "json"
    html = "html"
    none = "none"


class Format(StrEnum):
    """The formats of a report."""

    text = "text"
    json = "json"


class ProblemForm(StrEnum):
    """The formats of a list of problems."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


Folder = Annotated[
    list[str] | None,
    typer.Option("-C", metavar="DIR", help="Run as if started in DIR; repeatable.", show_default=False),
]

BaseFiles = Annotated[
    list[str] | None,
    typer.Option("-f", "--file", metavar="FILE", help="Base Compose file; repeatable.", show_default=False),
]

Schema = Annotated[str | None, typer.Option(metavar="FILE", help="Use this Compose schema instead of the bundled one.")]

ReportFormat = Annotated[Format, typer.Option("--format", help="Format of the report.")]

VariantOrBase = Annotated[
    str,
    typer.Argument(
        metavar="VARIANT",
        help="Name of a variant, or base.",
        show_default=False,
        autocompletion=complete_variants_or_base,
    ),
]

NoMigrate = Annotated[
    bool, typer.Option("--no-migrate", help="Fail if the file is not up to date, instead of writing it first.")
]

ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Do not mask likely secrets in JSON and HTML.")]
