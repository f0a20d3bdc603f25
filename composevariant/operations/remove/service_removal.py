"""Remove services so that the remaining services still work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import mount_of, mount_sections, text_of, with_services
from composevariant.compose.merge import base_name, resolve_extends, with_settings_of
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, raise_all
from composevariant.findings import Note, NoteKind, keyed, note, phrase
from composevariant.operations.context import Outcome
from composevariant.operations.remove.mentions import log_address, notes_on_mentions, published_ports, removal_of
from composevariant.operations.waits import conditions_of
from composevariant.tree import Entry, Mapping, Scalar, Sequence, delete, detach, format_path, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.operations.context import Context
    from composevariant.operations.remove.mentions import BrokenReference, Removal
    from composevariant.source import Location
    from composevariant.tree import Node, Path


class SharedNamespaces(NamedTuple):
    """The treatment of services that share a namespace of a removed service."""

    policy: Literal["refuse", "drop", "adopt"] = "refuse"
    """Even `drop` refuses namespaces that a service needs, which are the network and an `ipc` that is `shareable`."""
    hint: str = "remove this setting first, or the service as well"
    """The hint in the error."""


NO_SERVICE_LEFT: Final = "this would leave no service, and Compose needs at least one"
REFUSE: Final = SharedNamespaces()


def remove_services(
    tree: Mapping,
    reasons: Table[str, str],
    context: Context,
    shared: SharedNamespaces = REFUSE,
    location: Location | None = None,
) -> Outcome:
    """Return the tree without the given services and without references to them.

    `reasons` maps each service to the reason for its removal, or to an empty string. The remaining services are changed
    only where they refer to a removed service. References such as `depends_on` and links are dropped, `volumes_from`
    and `extends` are resolved, and a warning is reported where a repair would be a guess. Top-level definitions are
    kept, because `unused` removes them. `location` is the location in the overlay that requests the removal.

    Raises:
        Refused: A service shares the network or another namespace of a removed service, builds on its image, or takes
            unknown volumes from it. All such errors are raised together.
        UnusableInput: No service would be left.
    """
    gone = removal_of(tree, reasons, context.project)
    if gone.services.keys() <= gone.names:
        raise UnusableInput(NO_SERVICE_LEFT, location)
    notes = [_removal_note(name, reasons[name], gone) for name in gone.services if name in gone.names]
    stay = _write_out_heirs(gone, notes)
    references = [reference for user, service in stay.items() for reference in gone.references_of(user, service)]
    errors = _refusals(references, shared, gone)
    notes += _reference_notes(references, stay, gone, shared)
    _write_mounts(stay, references, gone, errors)
    raise_all(errors)
    if shared.policy == "adopt":
        notes += adopt_namespaces(stay, [reference for reference in references if reference.kind in NAMESPACES], gone)
    dropped = [each.path for each in references if each.kind not in NAMESPACES or shared.policy == "drop"]
    dropped += _log_drivers(stay, gone, notes)
    changed = {user: service for user, service in stay.items() if service is not gone.services[user]}
    doomed: list[Path] = [("services", name) for name in gone.names]
    after = delete(with_services(tree, changed), [*doomed, *dropped], prune=True)
    removed = Outcome(after, (*notes, *notes_on_mentions(after, references, gone, context.folders)))
    return _without_inherited_waits(removed, gone, context)


def _without_inherited_waits(removed: Outcome, gone: Removal, context: Context) -> Outcome:
    if context.others is None:
        return removed
    from composevariant.operations.remove.inherited import without_inherited_waits

    return without_inherited_waits(removed, gone.names, context)


def _removal_note(name: str, reason: str, gone: Removal) -> Note:
    message = "remove.service-because" if reason else "remove.service"
    return note(message, "removed", ("services", name), location_of(gone.services[name]), reason=reason)


def _write_out_heirs(gone: Removal, notes: list[Note]) -> dict[str, Mapping]:
    """Return the remaining services. If one of them extends a removed service, that `extends` is resolved."""
    stay = {name: service for name, service in gone.services.items() if name not in gone.names}
    for name, service in stay.items():
        base = base_name(service)
        if base in gone.names:
            stay[name] = resolve_extends(service, gone.services, gone.names)
            where = location_of(service.get("extends"))
            notes.append(note("remove.extends", "warning", ("services", name, "extends"), where, base=base))
    return stay


def _is_refused(reference: BrokenReference, shared: SharedNamespaces, gone: Removal) -> bool:
    if shared.policy != "drop":
        return shared.policy == "refuse"
    shareable = text_of(gone.services[reference.name].get("ipc")) == "shareable"
    return reference.kind == "network_mode" or (reference.kind == "ipc" and shareable)


def _refusals(references: list[BrokenReference], shared: SharedNamespaces, gone: Removal) -> list[ComposeVariantError]:
    errors: list[ComposeVariantError] = []
    for reference in references:
        if reference.kind in NAMESPACES and _is_refused(reference, shared, gone):
            errors.append(
                _refusal(
                    reference,
                    f"is shared with {reference.name}, without which {reference.user} would not start",
                    shared.hint,
                )
            )
        elif reference.kind == "additional_contexts":
            what = f"is the image of {reference.name}, without which {reference.user} could not be built"
            errors.append(_refusal(reference, what, "remove this context first, or the service as well"))
    return errors


def _refusal(reference: BrokenReference, what: str, hint: str) -> Refused:
    message = f"{format_path(reference.path)} {what}; {reference.name} is not removed"
    return Refused(message, location_of(reference.node), hint)


def _reference_notes(
    references: list[BrokenReference], stay: Table[str, Mapping], gone: Removal, shared: SharedNamespaces
) -> Iterator[Note]:
    for reference in references:
        path, where, kind, name = (
            keyed(reference.path, reference.node),
            location_of(reference.node),
            reference.kind,
            reference.name,
        )
        if kind in ("depends_on", "links", "external_links"):
            sort: NoteKind = "warning" if kind == "external_links" else "repaired"
            yield note("remove.reference", sort, path, where, setting=kind, name=name)
            yield from lost_waits(reference.user, stay[reference.user], reference, gone) if kind == "depends_on" else ()
        elif kind == "volumes_from":
            yield note("remove.volumes-from", "repaired", path, where, name=name)
        elif kind in NAMESPACES and shared.policy == "drop":
            yield note("remove.namespace", "warning", path, where, setting=kind, owner=name)


def _write_mounts(
    stay: dict[str, Mapping], references: list[BrokenReference], gone: Removal, errors: list[ComposeVariantError]
) -> None:
    origins: dict[str, list[BrokenReference]] = {}
    for reference in references:
        if reference.kind == "volumes_from":
            origins.setdefault(reference.user, []).append(reference)
    for user, taken in origins.items():
        read_only = {reference.name: text_of(reference.node).endswith(":ro") for reference in taken}
        try:
            stay[user] = with_mounts(user, stay[user], read_only, gone)
        except UnclearMountsError as unclear:
            what = f"{format_path(taken[0].path[:3])} cannot be replaced: {unclear}"
            hint = f"write the mounts that {user} needs under its volumes, and remove this setting first"
            errors.append(Refused(what, location_of(taken[0].node), hint))


def _log_drivers(stay: Table[str, Mapping], gone: Removal, notes: list[Note]) -> list[Path]:
    ports = published_ports(gone.services[name] for name in gone.names)
    dropped: list[Path] = []
    for user, service in stay.items():
        address = log_address(service, gone.containers, ports) if service.entry("logging") else ""
        if address:
            dropped.append(("services", user, "logging"))
            where = location_of(service.get("logging"))
            notes.append(note("remove.log-driver", "warning", dropped[-1], where, address=address))
    return dropped


# Services that share the network, or another namespace, of a removed service.

NAMESPACES: Final = ("network_mode", "pid", "ipc", "uts", "cgroup")
_OF_THE_NETWORK: Final = (
    "network_mode", "networks", "ports", "expose", "dns", "dns_search", "dns_opt", "extra_hosts", "hostname",
    "domainname", "mac_address", "sysctls",
)  # fmt: skip
"""Network settings that a service cannot have if it shares the network of another service."""


def adopt_namespaces(services: dict[str, Mapping], references: list[BrokenReference], gone: Removal) -> Iterator[Note]:
    """Hand over the namespaces of removed services to services that share them. This changes `services` in place.

    The first service that shares a namespace takes over the settings of the owner. The other services then share the
    namespace with that first service.
    """
    heirs: dict[tuple[str, str], str] = {}
    for reference in references:
        user, kind = reference.user, reference.kind
        first = heirs.setdefault((reference.name, kind), user)
        if first != user:
            services[user] = services[user].with_value(kind, string(f"service:{first}"))
            names = {"setting": kind, "owner": reference.name, "heir": first}
            yield note("remove.namespace-heir", "repaired", reference.path, location_of(reference.node), **names)
            continue
        settings = _settings(reference.name, kind, gone)
        services[user] = with_settings_of(settings, services[user], kind, reference.name)
        taken = settings.names()
        where, owner = location_of(reference.node), reference.name
        if taken:
            path = ("services", user)
            yield note("remove.namespace-taken", "repaired", path, where, settings=", ".join(taken), owner=owner)
        else:
            yield note("remove.namespace-left", "warning", reference.path, where, setting=kind, owner=owner)


def _settings(owner: str, kind: str, gone: Removal) -> Mapping:
    """Return the settings of a namespace from its owner and from removed services whose namespace the owner shares."""
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


# Services that a service no longer waits for when the service between them is removed.

_PHRASES: Final = {"service_healthy": "remove.wait-healthy", "service_completed_successfully": "remove.wait-completed"}
"""The message ids for the conditions whose loss is reported."""


def lost_waits(user: str, service: Mapping, dropped: BrokenReference, gone: Removal) -> Iterator[Note]:
    """Yield a warning for each service that `user` waited for only through the service in a dropped `depends_on`.

    A service starts after everything that it waits for itself, so waiting for a service includes the waits of that
    service.
    """
    still = _still_waited_for(service, gone)
    for name, condition in _conditions(dropped.name, gone, set()).items():
        if name not in still and name != user:
            path, where = keyed(dropped.path, dropped.node), location_of(dropped.node)
            end = phrase(_PHRASES[condition])
            yield note("remove.wait-lost", "warning", path, where, name=name, end=end, gone=dropped.name)


def _still_waited_for(service: Mapping, gone: Removal) -> set[str]:
    """Return the services that a service waits for, directly or through other remaining services."""
    waiting = list(conditions_of(service))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in gone.names and name in gone.services:
            found.add(name)
            waiting += conditions_of(gone.services[name])
    return found


def _conditions(name: str, gone: Removal, seen: set[str]) -> dict[str, str]:
    """Return the remaining services that a removed service waits for, with conditions.

    This includes waits through other removed services.
    """
    seen.add(name)
    waits: dict[str, str] = {}
    for other, condition in conditions_of(gone.services.get(name, Mapping())).items():
        if other in gone.names:
            waits |= _conditions(other, gone, seen) if other not in seen else {}
        elif condition in _PHRASES:
            waits[other] = condition
    return waits


# `volumes_from` a removed service, which is replaced with the mounts of that service.

_ALONE: Final = 1
_WITH_OPTIONS: Final = 3


class UnclearMountsError(Exception):
    """The mounts of a service are unknown for the reason in the text of the error."""


class _Inherited(NamedTuple):
    """The mounts that a service inherits through `volumes_from`."""

    mounts: dict[str, Node]
    """The mounts by target."""
    others: dict[str, Node]
    """The items of `volumes_from` that are kept, by the service or container that they name."""


def with_mounts(user: str, service: Mapping, origins: dict[str, bool], gone: Removal) -> Mapping:
    """Return the service with the mounts of the removed services in `origins`.

    The values of `origins` are true for read-only mounts. At the same target, the service's own mounts take precedence,
    as in Docker.

    Raises:
        UnclearMountsError: A removed service inherits from another file or has a mount that cannot be read.
    """
    items, left = _items(service, "volumes"), _items(service, "volumes_from")
    targets = {mount.target for mount in map(mount_of, items) if mount}
    named = {user, *map(_origin_of, left)}
    for name, read_only in origins.items():
        taken = _inherited_mounts(name, gone, frozenset((name,)), read_only=read_only)
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


def _inherited_mounts(name: str, gone: Removal, seen: frozenset[str], *, read_only: bool) -> _Inherited:
    """Return the mounts of a removed service, including those from its own `volumes_from`."""
    service = resolve_extends(gone.services[name], gone.services, gone.services)
    if service.entry("extends") is not None and not base_name(service):
        raise UnclearMountsError(f"{name} extends a service of another file, which may mount more")
    taken = _Inherited({}, {})
    for item in _items(service, "volumes_from"):
        other, locked = _origin_of(item), read_only or text_of(item).endswith(":ro")
        if other not in gone.names:
            taken.others[other] = string(f"{other}:ro") if locked else item
        elif other not in seen:
            below = _inherited_mounts(other, gone, seen | {other}, read_only=locked)
            taken.mounts.update(below.mounts)
            taken.others.update(below.others)
    for item in map(detach, _items(service, "volumes")):
        mount = mount_of(item)
        if mount is None or not mount.target:
            raise UnclearMountsError(f"{name} has a mount that depends on variables")
        if mount.type != "tmpfs":
            taken.mounts[mount.target] = _read_only(item) if read_only else item
    return taken


def _origin_of(item: Node) -> str:
    """Return the service or `container:<name>` that an item of `volumes_from` names."""
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
