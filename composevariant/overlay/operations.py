"""Overlays as data. The fields are the YAML keys, in the order in which the operations apply.

The classes are named tuples because they are created at every start, and creating a dataclass takes ten times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.overlay.selectors import Name
from composevariant.source import Location
from composevariant.tree import Mapping, Scalar, Sequence, Step, node_text, write_path

if TYPE_CHECKING:
    from composevariant.overlay.selectors import Selector
    from composevariant.tree import Node, PathPattern


class Strip(NamedTuple):
    """Remove a sidecar with everything that belongs to it."""

    sidecar: str
    services: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    """The YAML key is `except`, which is a keyword in Python."""
    labels: Literal["remove", "keep"] | None = None
    log_volumes: Literal["keep", "remove"] = "keep"
    shared_network: Literal["refuse", "adopt"] = "refuse"
    prune_networks: bool = False
    required: bool = False
    location: Location | None = None


class Remove(NamedTuple):
    """Remove everything that a path matches. If that is a service, references to the service are also removed."""

    path: PathPattern
    missing: Literal["error", "ok"] = "error"
    cascade: bool = True
    location: Location | None = None


class Dockerfiles(NamedTuple):
    """Swap Dockerfiles by suffix or by an explicit map from service to file."""

    services: Selector | None = None
    suffix: str | None = None
    map: tuple[tuple[str, str, Location | None], ...] = ()
    missing: Literal["error", "keep", "generate"] = "error"
    replaces: tuple[str, ...] = (".optimized", ".standard", ".prod", ".production", ".dev")
    image: str | None = None
    platforms: tuple[str, ...] = ()
    """The platforms of the images, which are written to `build.platforms`."""
    cache: tuple[tuple[str, str], ...] = ()
    """The build caches as pairs of type and location, such as `("registry", "example.com/{service}:cache")`."""
    location: Location | None = None


class Compose(NamedTuple):
    """Merge plain Compose YAML by the rules of Compose, including `!reset` and `!override`."""

    content: Mapping
    location: Location | None = None


class Each(NamedTuple):
    """Make the same change in many services. Paths are relative to the service."""

    match: Selector
    merge: Mapping | None = None
    remove: tuple[Remove, ...] = ()
    replace: tuple[Replace, ...] = ()
    at_least: int = 1
    at_most: int | None = None
    """Set by `expect`, where `3` means exactly three services, `1+` at least one, and `0+` any number."""
    location: Location | None = None


class Rename(NamedTuple):
    """Rename a service, volume, network, config, secret or model, including every reference to it."""

    section: str
    old: str
    new: str
    location: Location | None = None


class Replace(NamedTuple):
    """Set exactly this value at exactly this path."""

    path: PathPattern
    value: Node
    location: Location | None = None


class Add(NamedTuple):
    """Add one sidecar for the host, or one for each target service."""

    sidecar: str
    targets: Selector | None = None
    """The YAML key is `for`, which is a keyword in Python."""
    logs: tuple[tuple[str, str, Location | None], ...] = ()
    """The log paths by service, where `*` stands for every target service."""
    version: str | None = None
    output: tuple[str, Mapping] | None = None
    config: str = "file"
    """`file` (next to the variant), `inline`, or the path of a file that the user maintains."""
    params: tuple[tuple[str, str], ...] = ()
    merged: Mapping | None = None
    """The YAML key is `with`, which is a keyword in Python."""
    location: Location | None = None


Operation = Strip | Remove | Rename | Dockerfiles | Compose | Each | Replace | Add


class Layer(NamedTuple):
    """The operations of one overlay file or variant, in the order in which they apply."""

    name: str
    operations: tuple[Operation, ...]


class Overlay(NamedTuple):
    """The definition of one variant, with its layers in order, its variables and the presets of the project."""

    layers: tuple[Layer, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    sidecars: tuple[tuple[str, Mapping], ...] = ()
    """The presets of the project, by name."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of all layers, in order."""
        return tuple(operation for layer in self.layers for operation in layer.operations)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The `strip` operations of all layers."""
        return tuple(operation for operation in self.operations if isinstance(operation, Strip))


OPERATION_KEYS: Final[dict[type, str]] = {
    Strip: "strip",
    Remove: "remove",
    Rename: "rename",
    Dockerfiles: "dockerfiles",
    Compose: "compose",
    Each: "each",
    Replace: "replace",
    Add: "add",
}
"""The YAML key of each operation. Digests use these keys, not the names of the classes."""

_KEYS: Final = {
    "excepted": "except",
    "targets": "for",
    "merged": "with",
    "at_least": "expect.least",
    "at_most": "expect.most",
}
"""The YAML keys of fields that have a different name in Python. When you rename a field, add its key here."""


def overlay_text(overlay: Overlay) -> str:
    """Return the settings of an overlay under their YAML keys, as the text from which its digest is computed.

    Equivalent overlays have the same text, regardless of file and notation. Fields with their default value are
    omitted, so adding an optional field does not change any digest.
    """
    return _text(overlay)


def _text(value: object) -> str:
    if isinstance(value, (Scalar, Mapping, Sequence)):
        return node_text(value)
    if isinstance(value, Name):
        return ascii(value.text)
    if not isinstance(value, tuple):
        return ascii(value)
    if hasattr(value, "_fields"):
        return _fields_text(value)
    if value and isinstance(value[0], Step):
        return ascii(write_path(value))
    return f"[{', '.join(_text(item) for item in value if item is not None and not isinstance(item, Location))}]"


def _fields_text(record: tuple[object, ...]) -> str:
    """Return the fields of a named tuple as text, sorted by key so that their order in the class has no effect."""
    names: tuple[str, ...] = getattr(record, "_fields", ())
    defaults: dict[str, object] = getattr(record, "_field_defaults", {})
    written = sorted(
        f"{_KEYS.get(name, name)}: {_text(value)}"
        for name, value in zip(names, record, strict=True)
        if not isinstance(value, Location) and not (name in defaults and _is_same(defaults[name], value))
    )
    text = f"{{{', '.join(written)}}}"
    operation = OPERATION_KEYS.get(type(record))
    return f"{{{operation}: {text}}}" if operation else text


def _is_same(default: object, value: object) -> bool:
    return default is value or _text(default) == _text(value)
