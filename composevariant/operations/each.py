"""`each`: make the same change to many services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import identity, services_of, with_services
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.operations.compose import merge_override
from composevariant.operations.context import Outcome
from composevariant.operations.replace import with_value_at
from composevariant.tree import Entry, Mapping, Scalar, delete, find, literal, string, write_path

if TYPE_CHECKING:
    from composevariant.operations.context import Context
    from composevariant.overlay import Each, Replace
    from composevariant.tree import Path


def apply(tree: Mapping, wanted: Each, context: Context) -> Outcome:
    """Return the tree after applying `remove`, `merge` and `replace` to every matching service.

    Paths start at the service. A path under `remove` must exist in at least one of the services. Keys that become empty
    are also removed.

    Raises:
        UnusableInput: Too few or too many services match, or one of the three operations fails.
    """
    del context
    names = _select(tree, wanted)
    tree = _without(tree, names, wanted)
    after = Outcome(tree)
    if wanted.merge is not None and names:
        after = merge_override(tree, _project(dict.fromkeys(names, wanted.merge)))
    return Outcome(_with_values(after.tree, names, wanted), after.notes)


def _select(tree: Mapping, wanted: Each) -> tuple[str, ...]:
    names = wanted.match.select_or_error(tree) if wanted.at_least else wanted.match.select(tree)
    if wanted.at_least <= len(names) and (wanted.at_most is None or len(names) <= wanted.at_most):
        return names
    expected = f"{wanted.at_least}{'+' if wanted.at_most is None else ''}"
    found = f"{len(names)} matched: {', '.join(names)}"
    message = f"{expected} services were expected to match, but {found if names else 'none matched'}"
    raise UnusableInput(message, wanted.location, "correct `match` or `expect`")


def _without(tree: Mapping, names: tuple[str, ...], wanted: Each) -> Mapping:
    doomed: list[Path] = []
    problems: list[ComposeVariantError] = []
    for remove in wanted.remove:
        paths = [path for name in names for path in find(tree, literal("services", name) + remove.path, identity)]
        if names and not paths and remove.missing == "error":
            message = f"none of the {len(names)} matching services has {write_path(remove.path)}"
            problems.append(UnusableInput(message, remove.location, "correct the path, or write `missing: ok`"))
        doomed += paths
    raise_all(problems)
    return delete(tree, doomed, prune=True) if doomed else tree


def _with_values(tree: Mapping, names: tuple[str, ...], wanted: Each) -> Mapping:
    """Apply `replace` to one service at a time, because a path must match exactly once per service."""
    services = services_of(tree) if wanted.replace else {}
    changed: dict[str, Mapping] = {}
    problems: dict[Replace, ComposeVariantError] = {}
    for name in names if wanted.replace else ():
        project = _project({name: services.get(name, Mapping())})
        for replace in wanted.replace:
            try:
                project = with_value_at(project, literal("services", name) + replace.path, replace)
            except UnusableInput as problem:
                problems.setdefault(replace, problem)
        changed.update(services_of(project))
    raise_all(list(problems.values()))
    return with_services(tree, changed)


def _project(services: dict[str, Mapping]) -> Mapping:
    entries = tuple(Entry(string(name), service) for name, service in services.items())
    return Mapping((Entry(Scalar("services"), Mapping(entries)),))
