"""All that is wrong with a Compose model, in one list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from composevariant.compose.extends import names_other_files
from composevariant.compose.services import services_of
from composevariant.tree import Mapping
from composevariant.validation.cycles import dependency_cycles, extends_cycles
from composevariant.validation.documents import document_problem
from composevariant.validation.inherited import written_out
from composevariant.validation.newer import newer_settings
from composevariant.validation.references import not_buildable, undefined
from composevariant.validation.services import repeated_container_names, service_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.compose.compose_files import ComposeFiles
    from composevariant.tree import Node
    from composevariant.validation.compiled import Rules
    from composevariant.validation.facts import ServiceFacts
    from composevariant.validation.problem import Problem


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
        from composevariant.validation.other_files import problems_with_others

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
