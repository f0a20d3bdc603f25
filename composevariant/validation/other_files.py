"""Problems of a project that is not all in one file: it is looked at with what it extends and includes written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.extends import names_other_files
from composevariant.compose.flat import flat_project
from composevariant.compose.inclusions import UnknownFileError
from composevariant.errors import ComposeVariantError, SeveralErrors
from composevariant.validation.check import find_problems
from composevariant.validation.problem import Problem

if TYPE_CHECKING:
    from composevariant.compose.other_files import Files
    from composevariant.tree import Mapping
    from composevariant.validation.compiled import Rules


def problems_with_others(root: Mapping, rules: Rules, source_name: str, files: Files) -> list[Problem]:
    """The problems of the whole project, each in the file that is to blame.

    Where it cannot be put together, those of the file alone, and why it cannot.
    """
    try:
        whole = flat_project([root], files).tree
    except ComposeVariantError as error:
        found = find_problems(root, rules, source_name)
        reasons = error.errors if isinstance(error, SeveralErrors) else (error,)
        if any(problem.severity == "error" for problem in found):
            return found
        return [*found, *(_problem(root, reason) for reason in reasons if not isinstance(reason, UnknownFileError))]
    return find_problems(whole, rules, source_name)


def with_others(root: Mapping, files: Files) -> Mapping:
    """The whole project as one tree; what the file alone says where it cannot be put together."""
    try:
        return flat_project([root], files).tree if names_other_files(root) else root
    except ComposeVariantError:
        return root


def _problem(root: Mapping, error: ComposeVariantError) -> Problem:
    section = "extends" if error.message.startswith("extends") or not root.entry("include") else "include"
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    return Problem(f"file.{section}", "error", (section,), message, error.location, (error.message,))
