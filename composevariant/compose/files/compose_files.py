"""Read the files that a Compose file names with `extends`, `include` or as mounts, and parse each text once."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import hosts_in, mounts_in, services_of, text_of
from composevariant.source import Location
from composevariant.tree import value_at
from composevariant.yamltext import parse_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders, Sources
    from composevariant.source import Source
    from composevariant.tree import Mapping
    from composevariant.yamltext import Document


class ComposeFiles:
    """Files with a cache of their parsed documents, which all readers in one call share."""

    def __init__(self, files: Sources, parsed: dict[tuple[str, str], list[Document]] | None = None) -> None:
        """Read from `files`; `parsed` is the cache of documents by the name and the text of their file."""
        self._files = files
        self._parsed = {} if parsed is None else parsed

    def read_through(self, files: Sources) -> ComposeFiles:
        """Return a view that reads through `files`, for instance to record the paths, and shares this cache."""
        return ComposeFiles(files, self._parsed)

    def read(self, path: str) -> Source | None:
        """Return a file, or None if it does not exist.

        Raises:
            UnusableInput: The file cannot be read.
        """
        return self._files.read(path)

    def documents(self, path: str) -> list[Document]:
        """Return the documents of a file; an empty list if it does not exist.

        Raises:
            UnusableInput: The file cannot be read, or is not YAML.
        """
        source = self.read(path)
        if source is None:
            return []
        key = (source.name, source.text)  # not the source, which is a new object for each read
        if key not in self._parsed:
            self._parsed[key] = parse_documents(source)
        return self._parsed[key]


_KEY: Final = re.compile(r"[\s\"'-]*([\w.-]+)[\"']?\s*[:=]")
_CONFIGURATIONS: Final = (
    ".conf", ".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".properties", ".xml", ".template", ".tmpl", ".alloy",
)  # fmt: skip
"""The file types to search in a mounted folder, which may also hold the sources of an app."""


class FileMention(NamedTuple):
    """A mounted configuration file that names a host."""

    user: str
    """The first service that mounts it."""
    file: str
    host: str
    location: Location
    """The first line that names it."""
    times: int


def mounted_mentions(tree: Mapping, hosts: frozenset[str], around: Folders) -> Iterator[FileMention]:
    """Yield the configuration files that services mount and that name one of the hosts."""
    for file, user in _mounted_files(tree, around).items():
        text = around.glance(file) or ""
        lines_of: dict[str, list[int]] = {}
        for number, line in enumerate(text.splitlines() if any(host in text for host in hosts) else (), 1):
            key = _KEY.match(line)
            for host in hosts_in(line[key.end() :], hosts, key[1]) if key else hosts_in(line, hosts):
                lines_of.setdefault(host, []).append(number)
        for host, lines in lines_of.items():
            yield FileMention(user, file, host, Location(file, lines[0], 1), len(lines))


def _mounted_files(tree: Mapping, around: Folders) -> dict[str, str]:
    """Return the files of the project that services mount, each with the first of these services."""
    paths: dict[str, str] = {}
    for user, service in services_of(tree).items():
        for _, mount, _ in mounts_in(service):
            source = mount.source if mount.type == "bind" else _file_of(tree, mount.type, mount.source)
            if source and source[0] not in "/~":
                paths.setdefault(normpath(source), user)
    files: dict[str, str] = {}
    for path, user in paths.items():
        if path != "." and not path.startswith(".."):
            below = [f"{path}/{name}" for name in around.inside(path)[0] if name.endswith(_CONFIGURATIONS)]
            files |= dict.fromkeys(below or [path], user)
    return files


def _file_of(tree: Mapping, kind: str, name: str) -> str:
    """Return the file of a config, and "" for a secret, whose contents must not be read."""
    return text_of(value_at(tree, "configs", name, "file")) if kind == "config" else ""
