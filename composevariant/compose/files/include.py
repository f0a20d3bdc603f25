"""What the entries of `include` say: which files, whose folder, and which files of variables."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from composevariant.compose import services_of, with_defaults, with_fallbacks, with_services
from composevariant.compose.files.env_files import assignments
from composevariant.compose.files.relocated_paths import is_here
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import Mapping, Scalar, Sequence, location_of, mapping_at, value_at, with_scalars

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.compose.files.other_files import OtherFiles
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


# The variables of an included project: its own `.env` says what those are that nobody else sets.


class IncludedVariables:
    """What variables are where neither the environment nor the including project sets them."""

    def __init__(self, values: Table[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def with_those_of(self, inclusion: Inclusion, files: OtherFiles) -> IncludedVariables:
        """Those of an included project: its own, and what it gets from the one that includes it.

        Raises:
            UnusableInput: a file of variables is missing, or says something that cannot be told without running.
        """
        values: dict[str, str] = {}
        for path, node in inclusion.env_files or ():
            source = files.read(path)
            if source is None:
                raise UnusableInput(f"include names {path}, which does not exist", location_of(node))
            values |= _variables_of(source.text, path, node)
        if inclusion.env_files is None and not is_here(inclusion.folder):
            path = posixpath.join(inclusion.folder, ".env")
            source = files.read(path)
            values |= _variables_of(source.text, path, inclusion.paths[0][1]) if source else {}
        return IncludedVariables(values | self._values) if values else self

    def apply(self, document: Mapping) -> Mapping:
        """A document with the values written in.

        Raises:
            UnusableInput: Compose has no words for it.
        """
        after = with_scalars(document, self._apply_to) if self._values else document
        return after if isinstance(after, Mapping) else document

    def fill_in_environment(self, project: Mapping) -> Mapping:
        """The project with `environment: [NAME]` settled, which takes its value from these variables too.

        Raises:
            UnusableInput: a secret takes its value from one of them, which its user's project does not see.
        """
        changed: dict[str, Mapping] = {}
        for name, service in services_of(project).items() if self._values else ():
            environment = service.get("environment")
            if isinstance(environment, Sequence):  # Compose does not look into a mapping here (measured)
                settled = environment.with_items(tuple(map(self._with_value, environment.items)))
                changed[name] = service.with_value("environment", settled)
        for section in ("secrets", "configs"):
            for name in mapping_at(project, section).names():
                variable = value_at(project, section, name, "environment")
                if isinstance(variable, Scalar) and variable.text in self._values:
                    wrong = f"{variable.text} is set by a file of variables of the included project only"
                    raise UnknownFileError(
                        wrong, location_of(variable), "set it in the including project's .env as well"
                    )
        return with_services(project, changed)

    def _with_value(self, item: Node) -> Node:
        if not isinstance(item, Scalar) or item.text not in self._values:
            return item
        return replace(
            item, text=f"{item.text}={self._write_fallbacks(Scalar(f'${{{item.text}}}'))}", span=None, origin=item
        )

    def _apply_to(self, node: Scalar) -> Scalar:
        text = self._write_fallbacks(node) if "$" in node.text else node.text
        return node if text == node.text else replace(node, text=text, span=None, origin=node.origin or node)

    def _write_fallbacks(self, node: Scalar) -> str:
        text = with_fallbacks(node.text, self._values)
        if text is None:
            wrong = f"{node.text} cannot be said outside of its project, whose .env sets the variable"
            raise UnknownFileError(wrong, location_of(node), "set the variable in the including project's .env instead")
        return text


def _variables_of(text: str, path: str, node: Node) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value, line in assignments(text):
        if "$" in value:
            wrong = f"{path}:{line}: {name} depends on another variable, which can only be told by running Compose"
            raise UnknownFileError(wrong, location_of(node))
        values[name] = value
    return values
