"""Protocols for reading files and folders. Each protocol documents the paths that it accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from composevariant.source import Source


class Sources(Protocol):
    """Reads files as named sources, for messages with locations."""

    def read(self, path: str, /) -> Source | None:
        """Return a file, or None if it does not exist.

        Raises:
            UnusableInput: The file cannot be read.
        """


class Files(Protocol):
    """The files that a variant may depend on.

    Paths are absolute or relative to the folder of the base file.
    """

    def read_text(self, path: str) -> str | None:
        """Return the text of a file, or None if no such readable UTF-8 file exists."""

    def is_file(self, path: str) -> bool:
        """Return whether a file exists."""


class Folders(Protocol):
    """The files and folders of the project, for reports only, with the same paths as `Files`.

    No variant depends on these files, so they are not recorded, and changes to them do not make a variant out of date.
    """

    def exists(self, path: str) -> bool:
        """Return whether a file or folder exists."""

    def glance(self, path: str) -> str | None:
        """Return the text of a file like `Files.read_text`, or None if the file is too large to be handwritten."""

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """Return the names of the files and of the subfolders in a folder, both in alphabetical order."""


class Disk(Files, Folders, Protocol):
    """`Files` and `Folders` together."""
