"""The variables of an included project: its own `.env` says what those are that nobody else sets.

Without its project a file does not see them, so they are written into the texts, as `${NAME-value}` (compose-go 2.9.1,
`loader/include.go`: the process and the including project come first).
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from composevariant.compose.dotenv import assignments
from composevariant.compose.inclusions import UnknownFileError
from composevariant.compose.moved_paths import is_here
from composevariant.compose.placing import mapping_at, value_at, with_scalars
from composevariant.compose.services import services_of, with_services
from composevariant.compose.variables import with_fallbacks
from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.compose.inclusions import Inclusion
    from composevariant.compose.other_files import OtherFiles
    from composevariant.tree import Node


class Fallbacks:
    """What variables are where neither the environment nor the including project sets them."""

    def __init__(self, values: Table[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def of(self, inclusion: Inclusion, files: OtherFiles) -> Fallbacks:
        """Those of an included project: its own, and what it gets from the one that includes it.

        Raises:
            UnusableInput: a file of variables is missing, or says something that cannot be told without running.
        """
        values: dict[str, str] = {}
        for path, node in inclusion.env_files or ():
            source = files.read(path)
            if source is None:
                raise UnusableInput(f"include names {path}, which does not exist", location_of(node))
            values |= _assigned(source.text, path, node)
        if inclusion.env_files is None and not is_here(inclusion.folder):
            path = posixpath.join(inclusion.folder, ".env")
            source = files.read(path)
            values |= _assigned(source.text, path, inclusion.paths[0][1]) if source else {}
        return Fallbacks(values | self._values) if values else self

    def applied(self, document: Mapping) -> Mapping:
        """A document with the values written in.

        Raises:
            UnusableInput: Compose has no words for it.
        """
        after = with_scalars(document, self._in) if self._values else document
        return after if isinstance(after, Mapping) else document

    def settled(self, project: Mapping) -> Mapping:
        """The project with `environment: [NAME]` settled, which takes its value from these variables too.

        Raises:
            UnusableInput: a secret takes its value from one of them, which its user's project does not see.
        """
        changed: dict[str, Mapping] = {}
        for name, service in services_of(project).items() if self._values else ():
            environment = service.get("environment")
            if isinstance(environment, Sequence):  # Compose does not look into a mapping here (measured)
                settled = environment.with_items(tuple(map(self._bare, environment.items)))
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

    def _bare(self, item: Node) -> Node:
        if not isinstance(item, Scalar) or item.text not in self._values:
            return item
        return replace(item, text=f"{item.text}={self._said(Scalar(f'${{{item.text}}}'))}", span=None, origin=item)

    def _in(self, node: Scalar) -> Scalar:
        text = self._said(node) if "$" in node.text else node.text
        return node if text == node.text else replace(node, text=text, span=None, origin=node.origin or node)

    def _said(self, node: Scalar) -> str:
        text = with_fallbacks(node.text, self._values)
        if text is None:
            wrong = f"{node.text} cannot be said outside of its project, whose .env sets the variable"
            raise UnknownFileError(wrong, location_of(node), "set the variable in the including project's .env instead")
        return text


def _assigned(text: str, path: str, node: Node) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value, line in assignments(text):
        if "$" in value:
            wrong = f"{path}:{line}: {name} depends on another variable, which can only be told by running Compose"
            raise UnknownFileError(wrong, location_of(node))
        values[name] = value
    return values
