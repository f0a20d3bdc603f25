"""Removing services so that those which stay still work: the story of the cascade on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import mount_of, mount_sections, text_of, texts_of, with_services
from composevariant.compose.merge import base_name, resolve_extends, with_settings_of
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, raise_all
from composevariant.findings import Note, NoteKind, keyed, note
from composevariant.operations.context import Outcome
from composevariant.operations.remove.mentions import doubts, leaving, published_ports, pushes_to
from composevariant.tree import Entry, Mapping, Scalar, Sequence, delete, detach, format_path, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.operations.context import Context
    from composevariant.operations.remove.mentions import Leaving, Place
    from composevariant.source import Location
    from composevariant.tree import Node, Path


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
    from composevariant.operations.remove.inherited import without_inherited_waits

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
            stay[name] = resolve_extends(service, gone.services, gone.names)
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


# Services that live in the network, or another namespace, of a service that leaves.

NAMESPACES: Final = ("network_mode", "pid", "ipc", "uts", "cgroup")


_OF_THE_NETWORK: Final = (
    "network_mode", "networks", "ports", "expose", "dns", "dns_search", "dns_opt", "extra_hosts", "hostname",
    "domainname", "mac_address", "sysctls",
)  # fmt: skip
"""What a service says about its network, which another one in it cannot say for itself."""


def adopt(services: dict[str, Mapping], places: list[Place], gone: Leaving) -> Iterator[Note]:
    """Give the namespaces of leaving services to those that live in them: `services` is changed in place.

    The first to live in a namespace takes over what its owner said about it, and the others live with that one.
    """
    heirs: dict[tuple[str, str], str] = {}
    for place in places:
        user, kind = place.user, place.kind
        first = heirs.setdefault((place.name, kind), user)
        if first != user:
            services[user] = services[user].with_value(kind, string(f"service:{first}"))
            names = {"setting": kind, "owner": place.name, "heir": first}
            yield note("remove.namespace-heir", "repaired", place.path, location_of(place.node), **names)
            continue
        settings = _settings(place.name, kind, gone)
        services[user] = with_settings_of(settings, services[user], kind, place.name)
        taken = settings.names()
        where, owner = location_of(place.node), place.name
        if taken:
            path = ("services", user)
            yield note("remove.namespace-taken", "repaired", path, where, settings=", ".join(taken), owner=owner)
        else:
            yield note("remove.namespace-left", "warning", place.path, where, setting=kind, owner=owner)


def _settings(owner: str, kind: str, gone: Leaving) -> Mapping:
    """What the owner of a namespace says about it, itself or by way of others that leave with it."""
    kept = _OF_THE_NETWORK if kind == "network_mode" else (kind,)
    seen: set[str] = set()
    service = Mapping()
    while owner in gone.names and owner not in seen:
        seen.add(owner)
        service = resolve_extends(gone.services[owner], gone.services, gone.services)
        owner = text_of(service.get(kind)).removeprefix("service:")
    if owner in gone.names:
        service = service.without(kind)
    return service.with_entries(tuple(entry for entry in service.entries if entry.name in kept))


# What a service no longer waits for once the service in between is gone.

_ENDS: Final = {"service_healthy": "to be healthy", "service_completed_successfully": "to complete"}


def lost_waits(user: str, service: Mapping, dropped: Place, leaving: Leaving) -> Iterator[Note]:
    """A warning for each service that `user` waited for only by way of the one in a dropped `depends_on`.

    A service only starts after everything that it waits for itself, so any condition on it waits along.
    """
    still = _still_waited_for(service, leaving)
    for name, end in _waits(dropped.name, leaving, set()).items():
        if name not in still and name != user:
            path, where = keyed(dropped.path, dropped.node), location_of(dropped.node)
            yield note("remove.wait-lost", "warning", path, where, name=name, end=end, gone=dropped.name)


def _still_waited_for(service: Mapping, leaving: Leaving) -> set[str]:
    """The services that a service waits for itself, or by way of others that stay."""
    waiting = list(_names(service.get("depends_on")))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in leaving.names and name in leaving.services:
            found.add(name)
            waiting += _names(leaving.services[name].get("depends_on"))
    return found


def _waits(name: str, leaving: Leaving, seen: set[str]) -> dict[str, str]:
    """The services that stay and whose state the given one waits for, also through others that leave."""
    seen.add(name)
    waits: dict[str, str] = {}
    depends_on = leaving.services[name].get("depends_on") if name in leaving.services else None
    for other, condition in _names(depends_on).items():
        if other in leaving.names:
            waits |= _waits(other, leaving, seen) if other not in seen else {}
        elif condition in _ENDS:
            waits[other] = _ENDS[condition]
    return waits


def _names(depends_on: Node | None) -> dict[str, str]:
    """The names in a `depends_on` with their conditions."""
    if not isinstance(depends_on, Mapping):
        return dict.fromkeys(texts_of(depends_on), "service_started")
    return {
        name: text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
        for name, settings in depends_on.items()
    }


# `volumes_from` a service that leaves: its mounts, written out.

_ALONE: Final = 1


_WITH_OPTIONS: Final = 3


class UnclearMountsError(Exception):
    """It cannot be told what a service mounts; the text says why."""


class _Taken(NamedTuple):
    """What a `volumes_from` takes over."""

    mounts: dict[str, Node]
    """By target."""
    others: dict[str, Node]
    """Items of `volumes_from` that stay, by what they name."""


def with_mounts(user: str, service: Mapping, origins: dict[str, bool], gone: Leaving) -> Mapping:
    """The service with the mounts of these leaving services as its own; true means read-only.

    Its own mounts win where both have one at the same place, as they do in Docker.

    Raises:
        UnclearMountsError: a leaving service inherits from another file or writes a mount that cannot be read.
    """
    items, left = _items(service, "volumes"), _items(service, "volumes_from")
    targets = {mount.target for mount in map(mount_of, items) if mount}
    named = {user, *map(_named, left)}
    for name, read_only in origins.items():
        taken = _taken(name, gone, frozenset((name,)), read_only=read_only)
        items += (item for target, item in taken.mounts.items() if target not in targets)
        left += (item for other, item in taken.others.items() if other not in named)
        targets |= taken.mounts.keys()
        named |= taken.others.keys()
    return _with_list(_with_list(service, "volumes", items), "volumes_from", left)


def _items(service: Mapping, key: str) -> list[Node]:
    node = service.get(key)
    return list(node.items) if isinstance(node, Sequence) else []


def _with_list(service: Mapping, key: str, items: list[Node]) -> Mapping:
    old = service.get(key)
    if isinstance(old, Sequence):
        return service if len(items) == len(old.items) else service.with_value(key, old.with_items(tuple(items)))
    return service.with_value(key, Sequence(tuple(items))) if items else service


def _taken(name: str, gone: Leaving, seen: frozenset[str], *, read_only: bool) -> _Taken:
    """What a leaving service mounts, itself and by its own `volumes_from`."""
    service = resolve_extends(gone.services[name], gone.services, gone.services)
    if service.entry("extends") is not None and not base_name(service):
        raise UnclearMountsError(f"{name} extends a service of another file, which may mount more")
    taken = _Taken({}, {})
    for item in _items(service, "volumes_from"):
        other, locked = _named(item), read_only or text_of(item).endswith(":ro")
        if other not in gone.names:
            taken.others[other] = string(f"{other}:ro") if locked else item
        elif other not in seen:
            below = _taken(other, gone, seen | {other}, read_only=locked)
            taken.mounts.update(below.mounts)
            taken.others.update(below.others)
    for item in map(detach, _items(service, "volumes")):
        mount = mount_of(item)
        if mount is None or not mount.target:
            raise UnclearMountsError(f"{name} has a mount that cannot be told before variables are set")
        if mount.type != "tmpfs":
            taken.mounts[mount.target] = _read_only(item) if read_only else item
    return taken


def _named(item: Node) -> str:
    """The service or `container:<name>` of an item of `volumes_from`."""
    return text_of(item).removesuffix(":ro").removesuffix(":rw")


def _read_only(item: Node) -> Node:
    if isinstance(item, Mapping):
        return item.with_value("read_only", Scalar("true"))
    if not isinstance(item, Scalar):
        return item
    parts = mount_sections(item.text)
    if len(parts) == _ALONE:
        settings = (("type", string("volume")), ("target", string(item.text)), ("read_only", Scalar("true")))
        return Mapping(tuple(Entry(Scalar(key), value) for key, value in settings))
    options = parts[2].split(",") if len(parts) == _WITH_OPTIONS else []
    return string(":".join((*parts[:2], ",".join(("ro", *(word for word in options if word not in ("rw", "ro")))))))
