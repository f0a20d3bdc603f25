"""Problems of a project that is not all in one file: it is looked at with what it extends and includes written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.flat import whole_of
from composevariant.compose.inclusions import OtherFileError, UnknownFileError
from composevariant.errors import ComposeVariantError
from composevariant.validation.check import find_problems, in_file_order
from composevariant.validation.problem import Problem

if TYPE_CHECKING:
    from composevariant.compose.compose_files import ComposeFiles
    from composevariant.tree import Mapping
    from composevariant.validation.compiled import Rules


def problems_with_others(root: Mapping, rules: Rules, source_name: str, files: ComposeFiles) -> list[Problem]:
    """The problems of the whole project, each in the file that is to blame.

    Where it cannot be put together, those of the file alone, and why it cannot.
    """
    try:
        whole = whole_of(root, files)
    except ComposeVariantError as error:
        found = find_problems(root, rules, source_name)
        if any(problem.severity == "error" for problem in found):
            return found
        told = [_problem(root, reason) for reason in error.errors if not isinstance(reason, UnknownFileError)]
        return in_file_order([*found, *told], [source_name])
    return find_problems(whole, rules, source_name)


def _problem(root: Mapping, error: ComposeVariantError) -> Problem:
    named_by = error.section if isinstance(error, OtherFileError) else ""
    section = "extends" if named_by == "extends" or not root.entry("include") else "include"
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    return Problem(f"file.{section}", "error", (section,), message, error.location, (error.message,))
