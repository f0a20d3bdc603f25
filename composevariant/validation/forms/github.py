"""Workflow commands of GitHub Actions, which show problems beside the lines of a pull request.

The escapes are those of the actions toolkit, `core/src/command.ts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.validation.problem import Problem, Severity

_COMMANDS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "advice": "notice"}


def as_github(problems: Iterable[Problem]) -> str:
    """One command for each problem, a line each."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.location
    properties = {"title": problem.check}
    if place:
        properties = {"file": place.file, "line": str(place.line), "col": str(place.column), **properties}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {written}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
