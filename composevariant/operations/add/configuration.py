"""The configuration of an added sidecar, as an extra file, inline or from the user's file, and patches for services."""

from __future__ import annotations

from posixpath import normpath, splitext
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import item_key, mount_of, mounts_in, pairs_of, text_of
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.findings import Note, note
from composevariant.operations.context import ExtraFile
from composevariant.sidecars import without_key
from composevariant.source import Source
from composevariant.tree import Entry, Mapping, Scalar, Sequence, format_path, string
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose import Mount
    from composevariant.operations.context import Context
    from composevariant.overlay import Add
    from composevariant.sidecars import Config
    from composevariant.source import Location
    from composevariant.tree import Node, Path


class Configured(NamedTuple):
    """A service together with its configuration."""

    service: Mapping
    file: ExtraFile | None = None
    inline: Mapping | None = None
    """The definition for the top-level `configs`, under `inline_name`."""
    notes: tuple[Note, ...] = ()


def with_configuration(service: Mapping, name: str, config: Config | None, wanted: Add, context: Context) -> Configured:
    """Return the service `name` with the configuration that the overlay chooses. The text of `config` is final.

    Raises:
        UnusableInput: The overlay chooses a configuration, but the sidecar has none.
    """
    if config is None:
        if wanted.config != "file":
            raise UnusableInput(f"{wanted.sidecar} has no configuration file", wanted.location, "leave config out")
        return Configured(service)
    if wanted.config == "inline":
        return _inline(service, name, config)
    if wanted.config != "file":
        path = wanted.config if wanted.config[:1] in (".", "/", "~") else f"./{wanted.config}"
        missing = not path.startswith(("/", "~")) and not context.workspace.is_file(normpath(path))
        names = {"file": path, "reader": name}
        warning = note("add.config-missing", "warning", ("services", name, "volumes"), wanted.location, **names)
        notes = (warning,) if missing else ()
        return Configured(_with_mount(service, f"{path}:{config.path}:ro"), notes=notes)
    file = f"{wanted.sidecar}/{name}{splitext(config.path)[1]}"
    return Configured(_with_mount(service, f"./{file}:{config.path}:ro"), ExtraFile(file, config.text))


def inline_name(name: str) -> str:
    """Return the name of a service's configuration in the top-level `configs`."""
    return f"{name}_config".replace("-", "_").replace(".", "_")


def _with_mount(service: Mapping, mount: str) -> Mapping:
    volumes = service.get("volumes")
    items = volumes.items if isinstance(volumes, Sequence) else ()
    return service.with_value("volumes", Sequence((string(mount), *items)))


def _inline(service: Mapping, name: str, config: Config) -> Configured:
    """Add the configuration inline. Because Compose copies it into the container, `read_only` is removed."""
    notes: tuple[Note, ...] = ()
    if service.entry("read_only"):
        service = without_key(service, "read_only")
        notes = (note("add.read-only", "note", ("services", name, "read_only")),)
    pairs = (("source", string(inline_name(name))), ("target", string(config.path)))
    item = Mapping(tuple(Entry(Scalar(key), value) for key, value in pairs))
    # There is no final line break, so that `strip` can restore a base that ends without a line break.
    content = Scalar(config.text.rstrip("\n").replace("$", "$$"), "|")
    service = service.with_value("configs", Sequence((item,)))
    return Configured(service, inline=Mapping((Entry(Scalar("content"), content),)), notes=notes)


def yaml_text(mapping: Mapping) -> str:
    """Return a mapping as YAML without a final newline, ready to be inserted into a configuration."""
    if not mapping.entries:
        return "{}"
    return edit(parse(Source("options", "")), mapping).rstrip("\n")


# Changes to the service that a sidecar works for, such as labels and the volume that shares its log files.


class Patch(NamedTuple):
    """The settings to merge into a service, and template volumes that the service already has under other names."""

    content: Mapping
    sources: dict[str, str]


def patch_for(patch: Mapping, target: Mapping, name: str, location: Location | None) -> Patch:
    """Return the patch without mounts at targets that the service already mounts. The existing mount is shared instead.

    Raises:
        UnusableInput: The existing mount cannot be shared.
    """
    volumes = patch.get("volumes")
    if not isinstance(volumes, Sequence):
        return Patch(patch, {})
    there = {placed.mount.target: placed.mount for placed in mounts_in(target)}
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
            errors.append(_mount_error(name, old, location))
    raise_all(errors)
    rest = volumes.with_items(tuple(items))
    return Patch(patch.with_value("volumes", rest) if items else patch.without("volumes"), sources)


def _mount_error(name: str, mount: Mount, location: Location | None) -> UnusableInput:
    kind = {"volume": "an anonymous volume", "": "a mount that depends on a variable"}.get(mount.type, mount.type)
    what = f"{name} has {kind} at {mount.target}, which no other service can read"
    return UnusableInput(what, location, "mount a named volume there")


def with_sources(service: Mapping, sources: dict[str, str]) -> Mapping:
    """Return the service with the sources of its mounts replaced."""
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
    """Yield the paths that a patch adds to `old`, children before their parents.

    List items are identified by their keys.
    """
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
    """Yield an error for each existing value that the patch would overwrite. `strip` could not restore such a value."""
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
    return UnusableInput(f"{format_path(path)} is already set to another value", location, "remove it first")
