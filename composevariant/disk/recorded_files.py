"""What operations see of the project, by paths that count from the folder of the base."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError

if TYPE_CHECKING:
    from composevariant.disk.project_files import ProjectFiles
    from composevariant.source import Source

_GLANCE = 1 << 20
"""Bytes that a file may have which is only looked through."""


class RecordedFiles:
    """Read-only sight of the project for operations, which remembers what they looked at."""

    def __init__(self, files: ProjectFiles, folder: str) -> None:
        self._files = files
        self._folder = folder
        self.seen: dict[str, str | None] = {}
        """The text of each file that was read; None for those that are not there. Existence alone is kept as ""."""

    def read(self, path: str, /) -> Source | None:
        """A file, or None when there is none.

        Raises:
            UnusableInput: it cannot be read.
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
        """Whether a file or folder is there; not remembered, as nothing that is written depends on it."""
        return self._files.exists(self._from_project(path))

    def glance(self, path: str) -> str | None:
        """The text of a file of at most 1 MiB; not remembered either."""
        full = self._from_project(path)
        source = self._source(path) if self._files.is_file(full) and self._files.size(full) <= _GLANCE else None
        return source.text if source else None

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """The names of the files and of the folders in a folder, in alphabetical order; not remembered either."""
        return self._files.inside(self._from_project(folder))

    def _source(self, path: str) -> Source | None:
        try:
            return self._files.read(self._from_project(path))
        except ComposeVariantError:
            return None

    def _from_project(self, path: str) -> str:
        return os.path.join(self._folder, path)  # noqa: PTH118
