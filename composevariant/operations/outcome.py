"""What an operation is given and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from composevariant.source import Location
    from composevariant.tree import Mapping

NoteKind = Literal["removed", "repaired", "changed", "kept", "warning", "note"]


class Note(NamedTuple):
    """Something an operation did, left alone or doubts, for the report. `service` groups notes; "" is the project."""

    kind: NoteKind
    service: str
    message: str
    location: Location | None = None


class Beside(NamedTuple):
    """A file that belongs to a variant and is written beside it, such as the configuration of an added sidecar."""

    path: str
    """Relative to the folder of the base file."""
    text: str
    """Without the comment at its top that says who made it."""


class Outcome(NamedTuple):
    """The tree after an operation, what there is to say about it, and the files that it needs."""

    tree: Mapping
    notes: tuple[Note, ...] = ()
    files: tuple[Beside, ...] = ()


class Workspace(Protocol):
    """Read-only sight of the project's folder. Paths are relative to the folder of the base file, or absolute."""

    def read_text(self, path: str) -> str | None:
        """The text of a file, or None when there is no such (readable, UTF-8) file."""

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""


class Context(NamedTuple):
    """What operations may look at besides the tree."""

    workspace: Workspace
    project: str = ""
    """Compose's project name: `name:` of the base, else the folder's name."""
    presets: tuple[tuple[str, Mapping], ...] = ()
    """The presets that overlays define, by name and as they are written."""
