"""What a path names in a tree.

A `PathPattern` is what users write and may name several nodes, see `path_syntax`. A `Path` is the address of one, see
`tree_edits`. This module offers both, so that whoever works with paths needs no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.errors import did_you_mean
from composevariant.path_syntax import PathPattern, Step, literal, parse_path, write_path, write_step
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.tree_edits import Path, delete, get, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node

__all__ = [
    "Identity", "Path", "PathPattern", "Reach", "Step", "delete", "find", "format_path", "get", "literal", "nearest",
    "parse_path", "put", "reach", "write_path",
]  # fmt: skip


class Identity(Protocol):
    """Under which names an item of a list is known, the usual one first; None in a list whose items have no names."""

    def __call__(self, path: Path, item: Node, /) -> tuple[str, ...] | None:
        """The names of an item of the list at `path`."""


class Reach(NamedTuple):
    """How far a pattern leads: the places where its first `steps` steps end."""

    paths: tuple[Path, ...]
    steps: int


def reach(tree: Mapping, pattern: PathPattern, identity: Identity) -> Reach:
    """The deepest places that the pattern leads to, in document order."""
    places: list[tuple[Path, Node]] = [((), tree)]
    for count, step in enumerate(pattern):
        deeper = [child for path, node in places for child in _children(path, node, step, identity)]
        if not deeper:
            return Reach(tuple(path for path, _ in places), count)
        places = deeper
    return Reach(tuple(path for path, _ in places), len(pattern))


def find(tree: Mapping, pattern: PathPattern, identity: Identity) -> tuple[Path, ...]:
    """Everything that the pattern names, in document order."""
    paths, steps = reach(tree, pattern, identity)
    return paths if steps == len(pattern) else ()


def _children(path: Path, node: Node, step: Step, identity: Identity) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, Mapping):
        if step.wild:
            yield from (((*path, name), value) for name, value in node.items() if step.matches(name))
        elif entry := node.entry(step.text):
            yield (*path, step.text), entry.value
        return
    if step.text.startswith("*:"):
        # Of ports it means any address, also in quotes: ports["*:53/udp"].
        step = Step(step.text, wild=True)
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if any(map(step.matches, identity(path, item) or (str(index),))):
                yield (*path, index), item
    elif any(map(step.matches, identity(path, node) or ())):
        # One text in the stead of a list, as in `env_file: a.env`.
        yield path, node


def _shown_name(names: tuple[str, ...] | None, index: int, item: Node) -> str:
    """How an item is shown: by its name, or as written where the name says more than that (`0.0.0.0:80:80/tcp`)."""
    if names is None:
        return str(index)
    written = item.text if isinstance(item, Scalar) else ""
    return written if written in names and names[0] not in written else names[0]


def nearest(tree: Mapping, pattern: PathPattern, identity: Identity) -> str:
    """Why the pattern names nothing: `services has no "bakend" (did you mean "backend"?)`. Empty when it does."""
    paths, steps = reach(tree, pattern, identity)
    if steps == len(pattern):
        return ""
    names = {name: None for path in paths for name in _names(path, get(tree, path), identity)}
    place, missing = write_path(pattern[:steps]) or "the file", pattern[steps]
    if missing.wild:
        return f'{place} has nothing like "{missing.text}"'
    return f'{place} has no "{missing.text}"{did_you_mean(missing.text, names)}'


def _names(path: Path, node: Node, identity: Identity) -> list[str]:
    if isinstance(node, Mapping):
        return node.names()
    if isinstance(node, Sequence):
        return [_shown_name(identity(path, item), index, item) for index, item in enumerate(node.items)]
    return list(identity(path, node) or ())


def format_path(path: Path, tree: Node | None = None, identity: Identity | None = None) -> str:
    """The address as users write it. List items go by name when the tree and `identity` are given, else by position."""
    written: list[str] = []
    for depth, key in enumerate(path):
        name = str(key)
        if isinstance(tree, Sequence) and isinstance(key, int):
            item = tree.items[key]
            name = _shown_name(identity(path[:depth], item), key, item) if identity else name
            tree = item
        elif isinstance(tree, Mapping):
            tree = tree.get(name)
        written.append(write_step(Step(name), item=isinstance(key, int), first=not depth))
    return "".join(written)
