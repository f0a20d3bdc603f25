"""Remove settings that a service inherits through `extends`.

Where Compose honors tags, a tag removes the setting. Otherwise, the service is resolved and no longer has an `extends`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from composevariant.compose import identity, services_of, with_services
from composevariant.compose.files import ResolvedServices
from composevariant.compose.merge import PAIRS_OF_SERVICES, base_name, names_other_files
from composevariant.findings import Note, note
from composevariant.operations.context import Outcome, others_of
from composevariant.tree import OVERRIDE, RESET, Mapping, Scalar, Step, delete, find, location_of, put, same, write_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.compose.files import ExtendedServices
    from composevariant.operations.context import Context
    from composevariant.tree import Node, Path, PathPattern


def without_inherited(tree: Mapping, patterns: Sequence[PathPattern], others: ExtendedServices | None) -> Outcome:
    """Return the tree in which no service inherits a setting that one of the patterns matches.

    The `extends` of a service that others extend is always resolved, because Docker Compose 2.40.3 honors or ignores
    the tags of such a service at random. The result depends on Go's map order (measured: 2 of 12 calls differed from
    the other 10).

    Raises:
        UnusableInput: An extended service cannot be read.
    """
    heirs = ResolvedServices(tree, others)
    extended = {base_name(service) for service in heirs.services.values()}
    changed: dict[str, Mapping] = {}
    notes: list[Note] = []
    for name, service in heirs.services.items():
        if not service.entry("extends"):
            continue
        project = put(Mapping(), ("services", name), heirs.resolved(name))
        doomed = {pattern: find(project, pattern, identity) for pattern in patterns}
        paths = [path for found in doomed.values() for path in found]
        if not paths:
            continue
        target = services_of(delete(project, paths, prune=True)).get(name, Mapping())
        changed[name] = _without(name, target, heirs, is_extended=name in extended)
        message = "remove.inherited-reset" if changed[name].entry("extends") else "remove.inherited"
        place = location_of(service.get("extends"))
        for pattern in patterns:
            if doomed[pattern]:
                path, setting = ("services", name, pattern[2].text), write_path(pattern[2:])
                notes.append(note(message, "repaired", path, place, setting=setting))
    return Outcome(with_services(tree, changed), tuple(notes))


def _without(name: str, target: Mapping, heirs: ResolvedServices, *, is_extended: bool) -> Mapping:
    """Return a service that resolves to `target`, using tags if possible and otherwise without `extends`."""
    service = heirs.services[name]
    parent = heirs.services.get(base_name(service))
    merged_once = parent is not None and parent.entry("extends") is None
    candidates = _candidates(service, heirs.resolved(name), target, keys_of_pairs=merged_once)
    for candidate in () if is_extended else candidates:
        means = heirs.resolve(name, candidate)
        if means is not None and same(means, target):
            return candidate
    return replace(target, origin=service.origin or service)


def without_inherited_waits(removed: Outcome, names: Iterable[str], context: Context) -> Outcome:
    """Remove references in `depends_on` and `links` to removed services if they are inherited from another file."""
    others = others_of(context)
    if others is None or not names_other_files(removed.tree):
        return removed
    every = (Step("services"), Step("*", wild=True))
    patterns = [(*every, Step(setting), Step(name)) for name in names for setting in ("depends_on", "links")]
    after = without_inherited(removed.tree, patterns, others)
    return removed._replace(tree=after.tree, notes=(*removed.notes, *after.notes))


def _candidates(service: Mapping, whole: Mapping, target: Mapping, *, keys_of_pairs: bool) -> Iterator[Mapping]:
    """Yield versions of the service with tags, starting with the smallest change.

    After a merge, lists of pairs such as `environment` no longer have keys that Compose could reset.
    """
    gone = list(_gone(whole, target))
    in_pairs = any(path[: len(pair)] == pair and path != pair for path in gone for pair in PAIRS_OF_SERVICES)
    if keys_of_pairs or not in_pairs:
        yield _with_tags(service, gone, target)
    yield _with_tags(service, [(entry.name,) for entry in whole.entries if _differs(entry.name, whole, target)], target)


def _with_tags(service: Mapping, paths: list[Path], target: Mapping) -> Mapping:
    """Return the service with `!reset` at the paths, or with `!override` where part of the value is kept."""
    for path in paths:
        value = _at(target, path)
        tagged = Scalar("null", tag=RESET) if value is None else replace(value, tag=OVERRIDE)
        try:
            service = put(service, path, tagged)
        except KeyError:  # the parent is a list, which the next candidate replaces as a whole
            continue
    return service


def _gone(before: Mapping, after: Mapping, path: Path = ()) -> Iterator[Path]:
    """Yield the deepest paths that were removed or changed."""
    for entry in before.entries:
        here, left = (*path, entry.name), after.get(entry.name)
        if isinstance(left, Mapping) and isinstance(entry.value, Mapping):
            yield from _gone(entry.value, left, here)
        elif left is None or not same(left, entry.value):
            yield here


def _differs(key: str, before: Mapping, after: Mapping) -> bool:
    old, new = before.get(key), after.get(key)
    return old is not None and (new is None or not same(old, new))


def _at(node: Mapping, path: Path) -> Node | None:
    found: Node | None = node
    for key in path:
        found = found.get(str(key)) if isinstance(found, Mapping) else None
    return found
