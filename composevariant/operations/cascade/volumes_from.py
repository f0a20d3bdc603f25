"""`volumes_from` a service that leaves: its mounts, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.extends import base_name, flattened
from composevariant.compose.placing import detached
from composevariant.compose.sections import mount_sections
from composevariant.compose.services import text_of
from composevariant.compose.volumes import mount_of
from composevariant.tree import Entry, Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from composevariant.operations.cascade.leaving import Leaving
    from composevariant.tree import Node

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
    service = flattened(gone.services[name], gone.services, gone.services)
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
    for item in map(detached, _items(service, "volumes")):
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
