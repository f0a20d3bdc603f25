"""The same project with its variables filled in, as a call of Docker Compose here and now reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from composevariant.compose.placing import with_scalars
from composevariant.compose.variables import interpolated
from composevariant.tree import Mapping, Scalar
from composevariant.validation.check import find_problems, introduced

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.compose.compose_files import ComposeFiles
    from composevariant.validation.compiled import Rules
    from composevariant.validation.problem import Problem


def problems_with_variables(
    root: Mapping, rules: Rules, name: str, known: Table[str, str], files: ComposeFiles | None = None
) -> list[Problem]:
    """The errors that only the values of the variables make; one that is not set is empty.

    Args:
        root: the resolved tree of the project.
        rules: the compiled schema.
        name: the file's name, for problems that have no better place.
        known: the variables of the environment and of `.env`.
        files: where other Compose files are.
    """
    filled = with_scalars(root, lambda node: _filled(node, known) if "$" in node.text else node)
    if filled is root or not isinstance(filled, Mapping):
        return []
    found = introduced(find_problems(root, rules, name, files), find_problems(filled, rules, name, files))
    return [
        replace(problem, message=f"{problem.message}; this is with the variables as they are set here")
        for problem in found
        if problem.severity == "error"
    ]


def _filled(node: Scalar, known: Table[str, str]) -> Scalar:
    """What Compose replaces is a text, whatever it looks like; a `$` that is left is written as Compose writes it."""
    value = interpolated(node.text, known)
    text = node.text if value is None else value.replace("$", "$$")
    return node if text == node.text else replace(node, text=text, style=node.style or '"')
