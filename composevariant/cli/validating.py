"""What `validate` does, without its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.projects import tell_notes
from composevariant.cli.terminal import data, error_line, printable, say
from composevariant.errors import DIFFERENCES, ComposeVariantError, UnusableInput, worst
from composevariant.files import ProjectFiles
from composevariant.validation import find_problems
from composevariant.variants import resolve_variant
from composevariant.workshop import Workshop, load_rules
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from composevariant.validation import Problem


class Wanted(NamedTuple):
    """The options of `validate`."""

    files: tuple[str, ...]
    base: tuple[str, ...]
    schema: str | None
    form: str
    strict: bool


def validate(folder: str, wanted: Wanted) -> int:
    """Print all problems; gives the exit code: 1 for problems, 2 or more when something could not be looked at."""
    problems, unusable = _of_files(folder, wanted) if wanted.files else _of_project(folder, wanted)
    if wanted.form == "json":
        data(_json(problems))
    else:
        data("".join(f"{printable(str(problem))}\n" for problem in problems))
    for error in unusable:
        error_line(str(error))
    if wanted.form == "text" and not unusable:
        say(_summary(problems))
    if unusable:
        return worst(error.exit_code for error in unusable)
    counted = [problem for problem in problems if problem.severity == "error" or wanted.strict]
    return DIFFERENCES if counted else 0


def _of_files(folder: str, wanted: Wanted) -> tuple[list[Problem], list[ComposeVariantError]]:
    files, rules = ProjectFiles(folder), load_rules(wanted.schema)
    problems: list[Problem] = []
    unusable: list[ComposeVariantError] = []
    for name in wanted.files:
        try:
            source = files.read(name)
            if source is None:
                raise UnusableInput(f"{name} does not exist")
            problems += find_problems(parse(source).root, rules, name)
        except ComposeVariantError as error:
            unusable.append(error)
    return problems, unusable


def _of_project(folder: str, wanted: Wanted) -> tuple[list[Problem], list[ComposeVariantError]]:
    """The base's problems, then those that only a variant has, and the variants that cannot be made."""
    workshop = Workshop(folder, wanted.base, load_rules(wanted.schema))
    tell_notes(workshop)
    problems = list(workshop.problems)
    unusable: list[ComposeVariantError] = []
    for declared in workshop.project.variants:
        if declared.must_change:
            continue
        try:
            made, _ = workshop.make(resolve_variant(workshop.project, declared.name, workshop.files))
            problems += [problem for problem in made.problems if problem not in problems]
        except ComposeVariantError as error:
            unusable.append(error)
    return problems, unusable


def _summary(problems: list[Problem]) -> str:
    if not problems:
        return "no problems"
    counts = [(sum(problem.severity == word for problem in problems), word) for word in ("error", "warning")]
    counts.append((sum(problem.severity == "advice" for problem in problems), "piece of advice"))
    plural = {"error": "errors", "warning": "warnings", "piece of advice": "pieces of advice"}
    return ", ".join(f"{count} {word if count == 1 else plural[word]}" for count, word in counts if count)


def _json(problems: list[Problem]) -> str:
    import json

    from composevariant.validation.problem import shown

    rows = [
        {
            "check": problem.check,
            "severity": problem.severity,
            "path": shown(problem.path),
            "message": problem.message,
            "location": problem.location._asdict() if problem.location else None,
        }
        for problem in problems
    ]
    return json.dumps({"problems": rows}, indent=2, ensure_ascii=False) + "\n"
