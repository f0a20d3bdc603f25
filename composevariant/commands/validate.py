"""The command `validate`, which checks files, or a project with all its variants."""

from __future__ import annotations

import os
import posixpath
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import print_data, print_error, print_message, printable
from composevariant.compose.files import ComposeFiles, assignments, resolve_project_if_possible
from composevariant.disk import ProjectFiles, RecordedFiles
from composevariant.errors import DIFFERENCES, ComposeVariantError, UnusableInput, worst
from composevariant.findings import Problem, shown
from composevariant.project import resolve_variant
from composevariant.tree import Mapping
from composevariant.validation import (
    ADVICE,
    find_problems,
    in_file_order,
    introduced,
    problems_with_variables,
    without_ignored,
)
from composevariant.validation.advice import CHECKS, advice_on
from composevariant.variants import IntroducedProblem, load_rules, read_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.findings import Note, Severity
    from composevariant.tree import Node, Path
    from composevariant.validation import Rules


class ValidateOptions(NamedTuple):
    """The options of `validate`."""

    files: tuple[str, ...]
    base: tuple[str, ...]
    schema: str | None
    form: str
    strict: bool


class Findings(NamedTuple):
    """The problems, the texts of the checked files (whose comments may silence problems), and the errors."""

    problems: list[Problem]
    texts: dict[str, str]
    unusable: list[ComposeVariantError]


def validate(folder: str, options: ValidateOptions) -> int:
    """Print all problems and return the exit code.

    The exit code is 1 for problems, and 2 or more if a file cannot be checked.
    """
    found = find_in(folder, options)
    problems = in_file_order(without_ignored(_drop_repeated(found.problems), found.texts), list(found.texts))
    print_data(_render(problems, options.form))
    for error in found.unusable:
        print_error(str(error))
    if options.form == "text" and not found.unusable:
        print_message(_summary(problems))
    if found.unusable:
        return worst(error.exit_code for error in found.unusable)
    counted = [problem for problem in problems if problem.severity == "error" or options.strict]
    return DIFFERENCES if counted else 0


def _drop_repeated(problems: list[Problem]) -> list[Problem]:
    """Drop warnings and advice on a value that has a schema error, because they would be meaningless."""
    misfits = {(problem.location, problem.path) for problem in problems if problem.check.startswith("schema.")}
    return [each for each in problems if each.severity == "error" or (each.location, each.path) not in misfits]


def find_in(folder: str, options: ValidateOptions) -> Findings:
    """Return the problems of the named files, or of the project."""
    return _check_files(folder, options) if options.files else _check_project(folder, options)


def _render(problems: list[Problem], form: str) -> str:
    if form == "json":
        from composevariant.validation import as_json

        return as_json(problems)
    if form == "sarif":
        from composevariant.validation import as_sarif

        return as_sarif(problems)
    if form == "github":
        from composevariant.validation import as_github

        return as_github(problems)
    return "".join(f"{printable(str(problem))}\n" for problem in problems)


def _check_files(folder: str, options: ValidateOptions) -> Findings:
    files, rules = ProjectFiles(folder), load_rules(options.schema)
    found = Findings([], {}, [])
    for name in options.files:
        try:
            source = files.read(name)
            if source is None:
                raise UnusableInput(f"{name} does not exist")
            found.texts[name] = source.text
            others = ComposeFiles(RecordedFiles(files, posixpath.dirname(name)))
            root = read_model([source], others).tree
            found.problems.extend(find_problems(root, rules, name, others))
            found.problems.extend(_advice(files, rules, others, name, root))
        except ComposeVariantError as error:
            found.unusable.append(error)
    return found


def _advice(files: ProjectFiles, rules: Rules, others: ComposeFiles, base: str, root: Node | None) -> list[Problem]:
    """Return problems that depend on files and variables, and advice that Compose does not give."""
    if not isinstance(root, Mapping):
        return []
    folder = posixpath.dirname(base)
    dotenv = files.read(posixpath.join(folder, ".env"))
    set_there = {assigned.name: assigned.value for assigned in assignments(dotenv.text if dotenv else "")}
    known = set_there | dict(os.environ)
    advice = advice_on(resolve_project_if_possible(root, others), RecordedFiles(files, folder), known)
    return [*problems_with_variables(root, rules, base, known, others), *advice]


def _check_project(folder: str, options: ValidateOptions) -> Findings:
    """Return the problems of the base, the problems that only a variant has, and the errors of variants."""
    project = open_project(folder, options.base, options.schema)
    files, base = project.files, project.base
    advice = partial(_advice, files, project.rules, project.others, base.name)
    found = Findings([*project.problems, *advice(project.model.tree)], {}, [])
    found.texts.update((source.name, source.text) for source in base.sources)
    for declared in project.declared.variants:
        if declared.must_change:
            continue
        try:
            variant = resolve_variant(project.declared, declared.name, files)
            for name in filter(None, (project.declared.file, *variant.overlay_files)):
                source = files.read(name)
                found.texts.setdefault(name, source.text if source else "")
            generated, _ = project.make(variant)
            new = [*generated.problems, *problems_from_notes(generated.notes), *advice(generated.tree)]
        except ComposeVariantError as error:
            new = _problems_of_error(error, found)
        found.problems.extend(introduced(found.problems, new))
    return found


def _problems_of_error(error: ComposeVariantError, found: Findings) -> list[Problem]:
    """Return the introduced problems from an error. Any other errors it contains are added to `found.unusable`."""
    found.unusable.extend(each for each in error.errors if not isinstance(each, IntroducedProblem))
    return [each.problem for each in error.errors if isinstance(each, IntroducedProblem)]


def _summary(problems: list[Problem]) -> str:
    if not problems:
        return "no problems"
    counts = [(sum(problem.severity == word for problem in problems), word) for word in ("error", "warning")]
    counts.append((sum(problem.severity == "advice" for problem in problems), "piece of advice"))
    plural = {"error": "errors", "warning": "warnings", "piece of advice": "pieces of advice"}
    return ", ".join(f"{count} {word if count == 1 else plural[word]}" for count, word in counts if count)


def problems_from_notes(notes: Iterable[Note]) -> Iterator[Problem]:
    """Yield the problems that operations reported as notes. `validate` checks Dockerfiles of the result separately."""
    for note in notes:
        if note.check and note.check not in CHECKS:
            severity: Severity = "advice" if note.check in ADVICE else "warning"
            path: Path = ("services", note.service) if note.service else ()
            message = f"{shown(path)}: {note.sentence}"
            named = tuple(f"{name}={value}" for name, value in note.arguments)
            yield Problem(note.check, severity, path, message, note.location, named)
