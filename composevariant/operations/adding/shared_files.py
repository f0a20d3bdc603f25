"""What the service that is served gets: labels, and the volume through which it hands over its log files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.identity import item_key
from composevariant.compose.services import pairs_of, text_of
from composevariant.compose.volumes import mount_of, placed_in
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.paths import format_path
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose.volumes import Mount
    from composevariant.source import Location
    from composevariant.tree import Node
    from composevariant.tree_edits import Path


class Patch(NamedTuple):
    """What the target gets, and which volumes of the template stand for others that it has already."""

    content: Mapping
    sources: dict[str, str]


def fitted(patch: Mapping, target: Mapping, name: str, location: Location | None) -> Patch:
    """The patch without mounts at places where the target mounts something already: that is shared instead.

    Raises:
        UnusableInput: what is mounted there cannot be shared.
    """
    volumes = patch.get("volumes")
    if not isinstance(volumes, Sequence):
        return Patch(patch, {})
    there = {placed.mount.target: placed.mount for placed in placed_in(target)}
    items: list[Node] = []
    sources: dict[str, str] = {}
    errors: list[ComposeVariantError] = []
    for item in volumes.items:
        mount = mount_of(item)
        old = there.get(mount.target) if mount else None
        if mount is None or old is None:
            items.append(item)
        elif old.type in ("volume", "bind") and old.source:
            sources[mount.source] = old.source
        else:
            errors.append(_not_shared(name, old, location))
    raise_all(errors)
    rest = volumes.with_items(tuple(items))
    return Patch(patch.with_value("volumes", rest) if items else patch.without("volumes"), sources)


def _not_shared(name: str, mount: Mount, location: Location | None) -> UnusableInput:
    kind = {"volume": "an anonymous volume", "": "something that a variable decides"}.get(mount.type, mount.type)
    what = f"{name} has {kind} at {mount.target}, which no other service can read"
    return UnusableInput(what, location, "mount a named volume there")


def with_sources(service: Mapping, sources: dict[str, str]) -> Mapping:
    """The rendered service with other volumes or folders in the place of these."""
    volumes = service.get("volumes")
    if not sources or not isinstance(volumes, Sequence):
        return service
    return service.with_value("volumes", Sequence(tuple(_with_source(item, sources) for item in volumes.items)))


def _with_source(item: Node, sources: dict[str, str]) -> Node:
    mount = mount_of(item)
    if mount is None or mount.source not in sources:
        return item
    source = sources[mount.source]
    if isinstance(item, Scalar):
        return Scalar(source + item.text[len(mount.source) :], item.style)
    if isinstance(item, Mapping):
        kind = "bind" if source[:1] in (".", "/", "~") else "volume"
        return item.with_value("source", Scalar(source)).with_value("type", Scalar(kind))
    return item


def new_paths(patch: Node, old: Node | None, path: Path) -> Iterator[Path]:
    """The addresses, by the names of things, that a patch adds to what is there: things first, then their holders."""
    if isinstance(patch, Mapping):
        known = {pair.key: pair for pair in pairs_of(old)} if old is not None else {}
        for entry in patch.entries:
            below = old.get(entry.name) if isinstance(old, Mapping) else None
            if old is None or isinstance(old, Mapping):
                yield from new_paths(entry.value, below, (*path, entry.name))
            elif entry.name not in known:
                yield (*path, entry.name)
    elif isinstance(patch, Sequence):
        there = {item_key(path, item) for item in old.items} if isinstance(old, Sequence) else set()
        for item in patch.items:
            key = item_key(path, item)
            if key is not None and key not in there:
                yield (*path, key)
    if old is None:
        yield path


def clashes(patch: Mapping, old: Mapping, path: Path, location: Location | None) -> Iterator[ComposeVariantError]:
    """Single values that the target has already and that would be overwritten: nobody could take that back."""
    for entry in patch.entries:
        below = old.get(entry.name)
        if isinstance(entry.value, Mapping) and isinstance(below, Mapping):
            yield from clashes(entry.value, below, (*path, entry.name), location)
        elif isinstance(entry.value, Mapping) and below is not None:
            values = {pair.key: pair.value for pair in pairs_of(below)}
            for name, value in entry.value.items():
                if name in values and values[name] != text_of(value):
                    yield _clash((*path, entry.name, name), location)
        elif isinstance(entry.value, Scalar) and below is not None and text_of(below) != text_of(entry.value):
            yield _clash((*path, entry.name), location)


def _clash(path: Path, location: Location | None) -> UnusableInput:
    return UnusableInput(f"{format_path(path)} is set already, to something else", location, "remove it first")
