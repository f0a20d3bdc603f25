"""Top-level volumes, networks, configs, secrets and models that lost their last user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.references import SECTIONS, service_references
from composevariant.compose.services import services_of, text_of
from composevariant.operations.outcome import Note, Outcome
from composevariant.paths import delete
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.compose.references import Target
    from composevariant.tree import Entry, Node

    Thing = tuple[Target, str]
    """What is defined at the top level, by its sort and name."""

_DEFINED: Final[tuple[Target, ...]] = ("volume", "network", "config", "secret", "model")


def without_unused(before: Mapping, after: Mapping) -> Outcome:
    """`after` without what a service of `before` used and no service uses any more.

    What had no user before stays, and so does the network `default`, which services join without naming it. While a
    service extends one of another file, which may use anything, everything stays.
    """
    services = services_of(after)
    doomed: list[Thing] = []
    notes: list[Note] = []
    for thing, users in _users_now(_lost(services_of(before), services), services).items():
        definition = _definition(after, thing)
        if definition is None or thing == ("network", "default"):
            continue
        target, name = thing
        if not users:
            doomed.append(thing)
            notes.append(Note("removed", "", _farewell(target, name, definition.value), location_of(definition.key)))
        elif target == "network" and len(users) == 1:
            what = f"network {name} kept: only {users[0]} is still in it"
            notes.append(Note("kept", "", what, location_of(definition.key)))
    heir = _heir_of_other_file(services) if doomed else ""
    if heir:
        names = ", ".join(" ".join(thing) for thing in doomed)
        return Outcome(after, (Note("kept", "", f"{names} kept: {heir} extends another file, which may use them"),))
    return Outcome(delete(after, [(SECTIONS[target], name) for target, name in doomed], prune=True), tuple(notes))


def _lost(before: Table[str, Mapping], after: Table[str, Mapping]) -> set[Thing]:
    """What services used that they do not use any more."""
    gone: set[Thing] = set()
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            gone |= _used(old)
        elif new is not old:
            changed = tuple(entry for entry in old.entries if new.get(entry.name) is not entry.value)
            gone |= _used(Mapping(changed)) - _used(new)
    return gone


def _used(service: Mapping) -> set[Thing]:
    return {(found.target, found.name) for found in service_references("", service, *_DEFINED)}


def _users_now(things: set[Thing], services: Table[str, Mapping]) -> dict[Thing, list[str]]:
    """The first two users of each of these things, which come in the order of their sorts and names."""
    users: dict[Thing, list[str]] = {thing: [] for thing in sorted(things)}
    open_things = set(things)
    for user, service in services.items():
        for thing in _used(service) & open_things if open_things else ():
            users[thing].append(user)
            if len(users[thing]) > 1:
                open_things.remove(thing)
    return users


def _definition(tree: Mapping, thing: Thing) -> Entry | None:
    target, name = thing
    section = tree.get(SECTIONS[target])
    return section.entry(name) if isinstance(section, Mapping) else None


def _farewell(target: str, name: str, definition: Node) -> str:
    """What is said of a definition that goes: for a volume, that its data does not go with it."""
    removed = f"{target} {name} removed: nothing uses it any more"
    if target != "volume":
        return removed
    settings = definition if isinstance(definition, Mapping) else Mapping()
    external = settings.get("external")
    own_name = text_of((external if isinstance(external, Mapping) else settings).get("name"))
    if own_name or isinstance(external, Mapping) or text_of(external) == "true":
        return f"{removed}; the data of {own_name or name} is not touched"
    return f"{removed}; `docker compose down -v` no longer deletes its data"


def _heir_of_other_file(services: Table[str, Mapping]) -> str:
    for name, service in services.items():
        extends = service.get("extends")
        if isinstance(extends, Mapping) and extends.get("file") is not None:
            return name
    return ""
