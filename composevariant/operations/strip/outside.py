"""Notes on files around the Compose file that mention a stripped sidecar. These files are never edited."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final

from composevariant.compose import UNKNOWN, mounts_in, service_references, services_of, text_of, texts_of
from composevariant.errors import ComposeVariantError
from composevariant.findings import Note, note, phrase
from composevariant.source import Location, Source
from composevariant.text import pattern, read_generated
from composevariant.tree import Mapping, Scalar, Sequence, location_of
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.file_views import Folders
    from composevariant.findings import Phrase
    from composevariant.operations.strip.report import Stripped
    from composevariant.tree import Node

_DOTENV: Final = ".env"
_MOST_LINES: Final = 5


def notes_on_files(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Yield notes on unused lines in `.env`, on unused files, and on files that mention the sidecar."""
    settings = list(idle_settings(done, _DOTENV, folders.glance(_DOTENV) or ""))
    reported = {each.location.line for each in settings if each.location}
    yield from settings
    yield from _orphans(done, folders)
    words = done.preset.traces.words
    for file, found in files_with_words(folders, words) if words else ():
        lines = [line for line in found if file != _DOTENV or line not in reported]
        if lines:
            first, also = lines[0], _also(lines[1:])
            where = Location(file, first, 1)
            yield note("strip.file-names", "note", (), where, file=file, line=str(first), word=found[first], also=also)


def _also(lines: list[int]) -> Phrase | str:
    """Return a phrase that lists the other lines with the word, or an empty string if there are none."""
    shown, more = ", ".join(map(str, lines[:_MOST_LINES])), len(lines) - _MOST_LINES
    if more > 0:
        return phrase("strip.also-more", lines=shown, count=str(more))
    return phrase("strip.also-lines" if lines[1:] else "strip.also-line", lines=shown) if lines else ""


def _orphans(done: Stripped, folders: Folders) -> Iterator[Note]:
    """Yield a note on files and folders in the project that were mounted before but are no longer mounted."""
    before = _sources(done.before)
    left = _sources(done.after) if before else {}
    orphans = [path for path in before if path not in left and folders.exists(path)]
    if orphans:
        yield note("strip.orphans" if orphans[1:] else "strip.orphan", "note", (), files=", ".join(orphans))


def _sources(tree: Mapping) -> dict[str, None]:
    """Return the paths in the project that services mount or from which they read configs and secrets, in order."""
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


# Lines of `.env` that only a stripped sidecar used.

_VARIABLE: Final = pattern(r"\$\{?([A-Za-z_]\w*)", re.ASCII)
_SET: Final = pattern(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.ASCII)


def idle_settings(done: Stripped, file: str, text: str) -> Iterator[Note]:
    """Yield notes on lines in `.env` that have no effect in the variant. Other variants may use these lines."""
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
    """Return the names of all variables that values refer to."""
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


# Included files. `strip` only changes them if they are merged into the base first.


def notes_on_includes(done: Stripped, folders: Folders | None) -> Iterator[Note]:
    """Yield a warning for each included file that mentions the sidecar, and a note for each that cannot be read."""
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


# Compose files next to the base that need a stripped service. Docker Compose refuses them on top of the variant.

_COMPOSE: Final = pattern(r".*compose.*\.ya?ml", re.IGNORECASE)


def override_file_warnings(done: Stripped, folders: Folders, names: Iterable[str]) -> Iterator[Note]:
    """Yield warnings on other Compose files that change or need a removed service.

    `names` are those of the base files.
    """
    gone = services_of(done.before).keys() - services_of(done.after).keys()
    bases = {basename(file) for file in (*names, *_files(done.before))}
    for name in folders.inside("")[0] if gone else ():
        if name in bases or not _COMPOSE.fullmatch(name):
            continue
        text = folders.glance(name) or ""
        if any(service in text for service in gone) and read_generated(text) is None:
            yield from _breaks(Source(name, text), gone, bases)


def _files(tree: Mapping) -> Iterator[str]:
    """Yield the file of each service."""
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


# Scripts, Makefiles, CI configuration and READMEs that mention a sidecar.

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
"""The names of YAML files for task runners and CI, without extension."""
_STARTS: Final = ("readme", "contributing", "install", "deploy", "operations", "runbook", ".env.")
_ENDINGS: Final = (".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk", ".env")


def files_with_words(folders: Folders, words: tuple[str, ...]) -> Iterator[tuple[str, dict[int, str]]]:
    """Yield the files that contain one of the words, each with a mapping from line number to the spelling found there.

    Compose files and Dockerfiles are omitted.
    """
    for file in _project_files(folders):
        text = folders.glance(file) or ""
        small = text.lower()
        found = word_places(text, words) if any(word in small for word in words) else {}
        if found:
            yield file, found


def word_places(text: str, words: tuple[str, ...]) -> dict[int, str]:
    """Return, by line number, the spelling of the first word found in each line that contains one of the words."""
    word = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])", re.IGNORECASE)
    found = ((number, word.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return {number: place[0] for number, place in found if place}


def _project_files(folders: Folders) -> Iterator[str]:
    """Yield scripts, CI files and READMEs in breadth-first order, starting from the folder of the Compose file."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        files, below = folders.inside(folder)
        path = folder.split("/")
        for name in files:
            if _is_searched(name.lower(), path):
                yield f"{folder}/{name}" if folder else name
        if depth < _DEPTH:
            ours = (name for name in below if name not in _NOT_OURS and (name in _OF_CI or not name.startswith(".")))
            waiting += ((f"{folder}/{name}" if folder else name, depth + 1) for name in ours)


def _is_searched(name: str, folders: list[str]) -> bool:
    if name.endswith((".yml", ".yaml")):
        return folders[0] in _OF_CI or name.rpartition(".")[0] in _STEMS
    is_script = folders[-1] in _OF_SCRIPTS and "." not in name
    return is_script or name in _NAMES or name.startswith(_STARTS) or name.endswith(_ENDINGS)
