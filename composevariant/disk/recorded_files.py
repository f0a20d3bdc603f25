"""A read-only view of the project that records which files operations have read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError

if TYPE_CHECKING:
    from composevariant.disk.project_files import ProjectFiles
    from composevariant.source import Source

_GLANCE = 1 << 20
"""The maximum size in bytes of a file that `glance` reads."""


class RecordedFiles:
    """Reads project files for operations and records the reads.

    Paths are relative to the folder of the base.
    """

    def __init__(self, files: ProjectFiles, folder: str) -> None:
        self._files = files
        self._folder = folder
        self.seen: dict[str, str | None] = {}
        """The text of each file that was read, or None for a file that does not exist.

        The text is empty if only the file's existence was checked.
        """

    def read(self, path: str, /) -> Source | None:
        """Read a file, or return None if it does not exist.

        Raises:
            UnusableInput: The file cannot be read.
        """
        source = self._files.read(os.path.normpath(self._from_project(path)))
        self.seen[path] = source.text if source else None
        return source

    def read_text(self, path: str) -> str | None:
        if self.seen.get(path):
            return self.seen[path]
        source = self._source(path)
        self.seen[path] = source.text if source else None
        return self.seen[path]

    def is_file(self, path: str) -> bool:
        there = self._files.is_file(self._from_project(path))
        self.seen.setdefault(path, "" if there else None)
        return there

    def exists(self, path: str) -> bool:
        """Return whether a file or folder exists. The check is not recorded, because no output depends on it."""
        return self._files.exists(self._from_project(path))

    def glance(self, path: str) -> str | None:
        """Return the text of a file of at most 1 MiB, or None. The read is not recorded."""
        full = self._from_project(path)
        source = self._source(path) if self._files.is_file(full) and self._files.size(full) <= _GLANCE else None
        return source.text if source else None

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """Return the sorted names of the files and of the subfolders in a folder. The read is not recorded."""
        return self._files.inside(self._from_project(folder))

    def _source(self, path: str) -> Source | None:
        try:
            return self._files.read(self._from_project(path))
        except ComposeVariantError:
            return None

    def _from_project(self, path: str) -> str:
        return os.path.join(self._folder, path)  # noqa: PTH118
