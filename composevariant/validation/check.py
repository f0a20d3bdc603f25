"""Find all problems of a Compose model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composevariant.compose import interpolate, services_of
from composevariant.compose.merge import names_other_files
from composevariant.errors import ComposeVariantError
from composevariant.findings import Problem
from composevariant.source import Location
from composevariant.tree import Mapping, location_of, with_scalars
from composevariant.validation.references import (
    contexts_not_buildable,
    dependency_cycles,
    extends_cycles,
    merge_extended,
    undefined_references,
)
from composevariant.validation.schema import newer_settings
from composevariant.validation.services import repeated_container_names, service_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Table

    from composevariant.compose.files import ComposeFiles
    from composevariant.tree import Entry, Node, Scalar
    from composevariant.validation.compiled import Rules, ServiceCache


def find_problems(
    root: Node | None, rules: Rules, source_name: str, files: ComposeFiles | None = None
) -> list[Problem]:
    """Return the problems of a model in file order, followed by problems in other files.

    If `docker compose --profile "*" config -q` 2.40.3 fails, at least one of the problems is an error, except for
    failures that depend on the disk or the environment. A variable is replaced by its default in the file. If a
    variable has no default, the value that contains the variable is not checked.

    Args:
        root: the resolved tree of a whole file, or None for an empty file.
        rules: the compiled schema. Using the same instance for base and result makes the second call cheap.
        source_name: the name of the file, for problems without a more precise location.
        files: the reader for extended and included Compose files. Without a reader, checks that depend on these files
            are skipped.

    Raises:
        UnusableInput: The schema is broken.
    """
    misfit = document_problem(root, source_name)
    if misfit or not isinstance(root, Mapping):
        return [misfit] if misfit else []
    if files is not None and names_other_files(root):
        return problems_of_project(root, rules, source_name, files)
    found = [] if rules.accept(root) else _refusals(rules, root)
    found = _add_at_new_paths(found, _inconsistencies(root, rules.cache))
    return in_file_order(found, [source_name])


def introduced(base: Iterable[Problem], result: Iterable[Problem]) -> list[Problem]:
    """Return the problems in a result that its base does not have."""
    known = Counter(problem.identity for problem in base)
    new: list[Problem] = []
    for problem in result:
        if known[problem.identity]:
            known[problem.identity] -= 1
        else:
            new.append(problem)
    return new


def _refusals(rules: Rules, root: Mapping) -> list[Problem]:
    from composevariant.validation.wording import key_problems, schema_problems, value_problems

    found = _add_at_new_paths(list(key_problems(root)), schema_problems(rules, root))
    return _add_at_new_paths(found, value_problems(root, root))


def _inconsistencies(root: Mapping, cache: ServiceCache) -> Iterator[Problem]:
    """Yield the problems that no schema can find, which are settings and services that do not fit together."""
    own = services_of(root)
    references = list(cache.references(own.items()))
    inherited = merge_extended(root, cache.having(own, "extends"), own)
    whole = own | inherited.services
    yield from inherited.problems
    yield from undefined_references(root, references)
    yield from contexts_not_buildable(root, whole, references)
    yield from extends_cycles(root, references)
    yield from dependency_cycles(root, references if not inherited.services else cache.references(whole.items()))
    yield from repeated_container_names(root, cache.having(whole, "container_name"))
    yield from _contradictions(root, cache.not_known_valid(whole), cache)


def _contradictions(root: Mapping, services: dict[str, Mapping], cache: ServiceCache) -> Iterator[Problem]:
    found = [*service_problems(root, services), *newer_settings(root, services)]
    invalid = {problem.path[1] for problem in found if len(problem.path) > 1}
    cache.remember_valid(service for name, service in services.items() if name not in invalid)
    yield from found


def _add_at_new_paths(found: list[Problem], more: Iterable[Problem]) -> list[Problem]:
    """Return `found` followed by the problems in `more` at paths that have no problem in `found`."""
    places = {problem.path for problem in found}
    return found + [problem for problem in more if problem.path not in places]


def in_file_order(found: Iterable[Problem], names: Sequence[str]) -> list[Problem]:
    """Return the problems sorted by file (in the order of `names`, other files last), line and column."""
    order = {name: number for number, name in enumerate(names)}

    def place(problem: Problem) -> tuple[int, int, int]:
        where = problem.location
        return (order.get(where.file, len(order)), where.line, where.column) if where else (0, 0, 0)

    return sorted(found, key=place)


# Files that are not a Compose project, such as empty files, files of version 1, and fragments.

_SECTIONS: Final = frozenset((
    "configs", "include", "jobs", "models", "name", "networks", "secrets", "services", "version", "volumes",
))  # fmt: skip

_SOURCES: Final = ("build", "extends", "image")
_SERVICE_KEYS: Final = frozenset((
    "build", "command", "container_name", "depends_on", "entrypoint", "env_file", "environment", "expose", "extends",
    "healthcheck", "image", "labels", "links", "logging", "ports", "restart", "user", "working_dir",
))  # fmt: skip

_SHOWN_NAMES: Final = 3


def document_problem(root: Node | None, source_name: str) -> Problem | None:
    """Return the reason why a file cannot be a Compose project, or None if it can."""
    start = location_of(root) or Location(source_name, 1, 1)
    if root is None:
        return _problem("document.empty", "the file is empty; a Compose file has at least services", start)
    if not isinstance(root, Mapping):
        return _problem("document.no-mapping", "the file is not a mapping; a Compose file begins with services:", start)
    if all(entry.name == "version" for entry in root.entries):
        return _problem("document.empty", "the file defines no services; add services", start)
    return None if root.entry("services") else _misplaced(root)


def _misplaced(root: Mapping) -> Problem | None:
    """Report services, or settings of a service, at the top level of the file."""
    strangers = [entry for entry in root.entries if entry.name not in _SECTIONS and not entry.name.startswith("x-")]
    services = [entry for entry in strangers if _is_service(entry.value)]
    settings = [entry for entry in strangers if entry.name in _SERVICE_KEYS]
    if services:
        message = f"{_names(services)} at the top level: this is a file of version 1; put its services under services:"
        return _problem("document.version-1", message, location_of(services[0].key))
    if settings:
        message = (
            f"{_names(settings)} at the top level: these are settings of a service; put them under services.<name>"
        )
        return _problem("document.fragment", message, location_of(settings[0].key))
    return None


def _is_service(node: Node) -> bool:
    return isinstance(node, Mapping) and any(node.entry(name) for name in _SOURCES)


def _names(entries: list[Entry]) -> str:
    names = [f'"{entry.name}"' for entry in entries[:_SHOWN_NAMES]]
    more = len(entries) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _problem(check: str, message: str, location: Location | None) -> Problem:
    return Problem(check, "error", (), message, location)


# Projects with several files. Extended and included files are merged before the check.


def problems_of_project(root: Mapping, rules: Rules, source_name: str, files: ComposeFiles) -> list[Problem]:
    """Return the problems of the whole project, each located in the file that causes the problem.

    If the files cannot be merged, return the problems of the main file and the reasons why the merge failed.
    """
    from composevariant.compose.files import UnknownFileError, resolve_project

    try:
        whole = resolve_project(root, files)
    except ComposeVariantError as error:
        found = find_problems(root, rules, source_name)
        if any(problem.severity == "error" for problem in found):
            return found
        reasons = [_file_problem(root, reason) for reason in error.errors if not isinstance(reason, UnknownFileError)]
        return in_file_order([*found, *reasons], [source_name])
    return find_problems(whole, rules, source_name)


def _file_problem(root: Mapping, error: ComposeVariantError) -> Problem:
    from composevariant.compose.files import OtherFileError

    named_by = error.section if isinstance(error, OtherFileError) else ""
    section = "extends" if named_by == "extends" or not root.entry("include") else "include"
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    return Problem(f"file.{section}", "error", (section,), message, error.location, (error.message,))


# The project with its variables replaced by their current values, as Docker Compose would read it now.


def problems_with_variables(
    root: Mapping, rules: Rules, name: str, known: Table[str, str], files: ComposeFiles | None = None
) -> list[Problem]:
    """Return the errors that only appear once variables are replaced by their values. Unset variables are empty.

    Args:
        root: the resolved tree of the project.
        rules: the compiled schema.
        name: the name of the file, for problems without a more precise location.
        known: the variables from the environment and from `.env`.
        files: the reader for extended and included Compose files.
    """
    replaced = with_scalars(root, lambda node: _interpolate(node, known) if "$" in node.text else node)
    if replaced is root or not isinstance(replaced, Mapping):
        return []
    found = introduced(find_problems(root, rules, name, files), find_problems(replaced, rules, name, files))
    return [
        replace(problem, message=f"{problem.message}; this depends on the current values of the variables")
        for problem in found
        if problem.severity == "error"
    ]


def _interpolate(node: Scalar, known: Table[str, str]) -> Scalar:
    """Replace variables in a scalar. As in Compose, the result is a string. A remaining `$` is escaped as `$$`."""
    value = interpolate(node.text, known)
    text = node.text if value is None else value.replace("$", "$$")
    return node if text == node.text else replace(node, text=text, style=node.style or '"')
