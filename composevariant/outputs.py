"""Where variants are written: beside the base, unless somebody says so.

Docker Compose takes paths, the project's name and `.env` from the folder of the file. So a variant in another folder
has its paths led back to the base's, and a call that uses it has to say the rest.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from composevariant.bases import DEFAULT_NAMES, OVERRIDE_NAMES
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, raise_all

if TYPE_CHECKING:
    from composevariant.project import DeclaredVariant, Form, Project, Reference


def default_output(base: str, variant: str, form: Form = "full") -> str:
    """The base's name with the variant's before its extension: `compose.yaml` -> `compose.fast.yaml`.

    As an override, `compose.fast.override.yaml`, which Docker Compose never reads by itself.
    """
    root, extension = posixpath.splitext(base)
    return f"{root}.{variant}{'.override' if form == 'override' else ''}{extension}"


def output_path(base: str, variant: str, written: Reference | None = None, form: Form = "full") -> str:
    """The file of a variant, whose output may be `written` in the project file or on the command line.

    Raises:
        Refused: Docker Compose would take the written file for something else.
    """
    if written is None:
        return default_output(base, variant, form)
    output = posixpath.normpath(written.name)
    if output == posixpath.normpath(base):
        raise Refused(f"{written.name} is the base itself", written.location)
    name = posixpath.basename(output)
    beside = posixpath.dirname(output) == posixpath.dirname(posixpath.normpath(base))
    if not beside and form == "full" and name in DEFAULT_NAMES:
        return output  # there it is what a bare `docker compose` uses, and nobody else's
    if name in OVERRIDE_NAMES or (name in DEFAULT_NAMES and posixpath.basename(base) in DEFAULT_NAMES):
        wrong = f"{written.name} is a name that Docker Compose reads without being asked"
        raise Refused(wrong, written.location, f"for example {default_output(base, variant)}")
    return output


def clash(variant: DeclaredVariant, other: str, path: str) -> UnusableInput:
    """The error about two variants with one output, which would overwrite each other."""
    location = variant.output.location if variant.output else variant.location
    return UnusableInput(f"{variant.name} and {other} would both be written to {path}", location)


def output_paths(project: Project, base: str) -> dict[str, str]:
    """The files of all variants of the project, by the names of the variants.

    Raises:
        Refused: as `output_path` does.
        UnusableInput: two variants would be written to one file.
    """
    paths: dict[str, str] = {}
    problems: list[ComposeVariantError] = []
    for variant in project.variants:
        try:
            path = output_path(base, variant.name, variant.output, variant.form)
        except Refused as error:
            problems.append(error)
            continue
        if path in paths.values():
            other = next(name for name in paths if paths[name] == path)
            problems.append(clash(variant, other, path))
        paths[variant.name] = path
    raise_all(problems)
    return paths
