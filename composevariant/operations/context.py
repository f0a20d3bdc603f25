"""The input of an operation and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from composevariant.compose.files import ComposeFiles
    from composevariant.file_views import Files, Folders
    from composevariant.findings import Note
    from composevariant.overlay import Strip
    from composevariant.tree import Mapping


class ExtraFile(NamedTuple):
    """A file that is written with a variant: the configuration of a sidecar, or a fast Dockerfile."""

    path: str
    """Relative to the folder of the base file."""
    text: str
    """Without the header comment on its origin, except for Dockerfiles, which already contain it."""
    made_of: str = ""
    """The source of a Dockerfile, or of a file for it, in the same folder; "" for a configuration."""
    update: str = ""
    """The command that writes it, if it is not written with the variant; else ""."""


class Outcome(NamedTuple):
    """The tree after an operation, notes, and extra files."""

    tree: Mapping
    notes: tuple[Note, ...] = ()
    files: tuple[ExtraFile, ...] = ()


class Context(NamedTuple):
    """The input of an operation besides the tree."""

    workspace: Files
    project: str = ""
    """Compose's project name: `name:` of the base, else the name of the folder."""
    presets: tuple[tuple[str, Mapping], ...] = ()
    """The presets that overlays define, by name, not yet parsed."""
    folders: Folders | None = None
    """The files around the Compose files, for reports; None if they are not needed."""
    others: ComposeFiles | None = None
    """The Compose files that the base extends and includes, for reading only."""
    extended: ComposeFiles | None = None
    """The same files, for content that becomes part of the variant: each file read is an input of it."""
    bases: tuple[str, ...] = ()
    """The names of the Compose files that the tree was merged from."""
    root: str = ""
    """The path from the folder of the base file to the folder of the project."""
    contexts: Files | None = None
    """The sources of fast Dockerfiles, which are not inputs of the variant."""
    strips: tuple[Strip, ...] = ()
    """The sidecars that the variant strips, also from its fast Dockerfiles."""
