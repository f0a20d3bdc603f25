"""Find values that name a service as a host, such as an address, a URL or an option.

The values are reported but not changed.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.compose.variables import as_far_as_known
from composevariant.compose.volumes import mounts_in
from composevariant.source import Location
from composevariant.tree import Mapping, Scalar, Sequence, items_at, mapping_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders
    from composevariant.tree import Node, Path

_WORD: Final = re.compile(r"[A-Za-z0-9](?:[\w-]|\.(?=\w))*", re.ASCII)
_PORT: Final = re.compile(r":[\d\0]")
_OPTION: Final = re.compile(r"(?:^|\s)(?:-h|--[\w-]*(?:host|server|addr|url|endpoint)[\w-]*)[ =]$", re.IGNORECASE)
_HOST_KEY: Final = re.compile(r"host|server|addr|endpoint|url|uri|broker|upstream|target|node", re.IGNORECASE)


class Mention(NamedTuple):
    """A value that names a host."""

    host: str
    path: Path
    """The path of the setting, relative to the service. For a config, the path is relative to the file."""
    node: Node

    @property
    def setting(self) -> str:
        """The path as text, such as `command` or `post_start[0].command`."""
        return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path)[1:]


def mentions(service: Mapping, hosts: frozenset[str]) -> Iterator[Mention]:
    """Yield the settings of a service that name one of the hosts."""
    if words_of(service).isdisjoint(hosts):
        return
    for path, key, node in _values(service):
        for host in hosts_in(" ".join(texts_of(node)), hosts, key):
            yield Mention(host, path, node)


def hosts_in(text: str, hosts: frozenset[str], key: str = "") -> list[str]:
    """Return the hosts that a text names. `key` is the name of the variable or setting that contains the text.

    A word is a host if it is followed by a port (`db:5432`), is part of a URL (`//db/`, `user@db`), or follows an
    option (`--host db`). A word is also a host if it is the value, or one of several comma-separated values, of a
    variable whose name suggests a host (`DB_HOST=db`).
    """
    found: dict[str, None] = {}
    for word in _WORD.finditer(text):
        if word[0] in hosts and _is_host(text, word, key):
            found[word[0]] = None
    return list(found)


def _is_host(text: str, word: re.Match[str], key: str) -> bool:
    start, end = word.span()
    before, after = text[max(0, start - 80) : start], text[end : end + 2]
    if before.endswith(("//", "@")):
        return after[:1] in ("", ":", "/", "?", "#", ",", " ", '"', "'")
    if before.endswith("/"):
        return False
    if _PORT.match(after) or _OPTION.search(before):
        return True
    return bool(_HOST_KEY.search(key)) and before.rstrip()[-1:] in ("", ",", "=") and after.strip()[:1] in ("", ",")


def _values(service: Mapping) -> Iterator[tuple[Path, str, Scalar | Sequence]]:
    """Yield each value that may name a host, with the path of its setting and its key."""
    build, logging, healthcheck = (mapping_at(service, key) for key in ("build", "logging", "healthcheck"))
    yield from _pairs(("environment",), service.get("environment"))
    yield from _pairs(("labels",), service.get("labels"))
    yield from _pairs(("build", "args"), build.get("args"))
    yield from _pairs(("logging", "options"), logging.get("options"))
    settings: tuple[tuple[Path, Node | None], ...] = (
        (("command",), service.get("command")),
        (("entrypoint",), service.get("entrypoint")),
        (("healthcheck", "test"), healthcheck.get("test")),
    )
    for path, node in settings:
        if isinstance(node, Scalar | Sequence):
            yield path, "", node
    for hook in ("post_start", "pre_stop"):
        for index, step in enumerate(items_at(service, hook)):
            command = value_at(step, "command")
            if isinstance(command, Scalar | Sequence):
                yield (hook, index, "command"), "", command
            yield from _pairs((hook, index, "environment"), value_at(step, "environment"))


def _pairs(path: Path, node: Node | None) -> Iterator[tuple[Path, str, Scalar | Sequence]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if isinstance(entry.value, Scalar):
                yield (*path, entry.key.text), entry.key.text, entry.value
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                key = item.text.partition("=")[0]
                yield (*path, key), key, item


def config_mentions(tree: Mapping, hosts: frozenset[str]) -> Iterator[Mention]:
    """Yield the configs with inline `content` that names one of the hosts."""
    for name, config in mapping_at(tree, "configs").items():
        content = value_at(config, "content")
        if content is not None:
            for host in hosts_in(text_of(content), hosts):
                yield Mention(host, ("configs", name, "content"), content)


_WORD_IN_SERVICE: Final = re.compile(r"[\w.-]+", re.ASCII)


def words_of(service: Mapping) -> frozenset[str]:
    """Return the runs of letters, digits, `_`, `.` and `-` in all keys and values, with and without outer `.` and `-`.

    If a name is not among these words, the service does not refer to that name. This is a cheap first test.
    """
    texts: list[str] = []
    waiting: list[Node] = [service]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            texts.append(node.text)
            if "$" in node.text:
                texts.append(as_far_as_known(node.text))
        elif id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, Mapping):
                texts += (entry.key.text for entry in node.entries)
                waiting += (entry.value for entry in node.entries)
            else:
                waiting += node.items
    words = _WORD_IN_SERVICE.findall("\n".join(texts))
    return frozenset(words).union(word.strip(".-") for word in words if word[-1] in ".-" or word[0] in ".-")


# Hosts in configuration files that services mount.

_CONFIG_KEY: Final = re.compile(r"[\s\"'-]*([\w.-]+)[\"']?\s*[:=]")
_CONFIGURATIONS: Final = (
    ".conf", ".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".properties", ".xml", ".template", ".tmpl", ".alloy",
)  # fmt: skip
"""The file types to search in a mounted folder, which may also contain the source code of an app."""


class FileMention(NamedTuple):
    """A mounted configuration file that names a host."""

    user: str
    """The first service that mounts the file."""
    file: str
    host: str
    location: Location
    """The first line that names the host."""
    times: int


def mounted_mentions(tree: Mapping, hosts: frozenset[str], around: Folders) -> Iterator[FileMention]:
    """Yield the configuration files that services mount and that name one of the hosts."""
    for file, user in _mounted_files(tree, around).items():
        text = around.glance(file) or ""
        lines_of: dict[str, list[int]] = {}
        for number, line in enumerate(text.splitlines() if any(host in text for host in hosts) else (), 1):
            key = _CONFIG_KEY.match(line)
            for host in hosts_in(line[key.end() :], hosts, key[1]) if key else hosts_in(line, hosts):
                lines_of.setdefault(host, []).append(number)
        for host, lines in lines_of.items():
            yield FileMention(user, file, host, Location(file, lines[0], 1), len(lines))


def _mounted_files(tree: Mapping, around: Folders) -> dict[str, str]:
    """Return the project files that services mount, each with the first service that mounts it."""
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
    """Return the file of a config, or an empty string for a secret, because its contents must not be read."""
    return text_of(value_at(tree, "configs", name, "file")) if kind == "config" else ""
