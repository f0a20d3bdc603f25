"""One reference with another name in it, in the notation that it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composevariant.errors import UnusableInput
from composevariant.paths import format_path, get, put
from composevariant.tree import Entry, Mapping, Scalar, location_of, string

if TYPE_CHECKING:
    from composevariant.compose.references import Reference
    from composevariant.tree import Node

_NAMESPACES: Final = ("network_mode", "pid", "ipc", "uts", "cgroup")
_FILES: Final = ("configs", "secrets", "build.secrets")
"""What is mounted under its own name where nothing else is said."""


def with_name(tree: Mapping, found: Reference, new: str) -> Mapping:
    """The tree with the new name in a reference.

    Raises:
        UnusableInput: a variable stands where the name would be written.
    """
    node = get(tree, found.path)
    parent = get(tree, found.path[:-1])
    if isinstance(parent, Mapping) and found.kind not in (*_NAMESPACES, "extends", "additional_contexts"):
        return put(tree, found.path[:-1], with_key(parent, found.name, new))
    return put(tree, found.path, _renamed(node, found, new))


def _renamed(node: Node, found: Reference, new: str) -> Node:
    if found.kind in _FILES:
        return _mounted_as_before(node, found, new)
    if isinstance(node, Mapping):
        key = "service" if found.kind == "extends" else "source"
        return node.with_value(key, _text(node.get(key), found, "", new))
    if found.kind == "links":
        return _text(node, found, "", new if ":" in _written(node) else f"{new}:{found.name}")
    if found.kind == "additional_contexts":
        start = _written(node).partition("=")[0] + "=" if isinstance(found.path[-1], int) else ""
        return _text(node, found, f"{start}service:", new)
    return _text(node, found, "service:" if found.kind in _NAMESPACES else "", new)


def _mounted_as_before(node: Node, found: Reference, new: str) -> Node:
    """A config or secret whose file in the container keeps its name."""
    target = f"/{found.name}" if found.kind == "configs" else found.name
    if isinstance(node, Mapping):
        after = node.with_value("source", _text(node.get("source"), found, "", new))
        return after if node.entry("target") else after.with_value("target", string(target))
    _text(node, found, "", new)
    entries = (Entry(Scalar("source"), string(new)), Entry(Scalar("target"), string(target)))
    return Mapping(entries, flow=True, origin=node)


def _text(node: Node | None, found: Reference, before: str, new: str) -> Scalar:
    """A text that begins with `before` and the old name, with the new one instead."""
    start = f"{before}{found.name}"
    if not isinstance(node, Scalar) or not node.text.startswith(start):
        wrong = f"{format_path(found.path)} names {found.name} by way of a variable"
        raise UnusableInput(wrong, location_of(found.node), "change it with replace")
    return replace(node, text=f"{before}{new}{node.text[len(start) :]}", span=None, origin=node)


def _written(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def with_key(members: Mapping, old: str, new: str) -> Mapping:
    """A mapping with another key in the place of one; its comments and its place stay."""
    return members.with_entries(
        tuple(
            Entry(replace(string(new), origin=entry.key), entry.value, entry.inherited) if entry.name == old else entry
            for entry in members.entries
        )
    )
