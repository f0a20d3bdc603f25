"""The configuration of an added sidecar: a file beside the variant, a part of it, or a file of the user's own."""

from __future__ import annotations

from posixpath import normpath, splitext
from typing import TYPE_CHECKING, NamedTuple

from composevariant.errors import UnusableInput
from composevariant.findings import Note, note
from composevariant.operations.outcome import Beside
from composevariant.sidecars.template import without_key
from composevariant.source import Source
from composevariant.tree import Entry, Mapping, Scalar, Sequence, string
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from composevariant.operations.outcome import Context
    from composevariant.overlay import Add
    from composevariant.sidecars.template import Config


class Configured(NamedTuple):
    """A service that has its configuration."""

    service: Mapping
    file: Beside | None = None
    inline: Mapping | None = None
    """What the top-level `configs` need under `inline_name`."""
    notes: tuple[Note, ...] = ()


def configured(service: Mapping, name: str, config: Config | None, wanted: Add, context: Context) -> Configured:
    """The service called `name`, with the configuration that the overlay asks for; its text is filled already.

    Raises:
        UnusableInput: the sidecar takes no configuration, but one is named.
    """
    if config is None:
        if wanted.config != "file":
            raise UnusableInput(f"{wanted.sidecar} takes no configuration file", wanted.location, "leave config out")
        return Configured(service)
    if wanted.config == "inline":
        return _inline(service, name, config)
    if wanted.config != "file":
        path = wanted.config if wanted.config[:1] in (".", "/", "~") else f"./{wanted.config}"
        missing = not path.startswith(("/", "~")) and not context.workspace.is_file(normpath(path))
        names = {"file": path, "reader": name}
        doubt = note("add.config-missing", "warning", ("services", name, "volumes"), wanted.location, **names)
        notes = (doubt,) if missing else ()
        return Configured(_with_mount(service, f"{path}:{config.path}:ro"), notes=notes)
    file = f"{wanted.sidecar}/{name}{splitext(config.path)[1]}"
    return Configured(_with_mount(service, f"./{file}:{config.path}:ro"), Beside(file, config.text))


def inline_name(name: str) -> str:
    """Under which name a service's configuration stands in the Compose file."""
    return f"{name}_config".replace("-", "_").replace(".", "_")


def _with_mount(service: Mapping, mount: str) -> Mapping:
    volumes = service.get("volumes")
    items = volumes.items if isinstance(volumes, Sequence) else ()
    return service.with_value("volumes", Sequence((string(mount), *items)))


def _inline(service: Mapping, name: str, config: Config) -> Configured:
    """Compose copies the text into the container, which it cannot where the file system is read-only."""
    notes: tuple[Note, ...] = ()
    if service.entry("read_only"):
        service = without_key(service, "read_only")
        notes = (note("add.read-only", "note", ("services", name, "read_only")),)
    pairs = (("source", string(inline_name(name))), ("target", string(config.path)))
    item = Mapping(tuple(Entry(Scalar(key), value) for key, value in pairs))
    # Without a last line break, a base that ends without one can end so again when this is taken back.
    content = Scalar(config.text.rstrip("\n").replace("$", "$$"), "|")
    service = service.with_value("configs", Sequence((item,)))
    return Configured(service, inline=Mapping((Entry(Scalar("content"), content),)), notes=notes)


def yaml_text(mapping: Mapping) -> str:
    """A mapping as YAML, for a place in a configuration; without a last newline."""
    if not mapping.entries:
        return "{}"
    return edit(parse(Source("options", "")), mapping).rstrip("\n")
