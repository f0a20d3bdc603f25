"""Find the base files of a project."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.errors import UnusableInput, raise_all
from composevariant.findings import Note, note
from composevariant.project.project_file import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.errors import ComposeVariantError
    from composevariant.file_views import Sources
    from composevariant.project.project_file import Project
    from composevariant.source import Location, Source

DEFAULT_NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The default names in the order in which Docker Compose looks for them (`cli/options.go` in compose-go)."""

OVERRIDE_NAMES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


class BaseFile(NamedTuple):
    """One of the files of a base."""

    name: str
    source: Source
    location: Location | None = None
    """Where the file is named, or None if it is not named in a file."""


class Base(NamedTuple):
    """The base files of the variants in merge order, and notes on how the files were found."""

    files: tuple[BaseFile, ...]
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The name of the first file. Variants are named after this file, and paths are relative to its folder."""
        return self.files[0].name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(file.name for file in self.files)

    @property
    def label(self) -> str:
        """The name of the merged base in output."""
        return "+".join(self.names)  # without spaces, because diffs add a tab to names with spaces

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(file.source for file in self.files)


def find_base(project: Project, files: Sources, environment: Mapping[str, str], named: Sequence[str] = ()) -> Base:
    """Return the base from `named` files, the project file, `COMPOSE_FILE` or the default file, in this order.

    A `COMPOSE_FILE` that `composevariant env` set in `environment` is ignored. The `.env` file is also ignored, because
    `switch` writes `COMPOSE_FILE` there.

    Raises:
        UnusableInput: A file does not exist or is named twice.
    """
    if named:
        return _named(files, [Reference(name) for name in named], "-f")
    if project.base:
        base = _named(files, project.base, "base")
        return base if project.base_is_list else _with_override_note(base, files)
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    written = "" if is_marked(environment) else environment.get("COMPOSE_FILE", "")
    from_environment = [Reference(name) for name in written.split(separator) if name]
    return _named(files, from_environment, "COMPOSE_FILE") if from_environment else _default_base(files)


def _named(files: Sources, references: Sequence[Reference], named_by: str) -> Base:
    """Read the named files. All errors are raised together."""
    found: dict[str, BaseFile] = {}
    problems: list[ComposeVariantError] = []
    for name, location in references:
        path = posixpath.normpath(name)
        if path in found:
            hint = "Docker Compose would merge it into itself; name it once"
            problems.append(UnusableInput(f"{named_by} names {name} twice", location, hint))
            continue
        source = files.read(name)
        if source is None:
            problems.append(UnusableInput(f"{named_by}: no such file: {name}", location))
        else:
            found[path] = BaseFile(name, source, location)
    raise_all(problems)
    return Base(tuple(found.values()))


def _default_base(files: Sources) -> Base:
    found = [(name, source) for name in DEFAULT_NAMES if (source := files.read(name)) is not None]
    if not found:
        wrong = f"no Compose file found; looked for {', '.join(DEFAULT_NAMES)}"
        raise UnusableInput(wrong, None, "name the file with -f, or with base: in composevariant.yml")
    (first, source), *others = found
    notes = (note("base.later-default", "warning", (), file=name, first=first) for name, _ in others)
    return _with_override_note(Base((BaseFile(first, source),), tuple(notes)), files)


def _with_override_note(base: Base, files: Sources) -> Base:
    """Return the base with a note on the override file that Docker Compose would add when called without `-f`."""
    override = override_beside(base.name, files)
    if override is None:
        return base
    return base._replace(notes=(*base.notes, note("base.override", "note", (), override=override, base=base.name)))


def override_beside(base: str, files: Sources) -> str | None:
    """Return the override file that Docker Compose adds to the base unless the base is given with `-f`."""
    folder, name = posixpath.split(base)
    beside = (posixpath.join(folder, override) for override in OVERRIDE_NAMES)
    return next((file for file in beside if name in DEFAULT_NAMES and files.read(file) is not None), None)


# The variable that marks a `COMPOSE_FILE` as set by `composevariant env`.

COMPOSE_FILE: Final = "COMPOSE_FILE"

MARKER: Final = "COMPOSEVARIANT_ENV"
"""The variable with the names that `env` has set in a shell, so that the next `env` unsets only those names."""


def is_marked(environment: Mapping[str, str]) -> bool:
    """Return whether `env` has set the `COMPOSE_FILE` of this shell, so that `COMPOSE_FILE` names a variant."""
    return COMPOSE_FILE in environment.get(MARKER, "").split()
