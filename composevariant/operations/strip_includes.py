"""Included files, in which nothing is stripped unless they are written out first."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from composevariant.compose.partial import UNKNOWN
from composevariant.compose.services import text_of, texts_of
from composevariant.findings import Note, note
from composevariant.sidecars.project_files import word_places
from composevariant.source import Location
from composevariant.tree import Mapping, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.strip_remains import Stripped
    from composevariant.tree import Node


def included(done: Stripped, folders: Folders | None) -> Iterator[Note]:
    """A warning for each included file that speaks of the sidecar, and a note where one cannot be read."""
    title, words = done.preset.title, done.preset.traces.words
    include = done.before.get("include")
    for item in include.items if isinstance(include, Sequence) else ():
        for path in _paths(item):
            text = folders.glance(normpath(path)) if folders and words and UNKNOWN not in path else None
            if text is None:
                file = path.replace(UNKNOWN, "…")
                yield note("strip.include-unread", "note", (), location_of(item), sidecar=title, file=file)
            for line in list(word_places(text or "", words))[:1]:
                where = Location(normpath(path), line, 1)
                yield note("strip.include-names", "warning", (), where, file=path, sidecar=title)


def _paths(item: Node) -> list[str]:
    return texts_of(item.get("path")) if isinstance(item, Mapping) else [text_of(item)]
