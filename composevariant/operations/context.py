"""What an operation is given and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from composevariant.compose.files import ComposeFiles
    from composevariant.file_views import Files, Folders
    from composevariant.findings import Note
    from composevariant.overlay import Strip
    from composevariant.tree import Mapping


class ExtraFile(NamedTuple):
    """A file that belongs to a variant and is written with it: the configuration of a sidecar, or a fast Dockerfile."""

    path: str
    """Relative to the folder of the base file."""
    text: str
    """Without the comment at its top that says who made it; a Dockerfile has that already."""
    made_of: str = ""
    """What a Dockerfile, or a file for it, was made of, in the same folder; "" for a configuration."""
    update: str = ""
    """The command that writes it, where that is not the one that writes the variant."""


class Outcome(NamedTuple):
    """The tree after an operation, what there is to say about it, and the files that it needs."""

    tree: Mapping
    notes: tuple[Note, ...] = ()
    files: tuple[ExtraFile, ...] = ()


class Context(NamedTuple):
    """What operations may look at besides the tree."""

    workspace: Files
    project: str = ""
    """Compose's project name: `name:` of the base, else the folder's name."""
    presets: tuple[tuple[str, Mapping], ...] = ()
    """The presets that overlays define, by name and as they are written."""
    folders: Folders | None = None
    """What is around the Compose files; None where nobody wants to know."""
    others: ComposeFiles | None = None
    """Where the Compose files are that the base extends and includes, to be looked at."""
    extended: ComposeFiles | None = None
    """The same for what of them goes into the variant: what is read here counts among its inputs."""
    bases: tuple[str, ...] = ()
    """The names of the Compose files that the tree was merged from."""
    root: str = ""
    """Where the project's folder is, seen from that of the base file."""
    contexts: Files | None = None
    """Sight of what fast Dockerfiles are made of, which does not count among a variant's inputs."""
    strips: tuple[Strip, ...] = ()
    """The sidecars that the variant takes out, which its fast Dockerfiles do not have either."""
