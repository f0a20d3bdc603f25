"""Overlays as data: the fields are the YAML keys, in the order in which the operations apply.

Named tuples and not dataclasses: these classes are made at every start, and a dataclass costs ten times as much.
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
    """The YAML key is `except`, which Python keeps for itself."""
    labels: Literal["remove", "keep"] | None = None
    log_volumes: Literal["keep", "remove"] = "keep"
    shared_network: Literal["refuse", "adopt"] = "refuse"
    prune_networks: bool = False
    required: bool = False
    location: Location | None = None


class Remove(NamedTuple):
    """Remove what a path names; a removed service takes the references to it along."""

    path: PathPattern
    missing: Literal["error", "ok"] = "error"
    cascade: bool = True
    location: Location | None = None


class Dockerfiles(NamedTuple):
    """Swap Dockerfiles by suffix or by an explicit map of service to file."""

    services: Selector | None = None
    suffix: str | None = None
    map: tuple[tuple[str, str, Location | None], ...] = ()
    missing: Literal["error", "keep", "generate"] = "error"
    replaces: tuple[str, ...] = (".optimized", ".standard", ".prod", ".production", ".dev")
    image: str | None = None
    platforms: tuple[str, ...] = ()
    """What the images are built for; written as `build.platforms`."""
    cache: tuple[tuple[str, str], ...] = ()
    """Where builds keep their cache, by type: `("registry", "example.com/{service}:cache")`."""
    location: Location | None = None


class Compose(NamedTuple):
    """Plain Compose YAML, merged by Compose's own rules, `!reset` and `!override` included."""

    content: Mapping
    location: Location | None = None


class Each(NamedTuple):
    """One change for many services. Paths are relative to the service."""

    match: Selector
    merge: Mapping | None = None
    remove: tuple[Remove, ...] = ()
    replace: tuple[Replace, ...] = ()
    at_least: int = 1
    at_most: int | None = None
    """From `expect`: `3` is exactly three, `1+` at least one, `0+` any number."""
    location: Location | None = None


class Rename(NamedTuple):
    """Give a service, volume, network, config, secret or model another name, with every reference to it."""

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
    """Add a sidecar: one for the host, or one for each of these services."""

    sidecar: str
    targets: Selector | None = None
    """The YAML key is `for`, which Python keeps for itself."""
    logs: tuple[tuple[str, str, Location | None], ...] = ()
    """Where services write log files; `*` is every one of them."""
    version: str | None = None
    output: tuple[str, Mapping] | None = None
    config: str = "file"
    """`file` beside the variant, `inline` in it, or the path of a file of the user's own."""
    params: tuple[tuple[str, str], ...] = ()
    merged: Mapping | None = None
    """The YAML key is `with`, which Python keeps for itself."""
    location: Location | None = None


Operation = Strip | Remove | Rename | Dockerfiles | Compose | Each | Replace | Add


class Layer(NamedTuple):
    """The operations of one overlay file or variant, in the order in which they apply."""

    name: str
    operations: tuple[Operation, ...]


class Overlay(NamedTuple):
    """Everything that makes one variant: its layers in order, and the variables that go with it."""

    layers: tuple[Layer, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    sidecars: tuple[tuple[str, Mapping], ...] = ()
    """Presets of the project's own, by name."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Those of all layers, in order."""
        return tuple(operation for layer in self.layers for operation in layer.operations)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The sidecars that the variant takes out."""
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
"""The YAML key of each operation. Digests are made of these words and not of the names of classes."""

_KEYS: Final = {
    "excepted": "except",
    "targets": "for",
    "merged": "with",
    "at_least": "expect.least",
    "at_most": "expect.most",
}
"""The YAML keys of the fields that have another name in Python. Whoever renames a field adds its key here."""


def overlay_text(overlay: Overlay) -> str:
    """The text that the digest of an overlay is made of: what the user wrote, in the words of the YAML keys.

    It is equal for overlays that ask for the same, wherever and however they are written. Fields that have their
    default are left out, so a new optional field changes no digest.
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
    """The fields of a named tuple in the order of their keys, which does not depend on the order in the class."""
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
