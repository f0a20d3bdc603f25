"""What speaks of a stripped sidecar outside of the Compose file. It is not edited but reported, with its place."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.compose.volumes import placed_in
from composevariant.operations.outcome import Note
from composevariant.sidecars.project_files import speaking_files
from composevariant.source import Location
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.outcome import Folders
    from composevariant.operations.strip_remains import Stripped
    from composevariant.tree import Node

_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)", re.ASCII)
_SET: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.ASCII)
_DOTENV: Final = ".env"
_MOST_LINES: Final = 5


def outside(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Notes on files around the Compose file: what they set or configure for the sidecar, and where they name it."""
    told = set[int]()
    for note in _dotenv(done, folders.glance(_DOTENV) or ""):
        told.add(note.location.line if note.location else 0)
        yield note
    yield from _orphans(done, folders)
    words = done.preset.traces.words
    for file, found in speaking_files(folders, words) if words else ():
        lines = [line for line in found if file != _DOTENV or line not in told]
        if lines:
            what = f"{file}:{lines[0]} says {found[lines[0]]}{_also(lines[1:])}; it is not edited"
            yield Note("note", "", what, Location(file, lines[0], 1))


def _also(lines: list[int]) -> str:
    if not lines:
        return ""
    more = len(lines) - _MOST_LINES
    listed = ", ".join(map(str, lines[:_MOST_LINES])) + (f" and {more} more" if more > 0 else "")
    return f", and so do lines {listed}" if lines[1:] else f", and so does line {listed}"


def _dotenv(done: Stripped, text: str) -> Iterator[Note]:
    """Lines of `.env` that say nothing any more: it belongs to Compose, and to more than this variant."""
    settings = [(number, line) for number, line in enumerate(text.splitlines(), 1) if _SET.match(line)]
    if not settings:
        return
    services = services_of(done.after)
    changed = [service for name, service in services_of(done.before).items() if services.get(name) is not service]
    unused = _variables(*changed)
    unused -= _variables(done.after) if unused else set()
    lost = _profiles(done.before) - _profiles(done.after)
    for number, line in settings:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        where, name = Location(_DOTENV, number, 1), name.strip()
        gone = [profile for profile in re.split(r"[\s,\"']+", value) if profile in lost]
        if name == "COMPOSE_PROFILES" and gone:
            what = f"{_DOTENV}:{number} COMPOSE_PROFILES names {', '.join(gone)}, which no service has any more"
            yield Note("note", "", what, where)
        elif name in unused:
            yield Note("note", "", f"{_DOTENV}:{number} sets {name}, which the variant does not use", where)


def _variables(*nodes: Node) -> set[str]:
    """The variables that Compose puts into values, wherever they stand."""
    names: set[str] = set()
    waiting = list(nodes)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if "$" in node.text:
                names.update(_VARIABLE.findall(node.text.replace("$$", "")))
        elif id(node) not in seen:
            seen.add(id(node))
            waiting += (entry.value for entry in node.entries) if isinstance(node, Mapping) else node.items
    return names


def _profiles(tree: Mapping) -> set[str]:
    return {name for service in services_of(tree).values() for name in texts_of(service.get("profiles"))}


def _orphans(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Files and folders of the project that only what is gone mounted."""
    lost = dict.fromkeys(path for path in _sources(done.before) if path not in _sources(done.after))
    there = [path for path in lost if folders.exists(path)]
    if there:
        what = f"{', '.join(there)} {'are' if there[1:] else 'is'} mounted by nothing any more; no file is deleted"
        yield Note("note", "", what)


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
