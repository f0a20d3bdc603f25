"""Protocols for reading files and folders. Each one documents the paths that it accepts."""

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
    """The files that a variant may depend on, by paths from the folder of the base file, or absolute ones."""

    def read_text(self, path: str) -> str | None:
        """Return the text of a file, or None if no such readable UTF-8 file exists."""

    def is_file(self, path: str) -> bool:
        """Return whether a file exists."""


class Folders(Protocol):
    """The files and folders of the project, by the same paths, for reports only.

    No variant depends on them, so they are not recorded, and their changes do not make a variant out of date.
    """

    def exists(self, path: str) -> bool:
        """Return whether a file or folder exists."""

    def glance(self, path: str) -> str | None:
        """Return the text of a file like `Files.read_text`, or None if it is too large to be written by hand."""

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """Return the names of the files and of the folders in a folder, each in alphabetical order."""


class Disk(Files, Folders, Protocol):
    """`Files` and `Folders` together."""
