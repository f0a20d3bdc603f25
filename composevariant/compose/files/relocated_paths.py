"""The paths of a Compose file, seen from another folder: what `./data` is, read from the folder above.

`attributes` has the settings that hold paths; the texts that are relative paths are those of compose-go 2.9.1,
`paths/resolve.go`. Of a path that begins with a variable only the default in the file can move, not what a user sets.
"""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import ATTRIBUTES, NOWHERE, mount_sections, with_services
from composevariant.tree import (
    Entry,
    Mapping,
    Scalar,
    Sequence,
    is_null,
    mapping_at,
    string,
    value_at,
    with_items,
    with_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.compose import Attribute, Holds, PathTable
    from composevariant.compose.files.documents import ExtendedServices
    from composevariant.tree import Node


class RelocatedTree(NamedTuple):
    """A tree whose paths count from another folder."""

    tree: Mapping
    unclear: tuple[Scalar, ...] = ()
    """Paths that begin with a variable. They are right where its value is an absolute path."""


def relocate_paths(tree: Mapping, folder: str) -> RelocatedTree:
    """The tree with every relative path led through `folder`: where its paths count from, seen from where they will."""
    if is_here(folder):
        return RelocatedTree(tree)
    moving = _Relocation(folder)
    after = moving.below(tree, ATTRIBUTES)
    return RelocatedTree(after if isinstance(after, Mapping) else tree, tuple(moving.unclear))


def with_contexts(tree: Mapping, context: str, others: ExtendedServices | None = None) -> Mapping:
    """The tree with the context written out that a `build` without one has: the project's folder, as a path.

    A service may have its build or its context from one that it extends.

    Raises:
        UnusableInput: what a service extends in another file cannot be read.
    """
    from composevariant.compose.files.documents import ResolvedServices

    services = ResolvedServices(tree, others)
    changed: dict[str, Mapping] = {}
    for name, service in services.services.items():
        whole = services.resolved(name) if service.entry("extends") else service
        build = whole.get("build")
        if isinstance(build, Mapping) and not build.entry("context"):
            own, written = mapping_at(service, "build"), Entry(Scalar("context"), string(context))
            changed[name] = service.with_value("build", own.with_entries((written, *own.entries)))
    return with_services(tree, changed)


def is_here(folder: str) -> bool:
    """Whether paths that count from a folder count from here."""
    return normpath(folder or ".") == "."


def is_remote(path: str) -> bool:
    """Whether a path is an address: of a repository, a registry or the web."""
    return _REMOTE.match(path) is not None


def relocate_path(path: str, folder: str) -> str:
    """One path; as it is when it is absolute, in somebody's home, on a drive or no path of this disk at all."""
    if _FIXED.match(path) or not path:
        return path
    literal = path[: (path + "$").index("$")]
    head = normpath(join(folder, literal)) if literal else ""
    if literal.endswith("/") and path != literal:
        head += "/"
    if path.startswith(".") and not head.startswith((".", "/")):
        head = f"./{head}"
    return head + path[len(literal) :]


_REMOTE: Final = re.compile(r"[\w+.-]+://|git@|github\.com/")
_FIXED: Final = re.compile(rf"[/~]|[A-Za-z]:|\\\\|service:|{_REMOTE.pattern}")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)(?::?-(?P<default>[^{}]*)\})?|(\w+))", re.ASCII)
_ABSOLUTE: Final = ("PWD", "HOME")


class _Relocation:
    """The walk through one tree."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.unclear: list[Scalar] = []

    def below(self, node: Node, table: PathTable[Attribute]) -> Node:
        """The node with the paths in it moved. Nodes without any are the very same."""
        move = _MOVES.get(table.row.holds) if table.row else None
        if move:
            node = move(self, node)
        if isinstance(node, Mapping):
            tables = ((name, value, table.under(name)) for name, value in node.items())
            return with_values(node, {name: self.below(value, at) for name, value, at in tables if at is not NOWHERE})
        return node if table is NOWHERE else self._items(node, lambda item: self.below(item, table.under("*")))

    def text(self, node: Node, start: int = 0) -> Node:
        """A scalar whose text, from `start` on, is a path."""
        if not isinstance(node, Scalar) or is_null(node):
            return node
        before, path = node.text[:start], node.text[start:]
        variable = _VARIABLE.match(path)
        if variable is None:
            return _with_text(node, before + relocate_path(path, self.folder))
        default = variable["default"]
        if (variable[1] or variable[3]) not in _ABSOLUTE and not (default and _FIXED.match(default)):
            self.unclear.append(node)
        if not default:
            return node
        at = variable.start("default")
        return _with_text(
            node, before + path[:at] + relocate_path(default, self.folder) + path[variable.end("default") :]
        )

    def texts(self, node: Node) -> Node:
        """A path, or a list of them."""
        return self._items(node, self.text) if isinstance(node, Sequence) else self.text(node)

    def named(self, node: Node) -> Node:
        """Paths under names: a mapping, or a list of `name=path`."""
        if isinstance(node, Mapping):
            return with_values(node, {name: self.text(value) for name, value in node.items()})
        return self._items(node, self._after_name)

    def _after_name(self, item: Node) -> Node:
        at = item.text.find("=") + 1 if isinstance(item, Scalar) else 0
        return self.text(item, at) if at else item

    def mounts(self, node: Node) -> Node:
        """The volumes of a service."""
        return self._items(node, self._mount)

    def _mount(self, item: Node) -> Node:
        if isinstance(item, Mapping):
            kind, source = item.get("type"), item.get("source")
            is_bind = isinstance(kind, Scalar) and kind.text == "bind"
            return item.with_value("source", self.text(source)) if is_bind and source else item
        if not isinstance(item, Scalar) or is_null(item):
            return item
        whole = item.text
        path, *rest = mount_sections(whole)
        if not rest or not whole.startswith((".", "$")):
            return item
        moved = self.text(Scalar(path, item.style))
        if self.unclear and self.unclear[-1].text == path:
            self.unclear[-1] = item
        return _with_text(item, moved.text + whole[len(path) :]) if isinstance(moved, Scalar) else item

    def driver(self, node: Node) -> Node:
        """A volume of the project: with the local driver it may be a folder of this machine."""
        options = value_at(node, "driver_opts")
        if not isinstance(node, Mapping) or not isinstance(options, Mapping):
            return node
        driver, kind, device = node.get("driver"), options.get("o"), options.get("device")
        is_local = isinstance(driver, Scalar) and driver.text == "local"
        if not is_local or not isinstance(kind, Scalar) or kind.text != "bind" or device is None:
            return node
        return node.with_value("driver_opts", options.with_value("device", self.text(device)))

    def _items(self, node: Node, move: Callable[[Node], Node]) -> Node:
        return with_items(node, map(move, node.items)) if isinstance(node, Sequence) else node


def _with_text(node: Scalar, text: str) -> Scalar:
    return node if text == node.text else replace(node, text=text, span=None, origin=node.origin or node)


_MOVES: Final[dict[Holds, Callable[[_Relocation, Node], Node]]] = {
    "path": _Relocation.texts,
    "name=path": _Relocation.named,
    "mount": _Relocation.mounts,
    "device": _Relocation.driver,
}
