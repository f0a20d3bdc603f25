"""All that is wrong with a Compose model, in one list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from composevariant.compose import services_of
from composevariant.compose.files import OtherFileError, UnknownFileError, resolve_project
from composevariant.compose.merge import names_other_files
from composevariant.errors import ComposeVariantError
from composevariant.findings import Problem
from composevariant.source import Location
from composevariant.tree import Mapping, location_of
from composevariant.validation.references import (
    dependency_cycles,
    extends_cycles,
    not_buildable,
    undefined,
    written_out,
)
from composevariant.validation.schema import newer_settings
from composevariant.validation.services import repeated_container_names, service_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.compose.files import ComposeFiles
    from composevariant.tree import Entry, Node
    from composevariant.validation.compiled import Rules, ServiceFacts


def find_problems(
    root: Node | None, rules: Rules, source_name: str, files: ComposeFiles | None = None
) -> list[Problem]:
    """What is wrong with a model, in the order of the file; problems that stand in other files come last.

    There is an error when `docker compose --profile "*" config -q` 2.40.3 fails, save for what only the disk or the
    environment can tell. Values that depend on a variable count with its default in the file, or not at all.

    Args:
        root: the resolved tree of a whole file; None for an empty one.
        rules: the compiled schema. The same one for base and result makes the second call cheap.
        source_name: the file's name, for problems that have no better place.
        files: where other Compose files are, to be extended and included. Without them nothing is claimed that
            depends on these.

    Raises:
        UnusableInput: the schema is broken.
    """
    misfit = document_problem(root, source_name)
    if misfit or not isinstance(root, Mapping):
        return [misfit] if misfit else []
    if files is not None and names_other_files(root):
        return problems_with_others(root, rules, source_name, files)
    found = [] if rules.accept(root) else _refused(rules, root)
    found = _each_place_once(found, _inconsistent(root, rules.facts))
    return in_file_order(found, [source_name])


def introduced(base: Iterable[Problem], result: Iterable[Problem]) -> list[Problem]:
    """The problems of a result that its base does not have."""
    known = Counter(problem.identity for problem in base)
    new: list[Problem] = []
    for problem in result:
        if known[problem.identity]:
            known[problem.identity] -= 1
        else:
            new.append(problem)
    return new


def _refused(rules: Rules, root: Mapping) -> list[Problem]:
    from composevariant.validation.wording import key_problems, schema_problems, value_problems

    found = _each_place_once(list(key_problems(root)), schema_problems(rules, root))
    return _each_place_once(found, value_problems(root, root))


def _inconsistent(root: Mapping, facts: ServiceFacts) -> Iterator[Problem]:
    """What the schema does not see: settings and services that do not fit together."""
    own = services_of(root)
    references = list(facts.references(own.items()))
    inherited = written_out(root, facts.having(own, "extends"), own)
    whole = own | inherited.services
    yield from inherited.problems
    yield from undefined(root, references)
    yield from not_buildable(root, whole, references)
    yield from extends_cycles(root, references)
    yield from dependency_cycles(root, references if not inherited.services else facts.references(whole.items()))
    yield from repeated_container_names(root, facts.having(whole, "container_name"))
    yield from _contradictions(root, facts.not_known_sound(whole), facts)


def _contradictions(root: Mapping, services: dict[str, Mapping], facts: ServiceFacts) -> Iterator[Problem]:
    found = [*service_problems(root, services), *newer_settings(root, services)]
    unsound = {problem.path[1] for problem in found if len(problem.path) > 1}
    facts.remember_sound(service for name, service in services.items() if name not in unsound)
    yield from found


def _each_place_once(found: list[Problem], more: Iterable[Problem]) -> list[Problem]:
    """What was found, and more of it at other places: a value of the wrong type need not be named twice."""
    places = {problem.path for problem in found}
    return found + [problem for problem in more if problem.path not in places]


def in_file_order(found: Iterable[Problem], names: Sequence[str]) -> list[Problem]:
    """The problems in the order of these files, line by line; those of other files come last."""
    order = {name: number for number, name in enumerate(names)}

    def place(problem: Problem) -> tuple[int, int, int]:
        where = problem.location
        return (order.get(where.file, len(order)), where.line, where.column) if where else (0, 0, 0)

    return sorted(found, key=place)


# Files that are no Compose project at all: empty ones, old ones, and pieces of one.

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
    """Why a file as a whole cannot be a Compose project; None when it can."""
    start = location_of(root) or Location(source_name, 1, 1)
    if root is None:
        return _problem("document.empty", "the file is empty; a Compose file has at least services", start)
    if not isinstance(root, Mapping):
        return _problem("document.no-mapping", "the file is not a mapping; a Compose file begins with services:", start)
    if all(entry.name == "version" for entry in root.entries):
        return _problem("document.empty", "the file holds no services and nothing else to use; add services", start)
    return None if root.entry("services") else _misplaced(root)


def _misplaced(root: Mapping) -> Problem | None:
    """Services, or the settings of one, at the top of the file."""
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


# Problems of a project that is not all in one file: it is looked at with what it extends and includes written
# out.


def problems_with_others(root: Mapping, rules: Rules, source_name: str, files: ComposeFiles) -> list[Problem]:
    """The problems of the whole project, each in the file that is to blame.

    Where it cannot be put together, those of the file alone, and why it cannot.
    """
    try:
        whole = resolve_project(root, files)
    except ComposeVariantError as error:
        found = find_problems(root, rules, source_name)
        if any(problem.severity == "error" for problem in found):
            return found
        told = [_file_problem(root, reason) for reason in error.errors if not isinstance(reason, UnknownFileError)]
        return in_file_order([*found, *told], [source_name])
    return find_problems(whole, rules, source_name)


def _file_problem(root: Mapping, error: ComposeVariantError) -> Problem:
    named_by = error.section if isinstance(error, OtherFileError) else ""
    section = "extends" if named_by == "extends" or not root.entry("include") else "include"
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    return Problem(f"file.{section}", "error", (section,), message, error.location, (error.message,))
