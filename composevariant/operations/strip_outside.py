"""What speaks of a stripped sidecar outside of the Compose file. It is not edited but reported, with its place."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING, Final

from composevariant.compose.services import services_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.findings import Note, note
from composevariant.sidecars.project_files import speaking_files
from composevariant.source import Location
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.strip_remains import Stripped

_DOTENV: Final = ".env"
_MOST_LINES: Final = 5


def outside(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Notes on files around the Compose file: what they set or configure for the sidecar, and where they name it."""
    settings = _settings(done, folders)
    told = {each.location.line for each in settings if each.location}
    yield from settings
    yield from _orphans(done, folders)
    words = done.preset.traces.words
    for file, found in speaking_files(folders, words) if words else ():
        lines = [line for line in found if file != _DOTENV or line not in told]
        if lines:
            first, also = lines[0], _also(lines[1:])
            where = Location(file, first, 1)
            yield note("strip.file-names", "note", (), where, file=file, line=str(first), word=found[first], also=also)


def _settings(done: Stripped, folders: Folders) -> list[Note]:
    text = folders.glance(_DOTENV)
    if not text:
        return []
    from composevariant.operations.strip_dotenv import idle_settings

    return list(idle_settings(done, _DOTENV, text))


def _also(lines: list[int]) -> str:
    if not lines:
        return ""
    more = len(lines) - _MOST_LINES
    listed = ", ".join(map(str, lines[:_MOST_LINES])) + (f" and {more} more" if more > 0 else "")
    return f", and so do lines {listed}" if lines[1:] else f", and so does line {listed}"


def _orphans(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Files and folders of the project that only what is gone mounted."""
    before = _sources(done.before)
    left = _sources(done.after) if before else {}
    there = [path for path in before if path not in left and folders.exists(path)]
    if there:
        yield note("strip.orphans" if there[1:] else "strip.orphan", "note", (), files=", ".join(there))


def _sources(tree: Mapping) -> dict[str, None]:
    """The paths inside the project that services mount, or take configs and secrets from, in their order."""
    sources = [
        placed.mount.source
        for service in services_of(tree).values()
        for placed in placed_in(service)
        if placed.mount.type == "bind"
    ]
    for section in ("configs", "secrets"):
        definitions = tree.get(section)
        for _, definition in definitions.items() if isinstance(definitions, Mapping) else ():
            sources.append(text_of(definition.get("file")) if isinstance(definition, Mapping) else "")
    paths = (normpath(source) for source in sources if source)
    return {path: None for path in paths if not path.startswith(("/", "~", "..")) and path != "."}
