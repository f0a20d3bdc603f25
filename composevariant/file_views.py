"""What the other modules see of files and folders. Each view only reads, and says which paths it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from composevariant.source import Source


class Sources(Protocol):
    """Files with their names, for messages that point into them."""

    def read(self, path: str, /) -> Source | None:
        """A file, or None when there is none.

        Raises:
            UnusableInput: it cannot be read.
        """


class Files(Protocol):
    """The files that a variant may depend on, by paths from the folder of the base file, or absolute ones."""

    def read_text(self, path: str) -> str | None:
        """The text of a file, or None when there is no such (readable, UTF-8) file."""

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""


class Folders(Protocol):
    """The project for reports alone, by the same paths: nothing in a variant depends on what is seen here.

    So it is not remembered, and a variant is not out of date when it changes.
    """

    def exists(self, path: str) -> bool:
        """Whether a file or folder is there."""

    def glance(self, path: str) -> str | None:
        """The text of a file as `Files` has it, if it is of a size that a person writes."""

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """The names of the files and of the folders in a folder, in alphabetical order."""


class Disk(Files, Folders, Protocol):
    """Both together."""
