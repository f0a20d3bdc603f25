"""Rewrite the relative paths of a Compose file for another folder: `./data` in `app` becomes `./app/data`.

The attribute table lists the settings that hold paths. Relative paths are recognized as in compose-go 2.9.1,
`paths/resolve.go`. If a path begins with a variable, only the variable's default in the file can be rewritten, but not
a value that the user sets.
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
    """A tree with paths relative to another folder."""

    tree: Mapping
    unclear: tuple[Scalar, ...] = ()
    """Paths that begin with a variable. Such a path is correct only if the variable's value is absolute."""


def relocate_paths(tree: Mapping, folder: str) -> RelocatedTree:
    """Return the tree with every relative path prefixed with `folder`, the path from the new to the old folder."""
    if is_here(folder):
        return RelocatedTree(tree)
    relocation = _Relocation(folder)
    after = relocation.relocate(tree, ATTRIBUTES)
    return RelocatedTree(after if isinstance(after, Mapping) else tree, tuple(relocation.unclear))


def with_contexts(tree: Mapping, context: str, others: ExtendedServices | None = None) -> Mapping:
    """Return the tree with `context` added to each `build` without a context.

    Without a context, Compose builds from the project's folder.

    A service may inherit its build or its build context through `extends`.

    Raises:
        UnusableInput: A service that is extended in another file cannot be read.
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
    """Return whether `folder` is the current folder."""
    return normpath(folder or ".") == "."


def is_remote(path: str) -> bool:
    """Return whether a path is the address of a repository, an image in a registry, or a web page."""
    return _REMOTE.match(path) is not None


def relocate_path(path: str, folder: str) -> str:
    """Return a path prefixed with `folder`, or unchanged if it is absolute, in a home folder, on a drive or remote."""
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
    """The relocation of the paths in one tree."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.unclear: list[Scalar] = []

    def relocate(self, node: Node, table: PathTable[Attribute]) -> Node:
        """Return the node with its paths relocated, or the same node if it has no paths."""
        relocate = _RELOCATIONS.get(table.row.holds) if table.row else None
        if relocate:
            node = relocate(self, node)
        if isinstance(node, Mapping):
            tables = ((name, value, table.under(name)) for name, value in node.items())
            values = {name: self.relocate(value, below) for name, value, below in tables if below is not NOWHERE}
            return with_values(node, values)
        return node if table is NOWHERE else self._items(node, lambda item: self.relocate(item, table.under("*")))

    def path(self, node: Node, start: int = 0) -> Node:
        """Relocate a scalar whose text from index `start` is a path."""
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

    def paths(self, node: Node) -> Node:
        """Relocate a path or a list of paths."""
        return self._items(node, self.path) if isinstance(node, Sequence) else self.path(node)

    def named_paths(self, node: Node) -> Node:
        """Relocate a mapping of names to paths, or a list of `name=path`."""
        if isinstance(node, Mapping):
            return with_values(node, {name: self.path(value) for name, value in node.items()})
        return self._items(node, self._named_path)

    def _named_path(self, item: Node) -> Node:
        at = item.text.find("=") + 1 if isinstance(item, Scalar) else 0
        return self.path(item, at) if at else item

    def mounts(self, node: Node) -> Node:
        """Relocate the sources of a service's volumes."""
        return self._items(node, self._mount)

    def _mount(self, item: Node) -> Node:
        if isinstance(item, Mapping):
            kind, source = item.get("type"), item.get("source")
            is_bind = isinstance(kind, Scalar) and kind.text == "bind"
            return item.with_value("source", self.path(source)) if is_bind and source else item
        if not isinstance(item, Scalar) or is_null(item):
            return item
        whole = item.text
        path, *rest = mount_sections(whole)
        if not rest or not whole.startswith((".", "$")):
            return item
        moved = self.path(Scalar(path, item.style))
        if self.unclear and self.unclear[-1].text == path:
            self.unclear[-1] = item
        return _with_text(item, moved.text + whole[len(path) :]) if isinstance(moved, Scalar) else item

    def device(self, node: Node) -> Node:
        """Relocate the device of a volume with the local driver, which may be a bind mount of a folder."""
        options = value_at(node, "driver_opts")
        if not isinstance(node, Mapping) or not isinstance(options, Mapping):
            return node
        driver, kind, device = node.get("driver"), options.get("o"), options.get("device")
        is_local = isinstance(driver, Scalar) and driver.text == "local"
        if not is_local or not isinstance(kind, Scalar) or kind.text != "bind" or device is None:
            return node
        return node.with_value("driver_opts", options.with_value("device", self.path(device)))

    def _items(self, node: Node, relocate: Callable[[Node], Node]) -> Node:
        return with_items(node, map(relocate, node.items)) if isinstance(node, Sequence) else node


def _with_text(node: Scalar, text: str) -> Scalar:
    return node if text == node.text else replace(node, text=text, span=None, origin=node.origin or node)


_RELOCATIONS: Final[dict[Holds, Callable[[_Relocation, Node], Node]]] = {
    "path": _Relocation.paths,
    "name=path": _Relocation.named_paths,
    "mount": _Relocation.mounts,
    "device": _Relocation.device,
}
