"""`remove`: remove the settings at a path. If the path is a service, references to the service are also removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import SECTIONS, identity, references, services_of
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.operations.context import Outcome, others_of, refusal_of
from composevariant.operations.remove.service_removal import NO_SERVICE_LEFT, remove_services
from composevariant.operations.remove.unused import without_unused
from composevariant.tree import Mapping, delete, find, format_path, location_of, nearest, write_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.compose import Reference
    from composevariant.operations.context import Context
    from composevariant.overlay import Remove
    from composevariant.tree import Path

_LENGTH: Final = 2
"""The length of the path of a top-level definition, such as a service, volume or network."""
_SECTIONS: Final = frozenset(SECTIONS.values()) - {"services"}
_MISSING: Final = "correct the path, or write `missing: ok` if it may be absent"


def apply(tree: Mapping, wanted: Remove, context: Context) -> Outcome:
    """Return the tree without the settings at the path and without keys whose list or mapping became empty.

    If the path is a service, references to the service are also removed, as are volumes, networks, configs, secrets and
    models that no other service uses. With `cascade: false`, and for all other paths, nothing else is removed.

    Without `cascade: false`, a volume, network, config, secret or model that is in use is not removed, as in Docker
    (`volume is in use`), because a service without its mount would write its data into the container.

    Raises:
        UnusableInput: The path does not exist and `missing` is not `ok`, the definition is in use, or no service would
            be left.
        Refused: A remaining service needs the removed one (see `remove_services`), or the setting comes from an
            included file.
    """
    paths = find(tree, wanted.path, identity)
    inherited = _without_inherited(tree, paths, wanted, context)
    if inherited is not None:
        return inherited
    if not paths and wanted.missing == "error":
        elsewhere = refusal_of(tree, wanted.path, context, wanted.location)
        if elsewhere:
            raise elsewhere
        message = f"no such path: {write_path(wanted.path)}: {nearest(tree, wanted.path, identity)}"
        raise UnusableInput(message, wanted.location, _MISSING)
    names = _services(tree, paths) if wanted.cascade else []
    rest = delete(tree, [path for path in paths if not (names and _is_service(path))], prune=True)
    if wanted.cascade:
        raise_all([_in_use(rest, path, users, wanted) for path, users in _users(rest, paths).items()])
    if not names:
        return Outcome(_with_a_service(tree, rest, wanted))
    after = remove_services(rest, dict.fromkeys(names, ""), context, location=wanted.location)
    last = without_unused(rest, after.tree)
    return Outcome(last.tree, (*after.notes, *last.notes))


def _without_inherited(tree: Mapping, paths: Iterable[Path], wanted: Remove, context: Context) -> Outcome | None:
    """Return the outcome if services inherit the setting at the path through `extends`, or None if no service does."""
    inside = len(wanted.path) > _LENGTH and wanted.path[0].matches("services")
    if not inside or not any(service.entry("extends") for service in services_of(tree).values()):
        return None
    from composevariant.operations.remove.inherited import without_inherited

    rest = delete(tree, paths, prune=True)
    outcome = without_inherited(rest, [wanted.path], others_of(context))
    return outcome if outcome.tree is not rest else None


def _is_service(path: Path) -> bool:
    return path[0] == "services" and len(path) <= _LENGTH


def _services(tree: Mapping, paths: Iterable[Path]) -> list[str]:
    """Return the services that the paths name, either individually or as the whole section."""
    section = tree.get("services")
    if not isinstance(section, Mapping):
        return []
    doomed = {path for path in paths if _is_service(path)}
    return [name for name in section.names() if ("services",) in doomed or ("services", name) in doomed]


def _users(rest: Mapping, paths: Iterable[Path]) -> dict[Path, list[Reference]]:
    """Return the removed top-level definitions that are still in use, each with the references to it."""
    users: dict[Path, list[Reference]] = {path: [] for path in paths if path[0] in _SECTIONS and len(path) <= _LENGTH}
    for found in references(rest) if users else ():
        section = SECTIONS[found.target]
        for path in ((section,), (section, found.name)):
            if path in users and found.target != "service":
                users[path].append(found)
    return {path: places for path, places in users.items() if places}


def _in_use(rest: Mapping, path: Path, users: list[Reference], wanted: Remove) -> ComposeVariantError:
    names = ", ".join(dict.fromkeys(place.user for place in users))
    first = users[0]
    where = location_of(first.node)
    at = f" ({where})" if where else ""
    setting = format_path(first.path, rest, identity)
    hint = f"remove {setting}{at} first, or write `cascade: false` when a later operation replaces it"
    return UnusableInput(f"{format_path(path)} is still used by {names}", wanted.location, hint)


def _with_a_service(before: Mapping, after: Mapping, wanted: Remove) -> Mapping:
    left, had = after.get("services"), before.get("services")
    if isinstance(had, Mapping) and had.entries and not (isinstance(left, Mapping) and left.entries):
        raise UnusableInput(NO_SERVICE_LEFT, wanted.location)
    return after
