"""What the entries of `include` say: which files, whose folder, and which files of variables."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from composevariant.compose.variables import with_defaults
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from composevariant.source import Location
    from composevariant.tree import Node

Named: TypeAlias = "tuple[str, Node]"
"""A path and where it is written."""


class UnknownFileError(UnusableInput):
    """A file of which cannot be said here what it is or holds; Docker Compose may well know."""


class OtherFileError(UnusableInput):
    """Another file is missing or wrong. `section` is what names it: `extends` or `include`."""

    def __init__(self, section: str, message: str, location: Location | None) -> None:
        super().__init__(message, location)
        self.section = section


class Inclusion(NamedTuple):
    """A project to be included: its files, merged in this order."""

    paths: tuple[Named, ...]
    folder: str
    """What its paths count from; "" is the folder of the file that includes it."""
    env_files: tuple[Named, ...] | None
    """None where none are named: then it is the `.env` of its folder, if there is one."""


def inclusions(document: Mapping) -> list[Inclusion]:
    """What a document includes.

    Raises:
        UnusableInput: `include` is wrong, or names a file by way of a variable that has no default.
    """
    node = document.get("include")
    if node is None or (isinstance(node, Scalar) and node.meaning.kind == "null"):
        return []
    if not isinstance(node, Sequence):
        raise UnusableInput("include must be a list of Compose files", location_of(node))
    found: list[Inclusion] = []
    errors: list[ComposeVariantError] = []
    for item in node.items:
        try:
            inclusion = _inclusion(item)
            if inclusion.paths:  # Compose says nothing of an entry that names no file
                found.append(inclusion)
        except ComposeVariantError as error:
            errors.append(error)
    raise_all(errors)
    return found


def _inclusion(item: Node) -> Inclusion:
    if isinstance(item, Scalar) and item.meaning.kind == "str":
        path = path_of(item)
        return Inclusion(((path, item),), posixpath.dirname(path), None)
    if isinstance(item, Scalar) and item.meaning.kind == "null":
        return Inclusion((), "", None)
    if not isinstance(item, Mapping):
        raise UnusableInput("an entry of include names a file, as text or under path", location_of(item))
    paths = _paths(item.get("path"))
    folder, env_files = item.get("project_directory"), item.get("env_file")
    return Inclusion(
        paths,
        path_of(folder) if isinstance(folder, Scalar) else posixpath.dirname(paths[0][0]) if paths else "",
        _paths(env_files) or None,
    )


def _paths(node: Node | None) -> tuple[Named, ...]:
    items = node.items if isinstance(node, Sequence) else (node,) if node else ()
    return tuple((path_of(item), item) for item in items if isinstance(item, Scalar))


def path_of(node: Scalar) -> str:
    """A path with the defaults of its variables.

    Raises:
        UnknownFileError: a variable has none.
    """
    text = with_defaults(node.text)
    if text is None:
        wrong = f"{node.text} depends on a variable without a default, so the file is not known"
        raise UnknownFileError(wrong, location_of(node), "give the variable a default: ${NAME:-value}")
    return text
