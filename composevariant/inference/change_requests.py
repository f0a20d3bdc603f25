"""The requests of an overlay under construction, and the YAML tree built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.tree import Entry, Mapping, Scalar, Sequence, literal, put, string, write_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as List

    from composevariant.tree import Node

Names = tuple[str, ...]
"""The path of a setting, in which list items are given by their identity."""


class ChangeRequest(NamedTuple):
    """Requested changes to settings. Paths start at the root, or at the service inside `each`."""

    removed: tuple[Names, ...] = ()
    merged: tuple[tuple[Names, Node], ...] = ()
    """The values that `compose` merges, each with its path."""
    replaced: tuple[tuple[Names, Node], ...] = ()

    def __add__(self, other: object) -> ChangeRequest:
        if not isinstance(other, ChangeRequest):
            return NotImplemented
        return ChangeRequest(self.removed + other.removed, self.merged + other.merged, self.replaced + other.replaced)

    @property
    def cost(self) -> int:
        """The approximate number of lines in the overlay."""
        lines = sum(1 + size(value) for _, value in (*self.merged, *self.replaced))
        return len(self.removed) + lines + len({path[:-1] for path, _ in self.merged})


class Each(NamedTuple):
    """The same changes for several services."""

    services: Names
    """The names of the services. If empty, the changes apply to all services."""
    requested: ChangeRequest


class OverlayRequest(NamedTuple):
    """All requests in an overlay."""

    strip: Names = ()
    without: tuple[tuple[Names, bool], ...] = ()
    """Groups of services and definitions to remove, each with a flag for whether to use `cascade`."""
    globs: Names = ()
    """Paths to remove that contain wildcards, in overlay syntax."""
    dockerfiles: Mapping | None = None
    requested: ChangeRequest = ChangeRequest()
    each: tuple[Each, ...] = ()
    cascade: bool = True
    """Whether definitions such as volumes and networks are removed with `cascade`."""


def size(node: Node) -> int:
    """Return the approximate number of lines that a value takes."""
    if isinstance(node, Mapping):
        return sum(1 + (size(entry.value) if not isinstance(entry.value, Scalar) else 0) for entry in node.entries)
    if isinstance(node, Sequence):
        return sum(1 if isinstance(item, Scalar) else size(item) for item in node.items)
    return 0


def length(overlay: Mapping) -> int:
    """Return the number of values in an overlay, regardless of the layout. A selector counts as one value."""
    return sum(_values(entry.value, is_each=entry.name == "each") for entry in overlay.entries)


def _values(node: Node, *, is_each: bool = False) -> int:
    if isinstance(node, Mapping):
        return sum(1 if is_each and entry.name == "match" else _values(entry.value) for entry in node.entries)
    return sum(_values(item, is_each=is_each) for item in node.items) if isinstance(node, Sequence) else 1


def overlay_tree(request: OverlayRequest) -> Mapping:
    """Return the overlay as a YAML tree, with keys in the order of application and without empty keys."""
    removed = [
        *(_removal(path, cascade=cascade) for path, cascade in request.without),
        *map(string, request.globs),
        *(_removal(path, cascade=request.cascade or path[0] == "services") for path in request.requested.removed),
    ]
    keys: list[tuple[str, Node | None]] = [
        ("strip", Sequence(tuple(map(string, request.strip)), flow=True) if request.strip else None),
        ("remove", Sequence(tuple(removed)) if removed else None),
        ("dockerfiles", request.dockerfiles),
        ("compose", _nested(request.requested.merged)),
        ("each", Sequence(tuple(map(_each, request.each))) if request.each else None),
        ("replace", _by_path(request.requested.replaced)),
    ]
    return mapping((key, value) for key, value in keys if value is not None)


def mapping(pairs: Iterable[tuple[str, Node]], *, flow: bool = False) -> Mapping:
    """Return a mapping with these keys and values."""
    return Mapping(tuple(Entry(string(key), value) for key, value in pairs), flow=flow)


def nested(path: Names, value: Node) -> Mapping:
    """Return a tree that contains only the value at the path."""
    for name in reversed(path):
        value = mapping(((name, value),))
    return value if isinstance(value, Mapping) else Mapping()


def path_text(path: Names) -> str:
    """Return a path in overlay syntax."""
    return write_path(literal(*path))


def _removal(path: Names, *, cascade: bool) -> Node:
    if cascade:
        return string(path_text(path))
    return mapping((("path", string(path_text(path))), ("cascade", Scalar("false"))), flow=True)


def _nested(merged: Iterable[tuple[Names, Node]]) -> Mapping | None:
    tree: Mapping | None = None
    for path, value in merged:
        tree = put(tree or Mapping(), path, value)
    return tree


def _by_path(replaced: List[tuple[Names, Node]]) -> Mapping | None:
    return mapping((path_text(path), value) for path, value in replaced) if replaced else None


def _each(each: Each) -> Mapping:
    names = Sequence(tuple(map(string, each.services)), flow=True) if each.services else string("*")
    match = names if isinstance(names, Scalar) else mapping((("name", names),), flow=True)
    removed = Sequence(tuple(string(path_text(path)) for path in each.requested.removed), flow=True)
    keys: list[tuple[str, Node | None]] = [
        ("match", match),
        ("remove", removed if removed.items else None),
        ("merge", _nested(each.requested.merged)),
        ("replace", _by_path(each.requested.replaced)),
    ]
    return mapping((key, value) for key, value in keys if value is not None)
