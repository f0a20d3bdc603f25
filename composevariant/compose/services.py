"""The services of a project, and the plain texts that their settings hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.partial import as_far_as_known
from composevariant.compose.placing import mapping_at, with_values
from composevariant.scalars import go_text
from composevariant.tree import Mapping, Scalar, Sequence

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
