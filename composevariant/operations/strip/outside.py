"""What speaks of a stripped sidecar outside of the Compose file. It is not edited but reported, with its place."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final

from composevariant.compose import UNKNOWN, mounts_in, service_references, services_of, text_of, texts_of
from composevariant.errors import ComposeVariantError
from composevariant.findings import Note, note
from composevariant.source import Location, Source
from composevariant.text import read_generated
from composevariant.tree import Mapping, Scalar, Sequence, location_of
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.strip.report import Stripped
    from composevariant.tree import Node

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
        for placed in mounts_in(service)
        if placed.mount.type == "bind"
    ]
    for section in ("configs", "secrets"):
        definitions = tree.get(section)
        for _, definition in definitions.items() if isinstance(definitions, Mapping) else ():
            sources.append(text_of(definition.get("file")) if isinstance(definition, Mapping) else "")
    paths = (normpath(source) for source in sources if source)
    return {path: None for path in paths if not path.startswith(("/", "~", "..")) and path != "."}


# Lines of `.env` that set something for a stripped sidecar.

_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)", re.ASCII)


_SET: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.ASCII)


def idle_settings(done: Stripped, file: str, text: str) -> Iterator[Note]:
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
        where, name = Location(file, number, 1), name.strip()
        gone = [profile for profile in re.split(r"[\s,\"']+", value) if profile in lost]
        if name == "COMPOSE_PROFILES" and gone:
            profiles = ", ".join(gone)
            yield note("strip.dotenv-profiles", "note", (), where, file=file, line=str(number), profiles=profiles)
        elif name in unused:
            yield note("strip.dotenv-unused", "note", (), where, file=file, line=str(number), name=name)


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


# Included files, in which nothing is stripped unless they are written out first.


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


# Compose files beside the base that count on a stripped service: with the variant, Docker Compose refuses them.

_COMPOSE: Final = re.compile(r".*compose.*\.ya?ml", re.IGNORECASE)


def overrides(done: Stripped, folders: Folders, names: Iterable[str]) -> Iterator[Note]:
    """Warnings on Compose files beside the base that say more of a removed service, or need it; `names` is the base."""
    gone = services_of(done.before).keys() - services_of(done.after).keys()
    bases = {basename(file) for file in (*names, *_files(done.before))}
    for name in folders.inside("")[0] if gone else ():
        if name in bases or not _COMPOSE.fullmatch(name):
            continue
        text = folders.glance(name) or ""
        if any(service in text for service in gone) and read_generated(text) is None:
            yield from _breaks(Source(name, text), gone, bases)


def _files(tree: Mapping) -> Iterator[str]:
    """The files that the services of a project stand in."""
    for service in services_of(tree).values():
        where = location_of(service)
        if where:
            yield where.file


def _breaks(source: Source, gone: set[str], bases: set[str]) -> Iterator[Note]:
    try:
        root = parse(source).root
    except ComposeVariantError:
        return
    services = services_of(root) if isinstance(root, Mapping) else {}
    whole = {name for name, service in services.items() if any(map(service.entry, ("image", "build", "extends")))}
    for name, service in services.items():
        if name in gone and name not in whole:
            yield note("strip.override", "warning", (), location_of(service), name=name)
        extends = service.get("extends")
        file = text_of(extends.get("file")) if isinstance(extends, Mapping) else ""
        base = text_of(extends.get("service")) if isinstance(extends, Mapping) else ""
        if basename(file) in bases and base in gone:
            where = location_of(extends)
            yield note("strip.override-extends", "warning", (), where, name=name, base=base, file=file)
        for found in service_references(name, service, "service"):
            if found.name in gone and found.name not in services:
                names = {"name": name, "setting": found.kind, "gone": found.name}
                yield note("strip.override-names", "warning", (), location_of(found.node), **names)


# Files of a project that people and machines run or read: scripts, Makefiles, CI, READMEs, and what they speak
# of.

_DEPTH: Final = 2


_MOST_FOLDERS: Final = 100


_NOT_OURS: Final = frozenset(("node_modules", "vendor", "target", "dist", "build", "venv", "__pycache__"))


_OF_CI: Final = frozenset((".github", ".gitlab", ".circleci", ".buildkite"))


_OF_SCRIPTS: Final = frozenset(("bin", "script", "scripts", "ci", "tools"))


_NAMES: Final = frozenset(
    ("makefile", "gnumakefile", "justfile", "jenkinsfile", "procfile", "tiltfile", "package.json")
)


_STEMS: Final = frozenset(
    ("taskfile", ".gitlab-ci", ".travis", "appveyor", "azure-pipelines", "bitbucket-pipelines", "cloudbuild")
)
"""What the YAML files of task runners and CI are called."""


_STARTS: Final = ("readme", "contributing", "install", "deploy", "operations", "runbook", ".env.")


_ENDINGS: Final = (".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk", ".env")


def speaking_files(folders: Folders, words: tuple[str, ...]) -> Iterator[tuple[str, dict[int, str]]]:
    """The files in which one of the words stands, with the word as it is written in each line that has one.

    Compose files and Dockerfiles are not among them.
    """
    for file in _project_files(folders):
        text = folders.glance(file) or ""
        small = text.lower()
        found = word_places(text, words) if any(word in small for word in words) else {}
        if found:
            yield file, found


def word_places(text: str, words: tuple[str, ...]) -> dict[int, str]:
    """The lines of a text that have one of the words, with the word as it is written there."""
    import re

    word = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])", re.IGNORECASE)
    found = ((number, word.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return {number: place[0] for number, place in found if place}


def _project_files(folders: Folders) -> Iterator[str]:
    """The files, from the folder of the Compose file downwards, level by level."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        files, below = folders.inside(folder)
        path = folder.split("/")
        for name in files:
            if _is_one(name.lower(), path):
                yield f"{folder}/{name}" if folder else name
        if depth < _DEPTH:
            ours = (name for name in below if name not in _NOT_OURS and (name in _OF_CI or not name.startswith(".")))
            waiting += ((f"{folder}/{name}" if folder else name, depth + 1) for name in ours)


def _is_one(name: str, folders: list[str]) -> bool:
    if name.endswith((".yml", ".yaml")):
        return folders[0] in _OF_CI or name.rpartition(".")[0] in _STEMS
    is_script = folders[-1] in _OF_SCRIPTS and "." not in name
    return is_script or name in _NAMES or name.startswith(_STARTS) or name.endswith(_ENDINGS)
