"""The digest text of overlays that was used before `overlay_text`. It serves to recognize files with an old digest.

Remove this module after one release, together with its use in `variants.file_state`. The old text contained the names
of Python classes and of all their fields. These names are frozen here so that classes and fields can be renamed, so
never change the old names. Write a renamed field as `old=new`.
"""

from __future__ import annotations

from typing import Final

from composevariant.overlay.operations import (
    Add,
    Compose,
    Dockerfiles,
    Each,
    Layer,
    Overlay,
    Remove,
    Rename,
    Replace,
    Strip,
)
from composevariant.overlay.selectors import Name, Selector
from composevariant.source import Location
from composevariant.tree import Mapping, Scalar, Sequence, Step

OLD_NAMES: Final[dict[type, tuple[str, str]]] = {
    Strip: ("Strip", "sidecar services excepted labels log_volumes shared_network prune_networks required"),
    Remove: ("Remove", "path missing cascade"),
    Dockerfiles: ("Dockerfiles", "services suffix map missing replaces image platforms cache"),
    Compose: ("Compose", "content"),
    Each: ("Each", "match merge remove replace at_least at_most"),
    Rename: ("Rename", "section old new"),
    Replace: ("Replace", "path value"),
    Add: ("Add", "sidecar targets logs version output config params merged"),
    Layer: ("Layer", "name operations"),
    Overlay: ("Overlay", "layers env sidecars"),
    Selector: ("Selector", "name excepted has image label profile"),
    Name: ("Name", "text"),
    Step: ("Step", "text wild"),
}
"""The old name of each class, with its fields in their old order."""


def legacy_text(value: object) -> str:
    """Return the old digest text of an overlay or of a part of an overlay."""
    if isinstance(value, (Scalar, Mapping, Sequence)):
        return _node_text(value)
    if isinstance(value, Location):
        return ""
    if not isinstance(value, tuple):
        return repr(value)
    if type(value) in OLD_NAMES:
        return _fields_text(value)
    return f"tuple({', '.join(f'={legacy_text(item)}' for item in value)})"


def _fields_text(record: tuple[object, ...]) -> str:
    old_name, words = OLD_NAMES[type(record)]
    old_fields = [(old, new or old) for old, _, new in (word.partition("=") for word in words.split())]
    parts = [f"{old}={legacy_text(getattr(record, new))}" for old, new in old_fields]
    return f"{old_name}({', '.join([*parts, *_newer_fields(record, {new for _, new in old_fields})])})"


def _newer_fields(record: tuple[object, ...], known: set[str]) -> list[str]:
    """Return the newer fields that the user has set. If there is such a field, no old digest can match."""
    names: tuple[str, ...] = getattr(record, "_fields", ())
    defaults: dict[str, object] = getattr(record, "_field_defaults", {})
    return [
        f"{name}={legacy_text(value)}"
        for name, value in zip(names, record, strict=True)
        if name not in known
        and not isinstance(value, Location)
        and not (name in defaults and legacy_text(defaults[name]) == legacy_text(value))
    ]


def _node_text(node: Scalar | Mapping | Sequence) -> str:
    if isinstance(node, Mapping):
        entries = ", ".join(f"{name!r}: {_node_text(value)}" for name, value in node.items())
        return f"{node.tag or ''}{{{entries}}}"
    if isinstance(node, Sequence):
        return f"{node.tag or ''}[{', '.join(map(_node_text, node.items))}]"
    kind, value = node.meaning
    return repr((kind, node.text if kind in ("int", "float") else str(value), node.tag))
