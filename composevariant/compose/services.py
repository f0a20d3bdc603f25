"""Read the services of a project and the strings in their settings."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.variables import as_far_as_known
from composevariant.tree import Mapping, Scalar, Sequence, go_text, mapping_at, with_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.tree import Node


class Pair(NamedTuple):
    """A `KEY=VALUE` pair in `environment`, `labels` and similar settings, with known variables replaced.

    `short_forms.CanonicalPair` is the pair before variables are replaced, which the merge needs.
    """

    key: str
    position: str | int
    """The key in the mapping, or the index in the list."""
    node: Scalar
    """The node of the key."""
    holder: Node
    """The node of the value. In a list, it is also the node of the key."""

    @property
    def value(self) -> str:
        text = text_of(self.holder)
        return text.partition("=")[2] if isinstance(self.position, int) else text


def services_of(tree: Mapping) -> dict[str, Mapping]:
    """Return the services by name, in file order, leaving out services that are not mappings."""
    entries = mapping_at(tree, "services").entries
    return {entry.name: entry.value for entry in entries if isinstance(entry.value, Mapping)}


def with_services(tree: Mapping, changed: Table[str, Mapping]) -> Mapping:
    """Return the tree with these services replaced."""
    services = tree.get("services")
    if not isinstance(services, Mapping):
        return tree
    return tree.with_value("services", with_values(services, changed))


def text_of(node: Node | None) -> str:
    """Return the string that Compose reads from a scalar, or an empty string for null and for collections.

    See `as_far_as_known`.
    """
    if not isinstance(node, Scalar):
        return ""
    meaning = node.meaning
    if meaning.kind == "str":
        return as_far_as_known(node.text)
    return "" if meaning.kind == "null" else go_text(meaning, node.text)


def texts_of(node: Node | None) -> list[str]:
    """Return the strings of a list, or the single string that replaces a list."""
    if isinstance(node, Sequence):
        return [text_of(item) for item in node.items]
    return [text_of(node)] if isinstance(node, Scalar) and node.meaning.kind != "null" else []


def pairs_of(node: Node | None) -> Iterator[Pair]:
    """Yield the pairs of a mapping or of a list of `KEY=VALUE` items."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            name = entry.name
            yield Pair(name, name, entry.key, entry.value)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar):
                yield Pair(text_of(item).partition("=")[0], index, item, item)


def sections(text: str, separator: str = ":") -> list[str]:
    """Split `text` at separators, except inside variables such as `${PORT:-80}`."""
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
    """Split `KEY=VALUE` into its two parts. The value of a bare `KEY` is None."""
    key = sections(text, "=")[0]
    return key, None if len(key) == len(text) else text[len(key) + 1 :]


def mount_sections(text: str) -> list[str]:
    """Split a mount in the short syntax. A single letter before a colon is a Windows drive, as in compose-go.

    So the name of a volume cannot be a single letter. For example, `v:/data` is an anonymous volume at the path
    `v:/data`.
    """
    if len(text) <= 2:  # noqa: PLR2004 - compose-go takes any text this short as a target
        return [text]
    parts: list[str] = []
    for part in sections(text):
        drive = bool(parts) and len(parts[-1]) == 1 and parts[-1].isalpha()
        parts[-1:] = [f"{parts[-1]}:{part}"] if drive else [*parts[-1:], part]
    return parts


def clean_target(target: str) -> str:
    """Return the normalized path of a mount's target, or an empty string for an empty target."""
    return normpath(target) if target else ""


def name_of_folder(folder: str) -> str:
    """Return the default name of a project in a folder with this name (compose-go 2.9.1, `NormalizeProjectName`)."""
    return re.sub(r"[^a-z0-9_-]", "", folder.lower()).lstrip("_-")


def image_path(text: str) -> str:
    """Return the name of an image without its tag and digest, such as `docker.elastic.co/beats/filebeat`.

    Variables are replaced by their defaults, or by `variables.UNKNOWN` if they have none.
    """
    name = as_far_as_known(text).partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"
