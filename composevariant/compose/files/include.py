"""Read the entries of `include`, and the variables of included projects."""

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

NamedPath: TypeAlias = "tuple[str, Node]"
"""A path and the node that contains it."""


class UnknownFileError(UnusableInput):
    """The name or the contents of a file cannot be determined without running Docker Compose."""


class OtherFileError(UnusableInput):
    """Another file is missing or invalid. `section` is the key that names the file, `extends` or `include`."""

    def __init__(self, section: str, message: str, location: Location | None) -> None:
        super().__init__(message, location)
        self.section = section


class Inclusion(NamedTuple):
    """An entry in `include`, which names a project of one or more files."""

    paths: tuple[NamedPath, ...]
    """The files, in merge order."""
    folder: str
    """The folder that the project's paths are relative to. An empty string is the folder of the including file."""
    env_files: tuple[NamedPath, ...] | None
    """The env files. None means the `.env` file in the folder, if that file exists."""


def inclusions(document: Mapping) -> list[Inclusion]:
    """Return the projects that a document includes.

    Raises:
        UnusableInput: `include` is invalid, or the name of a file has a variable without a default.
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
            if inclusion.paths:  # Compose ignores an entry without a file
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
        raise UnusableInput("an entry of include must be a file name or a mapping with path", location_of(item))
    paths = _paths(item.get("path"))
    folder, env_files = item.get("project_directory"), item.get("env_file")
    return Inclusion(
        paths,
        path_of(folder) if isinstance(folder, Scalar) else posixpath.dirname(paths[0][0]) if paths else "",
        _paths(env_files) or None,
    )


def _paths(node: Node | None) -> tuple[NamedPath, ...]:
    items = node.items if isinstance(node, Sequence) else (node,) if node else ()
    return tuple((path_of(item), item) for item in items if isinstance(item, Scalar))


def path_of(node: Scalar) -> str:
    """Return a path with variables replaced by their defaults.

    Raises:
        UnknownFileError: A variable has no default.
    """
    text = with_defaults(node.text)
    if text is None:
        wrong = f"{node.text} has a variable without a default, so the file is unknown"
        raise UnknownFileError(wrong, location_of(node), "give the variable a default: ${NAME:-value}")
    return text


class IncludedVariables:
    """The variables of an included project.

    They apply unless the environment or the including project sets the same variables.
    """

    def __init__(self, values: Table[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def with_those_of(self, inclusion: Inclusion, files: OtherFiles) -> IncludedVariables:
        """Return the variables from the env files of an included project, overridden by these variables.

        Raises:
            UnusableInput: An env file is missing, or a value in it depends on another variable.
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
        """Return a document in which the values are inserted as the defaults of the variables.

        Raises:
            UnusableInput: Compose has no syntax for such a default.
        """
        after = with_scalars(document, self._apply_to) if self._values else document
        return after if isinstance(after, Mapping) else document

    def fill_in_environment(self, project: Mapping) -> Mapping:
        """Return the project with a value for each bare name in `environment: [NAME]` that is among these variables.

        Raises:
            UnusableInput: A secret or config reads a variable that the including project does not set.
        """
        changed: dict[str, Mapping] = {}
        for name, service in services_of(project).items() if self._values else ():
            environment = service.get("environment")
            if isinstance(environment, Sequence):  # Compose ignores a mapping here (measured)
                filled = environment.with_items(tuple(map(self._with_value, environment.items)))
                changed[name] = service.with_value("environment", filled)
        for section in ("secrets", "configs"):
            for name in mapping_at(project, section).names():
                variable = value_at(project, section, name, "environment")
                if isinstance(variable, Scalar) and variable.text in self._values:
                    wrong = f"{variable.text} is set only in an env file of the included project"
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
            wrong = f"{node.text} cannot be written outside of its project, whose .env sets the variable"
            raise UnknownFileError(wrong, location_of(node), "set the variable in the including project's .env instead")
        return text


def _variables_of(text: str, path: str, node: Node) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value, line in assignments(text):
        if "$" in value:
            wrong = f"{path}:{line}: {name} depends on another variable, which only Docker Compose can replace"
            raise UnknownFileError(wrong, location_of(node))
        values[name] = value
    return values
