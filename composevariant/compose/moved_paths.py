"""The paths of a Compose file, seen from another folder: what `./data` is, read from the folder above.

Which settings hold paths, and which texts are taken for relative ones, is compose-go 2.9.1, `paths/resolve.go`. A path
that begins with a variable cannot be told: its default in the file moves, and what somebody sets does not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from composevariant.compose.path_table import path_table
from composevariant.compose.placing import is_null, with_values
from composevariant.compose.sections import mount_sections
from composevariant.compose.services import with_services
from composevariant.tree import Entry, Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.compose.heirs import Extended
    from composevariant.compose.path_table import PathTable
    from composevariant.tree import Node


class Moved(NamedTuple):
    """A tree whose paths count from another folder."""

    tree: Mapping
    unclear: tuple[Scalar, ...] = ()
    """Paths that begin with a variable. They are right where its value is an absolute path."""


def moved_paths(tree: Mapping, folder: str) -> Moved:
    """The tree with every relative path led through `folder`: where its paths count from, seen from where they will."""
    if is_here(folder):
        return Moved(tree)
    moving = _Moving(folder)
    after = moving.below(tree, _TABLE)
    return Moved(after if isinstance(after, Mapping) else tree, tuple(moving.unclear))


def with_contexts(tree: Mapping, context: str, others: Extended | None = None) -> Mapping:
    """The tree with the context written out that a `build` without one has: the project's folder, as a path.

    A service may have its build or its context from one that it extends.

    Raises:
        UnusableInput: what a service extends in another file cannot be read.
    """
    from composevariant.compose.heirs import Heirs

    heirs = Heirs(tree, others)
    changed: dict[str, Mapping] = {}
    for name, service in heirs.services.items():
        whole = heirs.whole(name) if service.entry("extends") else service
        build, own = whole.get("build"), service.get("build")
        if isinstance(build, Mapping) and not build.entry("context"):
            own = own if isinstance(own, Mapping) else Mapping()
            written = Entry(Scalar("context"), string(context))
            changed[name] = service.with_value("build", own.with_entries((written, *own.entries)))
    return with_services(tree, changed)


def is_here(folder: str) -> bool:
    """Whether paths that count from a folder count from here."""
    return normpath(folder or ".") == "."


def is_remote(path: str) -> bool:
    """Whether a path is an address: of a repository, a registry or the web."""
    return _REMOTE.match(path) is not None


def moved_path(path: str, folder: str) -> str:
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


class _Moving:
    """The walk through one tree."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.unclear: list[Scalar] = []

    def below(self, node: Node, table: PathTable[_Move]) -> Node:
        """The node with the paths in it moved. Nodes without any are the very same."""
        if table.row is not None:
            return table.row(self, node)
        if not isinstance(node, Mapping):
            return node
        changed: dict[str, Node] = {}
        for entry in node.entries:
            under = table.under(entry.name)
            if under is not None:
                changed[entry.name] = self.below(entry.value, under)
        return with_values(node, changed)

    def text(self, node: Node, start: int = 0) -> Node:
        """A scalar whose text, from `start` on, is a path."""
        if not isinstance(node, Scalar) or is_null(node):
            return node
        before, path = node.text[:start], node.text[start:]
        variable = _VARIABLE.match(path)
        if variable is None:
            return _with_text(node, before + moved_path(path, self.folder))
        default = variable["default"]
        if (variable[1] or variable[3]) not in _ABSOLUTE and not (default and _FIXED.match(default)):
            self.unclear.append(node)
        if not default:
            return node
        at = variable.start("default")
        return _with_text(node, before + path[:at] + moved_path(default, self.folder) + path[variable.end("default") :])

    def texts(self, node: Node) -> Node:
        """A path, or a list of them."""
        return self._items(node, self.text) if isinstance(node, Sequence) else self.text(node)

    def env_files(self, node: Node) -> Node:
        """Files of variables: paths, or mappings with a `path`."""
        if isinstance(node, Sequence):
            return self._items(node, self.env_files)
        path = node.get("path") if isinstance(node, Mapping) else None
        return node.with_value("path", self.text(path)) if isinstance(node, Mapping) and path else self.text(node)

    def build(self, node: Node) -> Node:
        """A build: a context, or settings."""
        return self.below(node, _BUILD) if isinstance(node, Mapping) else self.text(node)

    def named(self, node: Node) -> Node:
        """Paths under names: a mapping, or a list of `name=path`."""
        if isinstance(node, Mapping):
            return with_values(node, {name: self.text(value) for name, value in node.items()})
        return self._items(node, self._after_name)

    def _after_name(self, item: Node) -> Node:
        at = item.text.find("=") + 1 if isinstance(item, Scalar) else 0
        return self.text(item, at) if at else item

    def watched(self, node: Node) -> Node:
        """The rules of `develop.watch`."""
        return self._items(node, lambda rule: self.below(rule, _RULE))

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
        options = node.get("driver_opts") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(options, Mapping):
            return node
        driver, kind, device = node.get("driver"), options.get("o"), options.get("device")
        is_local = isinstance(driver, Scalar) and driver.text == "local"
        if not is_local or not isinstance(kind, Scalar) or kind.text != "bind" or device is None:
            return node
        return node.with_value("driver_opts", options.with_value("device", self.text(device)))

    def inclusions(self, node: Node) -> Node:
        """What `include` lists: paths, or mappings."""
        return self._items(
            node, lambda item: self.below(item, _INCLUSION) if isinstance(item, Mapping) else self.text(item)
        )

    def _items(self, node: Node, move: Callable[[Node], Node]) -> Node:
        if not isinstance(node, Sequence):
            return node
        items = tuple(map(move, node.items))
        return node if all(new is old for new, old in zip(items, node.items, strict=True)) else node.with_items(items)


def _with_text(node: Scalar, text: str) -> Scalar:
    return node if text == node.text else replace(node, text=text, span=None, origin=node.origin or node)


_Move: TypeAlias = "Callable[[_Moving, Node], Node]"

_TABLE: Final[PathTable[_Move]] = path_table(
    {
        "services.*.build": _Moving.build,
        "services.*.env_file": _Moving.env_files,
        "services.*.label_file": _Moving.texts,
        "services.*.extends.file": _Moving.text,
        "services.*.develop.watch": _Moving.watched,
        "services.*.volumes": _Moving.mounts,
        "configs.*.file": _Moving.text,
        "secrets.*.file": _Moving.text,
        "volumes.*": _Moving.driver,
        "include": _Moving.inclusions,
    }
)
_BUILD: Final[PathTable[_Move]] = path_table(
    {"context": _Moving.text, "additional_contexts": _Moving.named, "ssh": _Moving.named}
)
_RULE: Final[PathTable[_Move]] = path_table({"path": _Moving.text})
_INCLUSION: Final[PathTable[_Move]] = path_table(
    {"path": _Moving.texts, "project_directory": _Moving.text, "env_file": _Moving.texts}
)
