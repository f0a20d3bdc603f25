"""Which file is the base."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.environment.variables import is_marked
from composevariant.errors import UnusableInput
from composevariant.operations.outcome import Note
from composevariant.project import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.project import Files, Project
    from composevariant.source import Location, Source

DEFAULT_NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In the order in which Docker Compose looks for them, see compose-go's `cli/options.go`."""
OVERRIDE_NAMES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


class Base(NamedTuple):
    """The base of the variants, and what there is to say about how it was found."""

    name: str
    source: Source
    location: Location | None = None
    """Where it is named; None where that is not a file."""
    notes: tuple[Note, ...] = ()


def find_base(project: Project, files: Files, environment: Mapping[str, str], named: Sequence[str] = ()) -> Base:
    """The base: `named` on the command line, else the project's, else `COMPOSE_FILE`, else Docker Compose's default.

    `environment` is the environment of the process; a `COMPOSE_FILE` that our own `env` has set there does not count.
    Neither does `.env`, as `switch` writes `COMPOSE_FILE` there.

    Raises:
        UnusableInput: there is no such file, or more than one is named.
    """
    if named:
        return _only(files, [Reference(name) for name in named], "-f")
    if project.base:
        base = _only(files, project.base, "base")
        return base if project.base_is_list else _with_override_note(base, files)
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    written = "" if is_marked(environment) else environment.get("COMPOSE_FILE", "")
    from_environment = [Reference(name) for name in written.split(separator) if name]
    return _only(files, from_environment, "COMPOSE_FILE") if from_environment else _default_base(files)


def _only(files: Files, references: Sequence[Reference], named_by: str) -> Base:
    if len(references) > 1:
        names = ", ".join(name for name, _ in references)
        wrong = f"{named_by} names several base files ({names}), which is not available in this version"
        raise UnusableInput(f"{wrong} of composevariant", references[1].location)
    name, location = references[0]
    source = files.read(name)
    if source is None:
        raise UnusableInput(f"{named_by} names {name}, which does not exist", location)
    return Base(name, source, location)


def _default_base(files: Files) -> Base:
    found = [(name, source) for name in DEFAULT_NAMES if (source := files.read(name)) is not None]
    if not found:
        wrong = f"there is no Compose file here: {', '.join(DEFAULT_NAMES)} do not exist"
        raise UnusableInput(wrong, None, "name the file with -f, or with base: in composevariant.yml")
    (first, source), *others = found
    notes = (
        Note("warning", "", f"{name} is left out: {first} comes first, as with Docker Compose") for name, _ in others
    )
    return _with_override_note(Base(first, source, notes=tuple(notes)), files)


def _with_override_note(base: Base, files: Files) -> Base:
    """The base with a note on the override file that Docker Compose would add to it, were it not given with `-f`."""
    override = override_beside(base.name, files)
    if override is None:
        return base
    left_out = f"{override} is left out, as Docker Compose leaves it out with -f: put what it says into an overlay"
    note = f"{left_out}. base: [{base.name}] leaves it out without this note"
    return base._replace(notes=(*base.notes, Note("note", "", note)))


def override_beside(base: str, files: Files) -> str | None:
    """The file that Docker Compose adds to the base by itself, where the base is not given with `-f`."""
    folder, name = posixpath.split(base)
    beside = (posixpath.join(folder, override) for override in OVERRIDE_NAMES)
    return next((file for file in beside if name in DEFAULT_NAMES and files.read(file) is not None), None)
