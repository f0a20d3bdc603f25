"""Removing services so that those which stay still work: the story of the cascade on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.extends import base_name, flattened
from composevariant.compose.services import text_of, with_services
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, raise_all
from composevariant.findings import Note, NoteKind, keyed, note
from composevariant.operations.cascade.doubts import doubts
from composevariant.operations.cascade.leaving import leaving
from composevariant.operations.cascade.log_drivers import published_ports, pushes_to
from composevariant.operations.cascade.namespaces import NAMESPACES, adopt
from composevariant.operations.cascade.volumes_from import UnclearMountsError, with_mounts
from composevariant.operations.cascade.waits import lost_waits
from composevariant.operations.outcome import Outcome
from composevariant.paths import delete, format_path
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.operations.cascade.leaving import Leaving, Place
    from composevariant.operations.outcome import Context
    from composevariant.source import Location
    from composevariant.tree import Mapping
    from composevariant.tree_edits import Path


class SharedNamespaces(NamedTuple):
    """What to do with services that live in a namespace of a removed one."""

    policy: Literal["refuse", "drop", "adopt"] = "refuse"
    """`drop` refuses what a service cannot do without: the network, and an `ipc` that was made to be shared."""
    hint: str = "remove this setting first, or the service as well"
    """What a refusal suggests."""


NO_SERVICE_LEFT: Final = "this would leave no service, and Compose needs at least one"
REFUSE: Final = SharedNamespaces()


def remove_services(
    tree: Mapping,
    reasons: Table[str, str],
    context: Context,
    shared: SharedNamespaces = REFUSE,
    location: Location | None = None,
) -> Outcome:
    """The tree without these services, given with the reason why each goes, and without the references to them.

    What they used at the top level stays, see `unused`. The services that stay are changed only where they refer to
    one that goes: `depends_on`, links and the like are dropped, `volumes_from` and `extends` are written out, and what
    cannot be repaired without a guess is left and warned of. `location` is where the removal is asked for.

    Raises:
        Refused: a service lives in the network or another namespace of a removed one, builds on its image, or takes
            volumes from it that are not known. All such places are reported at once.
        UnusableInput: no service would be left.
    """
    gone = leaving(tree, reasons, context.project)
    if gone.services.keys() <= gone.names:
        raise UnusableInput(NO_SERVICE_LEFT, location)
    notes = [_removed(name, reasons[name], gone) for name in gone.services if name in gone.names]
    stay = _heirs_written_out(gone, notes)
    places = [place for user, service in stay.items() for place in gone.places(user, service)]
    errors = _refusals(places, shared, gone)
    notes += _references_dropped(places, stay, gone, shared)
    _write_mounts(stay, places, gone, errors)
    raise_all(errors)
    if shared.policy == "adopt":
        notes += adopt(stay, [place for place in places if place.kind in NAMESPACES], gone)
    dropped = [place.path for place in places if place.kind not in NAMESPACES or shared.policy == "drop"]
    dropped += _log_drivers(stay, gone, notes)
    changed = {user: service for user, service in stay.items() if service is not gone.services[user]}
    doomed: list[Path] = [("services", name) for name in gone.names]
    after = delete(with_services(tree, changed), [*doomed, *dropped], prune=True)
    removed = Outcome(after, (*notes, *doubts(after, places, gone, context.folders)))
    return _without_inherited_waits(removed, gone, context)


def _without_inherited_waits(removed: Outcome, gone: Leaving, context: Context) -> Outcome:
    if context.others is None:
        return removed
    from composevariant.operations.cascade.inherited import without_inherited_waits

    return without_inherited_waits(removed, gone.names, context)


def _removed(name: str, reason: str, gone: Leaving) -> Note:
    message = "remove.service-because" if reason else "remove.service"
    return note(message, "removed", ("services", name), location_of(gone.services[name]), reason=reason)


def _heirs_written_out(gone: Leaving, notes: list[Note]) -> dict[str, Mapping]:
    """The services that stay. Those that extend one that goes have its settings written out."""
    stay = {name: service for name, service in gone.services.items() if name not in gone.names}
    for name, service in stay.items():
        base = base_name(service)
        if base in gone.names:
            stay[name] = flattened(service, gone.services, gone.names)
            where = location_of(service.get("extends"))
            notes.append(note("remove.extends", "warning", ("services", name, "extends"), where, base=base))
    return stay


def _is_refused(place: Place, shared: SharedNamespaces, gone: Leaving) -> bool:
    if shared.policy != "drop":
        return shared.policy == "refuse"
    shareable = text_of(gone.services[place.name].get("ipc")) == "shareable"
    return place.kind == "network_mode" or (place.kind == "ipc" and shareable)


def _refusals(places: list[Place], shared: SharedNamespaces, gone: Leaving) -> list[ComposeVariantError]:
    errors: list[ComposeVariantError] = []
    for place in places:
        if place.kind in NAMESPACES and _is_refused(place, shared, gone):
            errors.append(
                _refused(place, f"is that of {place.name}, without which {place.user} would not start", shared.hint)
            )
        elif place.kind == "additional_contexts":
            what = f"is the image of {place.name}, without which {place.user} could not be built"
            errors.append(_refused(place, what, "remove this context first, or the service as well"))
    return errors


def _refused(place: Place, what: str, hint: str) -> Refused:
    message = f"{format_path(place.path)} {what}; {place.name} is not removed"
    return Refused(message, location_of(place.node), hint)


def _references_dropped(
    places: list[Place], stay: Table[str, Mapping], gone: Leaving, shared: SharedNamespaces
) -> Iterator[Note]:
    for place in places:
        path, where, kind, name = keyed(place.path, place.node), location_of(place.node), place.kind, place.name
        if kind in ("depends_on", "links", "external_links"):
            sort: NoteKind = "warning" if kind == "external_links" else "repaired"
            yield note("remove.reference", sort, path, where, setting=kind, name=name)
            yield from lost_waits(place.user, stay[place.user], place, gone) if kind == "depends_on" else ()
        elif kind == "volumes_from":
            yield note("remove.volumes-from", "repaired", path, where, name=name)
        elif kind in NAMESPACES and shared.policy == "drop":
            yield note("remove.namespace", "warning", path, where, setting=kind, owner=name)


def _write_mounts(
    stay: dict[str, Mapping], places: list[Place], gone: Leaving, errors: list[ComposeVariantError]
) -> None:
    origins: dict[str, list[Place]] = {}
    for place in places:
        if place.kind == "volumes_from":
            origins.setdefault(place.user, []).append(place)
    for user, taken in origins.items():
        read_only = {place.name: text_of(place.node).endswith(":ro") for place in taken}
        try:
            stay[user] = with_mounts(user, stay[user], read_only, gone)
        except UnclearMountsError as unclear:
            what = f"{format_path(taken[0].path[:3])} cannot be replaced: {unclear}"
            hint = f"write the mounts that {user} needs under its volumes, and remove this setting first"
            errors.append(Refused(what, location_of(taken[0].node), hint))


def _log_drivers(stay: Table[str, Mapping], gone: Leaving, notes: list[Note]) -> list[Path]:
    ports = published_ports(gone.services[name] for name in gone.names)
    dropped: list[Path] = []
    for user, service in stay.items():
        address = pushes_to(service, gone.containers, ports) if service.entry("logging") else ""
        if address:
            dropped.append(("services", user, "logging"))
            where = location_of(service.get("logging"))
            notes.append(note("remove.log-driver", "warning", dropped[-1], where, address=address))
    return dropped
