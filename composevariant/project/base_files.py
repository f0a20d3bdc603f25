"""Which files are the base."""

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
"""In the order in which Docker Compose looks for them, see compose-go's `cli/options.go`."""


OVERRIDE_NAMES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


class BaseFile(NamedTuple):
    """One of the files that a base is made of."""

    name: str
    source: Source
    location: Location | None = None
    """Where it is named; None where that is not a file."""


class Base(NamedTuple):
    """The base of the variants: one file or several, merged in this order; and how it was found."""

    files: tuple[BaseFile, ...]
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The name of the first file: variants are written beside it, are named after it, and have its paths."""
        return self.files[0].name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(file.name for file in self.files)

    @property
    def label(self) -> str:
        """How the base is called where something is shown that came of all its files."""
        return "+".join(self.names)  # without blanks, behind which diffs put a tab

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(file.source for file in self.files)


def find_base(project: Project, files: Sources, environment: Mapping[str, str], named: Sequence[str] = ()) -> Base:
    """The base: `named` on the command line, else the project's, else `COMPOSE_FILE`, else Docker Compose's default.

    `environment` is the environment of the process; a `COMPOSE_FILE` that our own `env` has set there does not count.
    Neither does `.env`, as `switch` writes `COMPOSE_FILE` there.

    Raises:
        UnusableInput: there is no such file, or one is named twice.
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
    """The files that somebody has named; all that is wrong with the names at once."""
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
    """The base with a note on the override file that Docker Compose would add to it, were it not given with `-f`."""
    override = override_beside(base.name, files)
    if override is None:
        return base
    return base._replace(notes=(*base.notes, note("base.override", "note", (), override=override, base=base.name)))


def override_beside(base: str, files: Sources) -> str | None:
    """The file that Docker Compose adds to the base by itself, where the base is not given with `-f`."""
    folder, name = posixpath.split(base)
    beside = (posixpath.join(folder, override) for override in OVERRIDE_NAMES)
    return next((file for file in beside if name in DEFAULT_NAMES and files.read(file) is not None), None)


# The mark by which a `COMPOSE_FILE` that our own `env` has set is known. Small, as it is read at every start.

COMPOSE_FILE: Final = "COMPOSE_FILE"


MARKER: Final = "COMPOSEVARIANT_ENV"
"""Names the variables that `env` has set in a shell, so that the next `env` takes back those and no others."""


def is_marked(environment: Mapping[str, str]) -> bool:
    """Whether the `COMPOSE_FILE` of this shell is one that `env` has set, and so names a variant."""
    return COMPOSE_FILE in environment.get(MARKER, "").split()
