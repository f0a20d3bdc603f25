"""The services of a project, and the plain texts that their settings hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.variables import as_far_as_known
from composevariant.tree import Mapping, Scalar, Sequence, go_text, mapping_at, with_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.tree import Node


class Pair(NamedTuple):
    """One of `environment`, `labels` and the like, which are mappings or lists of `KEY=VALUE`."""

    key: str
    position: str | int
    """Its key in the mapping or its place in the list."""
    node: Scalar
    """Where the key is written."""
    holder: Node
    """Where the value is written: in a list the same as the key."""

    @property
    def value(self) -> str:
        text = text_of(self.holder)
        return text.partition("=")[2] if isinstance(self.position, int) else text


def services_of(tree: Mapping) -> dict[str, Mapping]:
    """The services by name, in the order of the file; what is not a mapping is left out."""
    entries = mapping_at(tree, "services").entries
    return {entry.name: entry.value for entry in entries if isinstance(entry.value, Mapping)}


def with_services(tree: Mapping, changed: Table[str, Mapping]) -> Mapping:
    """The tree with these services in the place of their former selves."""
    services = tree.get("services")
    if not isinstance(services, Mapping):
        return tree
    return tree.with_value("services", with_values(services, changed))


def text_of(node: Node | None) -> str:
    """The text that a scalar gives Compose, see `as_far_as_known`; empty for null and for what is no scalar."""
    if not isinstance(node, Scalar):
        return ""
    meaning = node.meaning
    if meaning.kind == "str":
        return as_far_as_known(node.text)
    return "" if meaning.kind == "null" else go_text(meaning, node.text)


def texts_of(node: Node | None) -> list[str]:
    """The texts of a list, or the one that is written in its stead."""
    if isinstance(node, Sequence):
        return [text_of(item) for item in node.items]
    return [text_of(node)] if isinstance(node, Scalar) and node.meaning.kind != "null" else []


def pairs_of(node: Node | None) -> Iterator[Pair]:
    """The pairs of a mapping or of a list of `KEY=VALUE`."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            name = entry.name
            yield Pair(name, name, entry.key, entry.value)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar):
                yield Pair(text_of(item).partition("=")[0], index, item, item)


# Cutting the short syntaxes of Compose apart without cutting into a variable such as `${PORT:-80}`.


def sections(text: str, separator: str = ":") -> list[str]:
    """The parts of `text` between the separators that stand outside `${…}`."""
    if "${" not in text:
        return text.split(separator)
    parts, start, depth = [], 0, 0
    for at, char in enumerate(text):
        if text.startswith("${", at):
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == separator and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def key_and_value(text: str) -> tuple[str, str | None]:
    """`KEY=VALUE` as its two parts; the value of a bare `KEY` is None."""
    key = sections(text, "=")[0]
    return key, None if len(key) == len(text) else text[len(key) + 1 :]


def mount_sections(text: str) -> list[str]:
    """The parts of a short mount. The colon behind a single letter is that of a Windows drive, as compose-go reads it.

    So a volume with a name of one letter is no volume: `v:/data` is an anonymous volume at the path `v:/data`.
    """
    if len(text) <= 2:  # noqa: PLR2004 - compose-go takes such a short text as a target, whatever it holds
        return [text]
    parts: list[str] = []
    for part in sections(text):
        drive = bool(parts) and len(parts[-1]) == 1 and parts[-1].isalpha()
        parts[-1:] = [f"{parts[-1]}:{part}"] if drive else [*parts[-1:], part]
    return parts


# The name of a project that does not say it: that of its folder.


def name_of_folder(folder: str) -> str:
    """What Docker Compose calls a project in a folder of this name (compose-go 2.9.1, `NormalizeProjectName`)."""
    return re.sub(r"[^a-z0-9_-]", "", folder.lower()).lstrip("_-")


# Names of images.


def image_path(text: str) -> str:
    """An image without tag and digest, with the defaults of its variables: `docker.elastic.co/beats/filebeat`.

    What only the environment knows is `partial.UNKNOWN`.
    """
    name = as_far_as_known(text).partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"
