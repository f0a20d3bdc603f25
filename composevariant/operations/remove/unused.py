"""Remove top-level volumes, networks, configs, secrets and models that became unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import SECTIONS, service_references, services_of, text_of
from composevariant.findings import Note, note
from composevariant.operations.context import Outcome
from composevariant.tree import Mapping, delete, location_of

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.compose import Target
    from composevariant.tree import Entry, Path

    Thing = tuple[Target, str]
    """The kind and name of a top-level definition."""

_DEFINED: Final[tuple[Target, ...]] = ("volume", "network", "config", "secret", "model")


def without_unused(before: Mapping, after: Mapping) -> Outcome:
    """Return `after` without definitions that services used in `before` but no service uses any longer.

    Definitions that were already unused are kept, as is the network `default`, which services join without naming it.
    If a service extends a service in another file, everything is kept, because that service may use any definition.
    """
    services = services_of(after)
    doomed: list[Thing] = []
    notes: list[Note] = []
    for thing, users in _users_of(_no_longer_used(services_of(before), services), services).items():
        definition = _definition(after, thing)
        if definition is None or thing == ("network", "default"):
            continue
        target, name = thing
        if not users:
            doomed.append(thing)
            notes.append(_removal_note(target, name, definition))
        elif target == "network" and len(users) == 1:
            where = location_of(definition.key)
            notes.append(note("cleanup.network", "kept", ("networks", name), where, name=name, user=users[0]))
    paths = [(SECTIONS[target], name) for target, name in doomed]
    heir = _heir_of_other_file(services) if doomed else ""
    if heir:
        names = ", ".join(" ".join(thing) for thing in doomed)
        path: Path = () if doomed[1:] else paths[0]
        return Outcome(after, (note("cleanup.inherited", "kept", path, names=names, heir=heir),))
    return Outcome(delete(after, paths, prune=True), tuple(notes))


def _no_longer_used(before: Table[str, Mapping], after: Table[str, Mapping]) -> set[Thing]:
    """Return the definitions that services used before but no longer use."""
    gone: set[Thing] = set()
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            gone |= _definitions_used_by(old)
        elif new is not old:
            changed = tuple(entry for entry in old.entries if new.get(entry.name) is not entry.value)
            gone |= _definitions_used_by(Mapping(changed)) - _definitions_used_by(new)
    return gone


def _definitions_used_by(service: Mapping) -> set[Thing]:
    return {(found.target, found.name) for found in service_references("", service, *_DEFINED)}


def _users_of(things: set[Thing], services: Table[str, Mapping]) -> dict[Thing, list[str]]:
    """Return up to two users of each definition, sorted by kind and name."""
    users: dict[Thing, list[str]] = {thing: [] for thing in sorted(things)}
    open_things = set(things)
    for user, service in services.items():
        for thing in _definitions_used_by(service) & open_things if open_things else ():
            users[thing].append(user)
            if len(users[thing]) > 1:
                open_things.remove(thing)
    return users


def _definition(tree: Mapping, thing: Thing) -> Entry | None:
    target, name = thing
    section = tree.get(SECTIONS[target])
    return section.entry(name) if isinstance(section, Mapping) else None


def _removal_note(target: Target, name: str, definition: Entry) -> Note:
    """Return the note on a removed definition. For a volume, the note mentions that the data is kept."""
    path, where = (SECTIONS[target], name), location_of(definition.key)
    if target != "volume":
        return note("cleanup.removed", "removed", path, where, sort=target, name=name)
    settings = definition.value if isinstance(definition.value, Mapping) else Mapping()
    external = settings.get("external")
    own_name = text_of((external if isinstance(external, Mapping) else settings).get("name"))
    if own_name or isinstance(external, Mapping) or text_of(external) == "true":
        return note("cleanup.volume-elsewhere", "removed", path, where, name=name, data=own_name or name)
    return note("cleanup.volume", "removed", path, where, name=name)


def _heir_of_other_file(services: Table[str, Mapping]) -> str:
    for name, service in services.items():
        extends = service.get("extends")
        if isinstance(extends, Mapping) and extends.get("file") is not None:
            return name
    return ""
