"""`each`: one change for many services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import identity, services_of, with_services
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.operations.compose import merged
from composevariant.operations.context import Outcome
from composevariant.operations.replace import replaced
from composevariant.tree import Entry, Mapping, Scalar, delete, find, literal, string, write_path

if TYPE_CHECKING:
    from composevariant.operations.context import Context
    from composevariant.overlay import Each, Replace
    from composevariant.tree import Path


def apply(tree: Mapping, wanted: Each, context: Context) -> Outcome:
    """The tree with `remove`, then `merge`, then `replace` done in every service that matches. Paths start there.

    A path of `remove` must name something in at least one of the services; keys that become empty go as well.

    Raises:
        UnusableInput: too few or too many services match; what the three operations raise.
    """
    del context
    names = _selected(tree, wanted)
    tree = _without(tree, names, wanted)
    after = Outcome(tree)
    if wanted.merge is not None and names:
        after = merged(tree, _project(dict.fromkeys(names, wanted.merge)))
    return Outcome(_with_values(after.tree, names, wanted), after.notes)


def _selected(tree: Mapping, wanted: Each) -> tuple[str, ...]:
    names = wanted.match.select_or_error(tree) if wanted.at_least else wanted.match.select(tree)
    if wanted.at_least <= len(names) and (wanted.at_most is None or len(names) <= wanted.at_most):
        return names
    expected = f"{wanted.at_least}{'+' if wanted.at_most is None else ''}"
    found = f"{len(names)} {'does' if len(names) == 1 else 'do'}: {', '.join(names)}"
    message = f"{expected} services were expected to match, but {found if names else 'none does'}"
    raise UnusableInput(message, wanted.location, "correct match or expect")


def _without(tree: Mapping, names: tuple[str, ...], wanted: Each) -> Mapping:
    doomed: list[Path] = []
    problems: list[ComposeVariantError] = []
    for remove in wanted.remove:
        paths = [path for name in names for path in find(tree, literal("services", name) + remove.path, identity)]
        if names and not paths and remove.missing == "error":
            message = f"none of the {len(names)} services that match has {write_path(remove.path)}"
            problems.append(UnusableInput(message, remove.location, "correct the path, or write `missing: ok`"))
        doomed += paths
    raise_all(problems)
    return delete(tree, doomed, prune=True) if doomed else tree


def _with_values(tree: Mapping, names: tuple[str, ...], wanted: Each) -> Mapping:
    """`replace`, in a project of one service at a time: how many there are does not count for each of them."""
    services = services_of(tree) if wanted.replace else {}
    changed: dict[str, Mapping] = {}
    problems: dict[Replace, ComposeVariantError] = {}
    for name in names if wanted.replace else ():
        project = _project({name: services.get(name, Mapping())})
        for replace in wanted.replace:
            try:
                project = replaced(project, literal("services", name) + replace.path, replace)
            except UnusableInput as problem:
                problems.setdefault(replace, problem)
        changed.update(services_of(project))
    raise_all(list(problems.values()))
    return with_services(tree, changed)


def _project(services: dict[str, Mapping]) -> Mapping:
    entries = tuple(Entry(string(name), service) for name, service in services.items())
    return Mapping((Entry(Scalar("services"), Mapping(entries)),))
