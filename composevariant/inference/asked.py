"""What an overlay is to ask for, while it is being put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.tree import Entry, Mapping, Scalar, Sequence, literal, string, write_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as List

    from composevariant.tree import Node

Names = tuple[str, ...]
"""The names on the way to a setting, list items by their identity."""


class Asked(NamedTuple):
    """Changes of settings. Paths count from the top, or within `each` from the service."""

    removed: tuple[Names, ...] = ()
    merged: tuple[tuple[Names, Node], ...] = ()
    """What `compose` merges in, by the path where it goes."""
    replaced: tuple[tuple[Names, Node], ...] = ()

    def __add__(self, other: object) -> Asked:
        if not isinstance(other, Asked):
            return NotImplemented
        return Asked(self.removed + other.removed, self.merged + other.merged, self.replaced + other.replaced)

    @property
    def cost(self) -> int:
        """About how many lines it takes."""
        lines = sum(1 + size(value) for _, value in (*self.merged, *self.replaced))
        return len(self.removed) + lines + len({path[:-1] for path, _ in self.merged})


class Each(NamedTuple):
    """The same changes in several services."""

    services: Names
    """Empty for all of them."""
    asked: Asked


class Wish(NamedTuple):
    """A whole overlay."""

    strip: Names = ()
    without: tuple[tuple[Names, bool], ...] = ()
    """Services and the like to remove, and whether what belongs to them goes too."""
    globs: Names = ()
    """Paths with wildcards to remove, as they are written."""
    dockerfiles: Mapping | None = None
    asked: Asked = Asked()
    each: tuple[Each, ...] = ()
    cascade: bool = True
    """Whether volumes, networks and the like are only removed where nothing uses them any more."""


def size(node: Node) -> int:
    """About how many lines a value takes."""
    if isinstance(node, Mapping):
        return sum(1 + (size(entry.value) if not isinstance(entry.value, Scalar) else 0) for entry in node.entries)
    if isinstance(node, Sequence):
        return sum(1 if isinstance(item, Scalar) else size(item) for item in node.items)
    return 0


def length(overlay: Mapping) -> int:
    """How many values there are to write, which does not depend on the layout. A selector counts as one."""
    return sum(_values(entry.value, is_each=entry.name == "each") for entry in overlay.entries)


def _values(node: Node, *, is_each: bool = False) -> int:
    if isinstance(node, Mapping):
        return sum(1 if is_each and entry.name == "match" else _values(entry.value) for entry in node.entries)
    return sum(_values(item, is_each=is_each) for item in node.items) if isinstance(node, Sequence) else 1


def overlay_tree(wish: Wish) -> Mapping:
    """The overlay as YAML has it: the keys in the order in which they apply, and none that is empty."""
    removed = [
        *(_removal(path, cascade=cascade) for path, cascade in wish.without),
        *map(_text, wish.globs),
        *(_removal(path, cascade=wish.cascade or path[0] == "services") for path in wish.asked.removed),
    ]
    keys: list[tuple[str, Node | None]] = [
        ("strip", Sequence(tuple(map(_text, wish.strip)), flow=True) if wish.strip else None),
        ("remove", Sequence(tuple(removed)) if removed else None),
        ("dockerfiles", wish.dockerfiles),
        ("compose", _nested(wish.asked.merged)),
        ("each", Sequence(tuple(map(_each, wish.each))) if wish.each else None),
        ("replace", _by_path(wish.asked.replaced)),
    ]
    return mapping((key, value) for key, value in keys if value is not None)


def mapping(pairs: Iterable[tuple[str, Node]], *, flow: bool = False) -> Mapping:
    """A mapping of these keys and values."""
    return Mapping(tuple(Entry(string(key), value) for key, value in pairs), flow=flow)


def nested(path: Names, value: Node) -> Mapping:
    """A tree that holds nothing but the value at the path."""
    for name in reversed(path):
        value = mapping(((name, value),))
    return value if isinstance(value, Mapping) else Mapping()


def written(path: Names) -> str:
    """A path as an overlay writes it."""
    return write_path(literal(*path))


def _text(text: str) -> Scalar:
    return string(text)


def _removal(path: Names, *, cascade: bool) -> Node:
    if cascade:
        return _text(written(path))
    return mapping((("path", _text(written(path))), ("cascade", Scalar("false"))), flow=True)


def _nested(merged: Iterable[tuple[Names, Node]]) -> Mapping | None:
    tree: Mapping | None = None
    for path, value in merged:
        tree = _put(tree or Mapping(), path, value)
    return tree


def _put(tree: Mapping, path: Names, value: Node) -> Mapping:
    name, *rest = path
    if not rest:
        return tree.with_value(name, value, string(name))
    below = tree.get(name)
    inner = _put(below if isinstance(below, Mapping) else Mapping(), tuple(rest), value)
    return tree.with_value(name, inner, string(name))


def _by_path(replaced: List[tuple[Names, Node]]) -> Mapping | None:
    return mapping((written(path), value) for path, value in replaced) if replaced else None


def _each(each: Each) -> Mapping:
    names = Sequence(tuple(map(_text, each.services)), flow=True) if each.services else string("*")
    match = names if isinstance(names, Scalar) else mapping((("name", names),), flow=True)
    removed = Sequence(tuple(_text(written(path)) for path in each.asked.removed), flow=True)
    keys: list[tuple[str, Node | None]] = [
        ("match", match),
        ("remove", removed if removed.items else None),
        ("merge", _nested(each.asked.merged)),
        ("replace", _by_path(each.asked.replaced)),
    ]
    return mapping((key, value) for key, value in keys if value is not None)
