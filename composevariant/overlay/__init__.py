"""Overlays as data, with a named tuple for each operation, and the reader that builds overlays from YAML.

An `Overlay` is a sequence of layers, each with its operations in the order in which they apply. `read_overlay` collects
all errors with their locations. A `Selector` selects services by name, wildcard pattern or property. `overlay_text`
returns the text from which digests are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.overlay.legacy_digest import legacy_text
    from composevariant.overlay.operations import (
        Add,
        Compose,
        Dockerfiles,
        Each,
        Layer,
        OPERATION_KEYS,
        Operation,
        Overlay,
    )
    from composevariant.overlay.operations import Remove, Rename, Replace, Strip, overlay_text
    from composevariant.overlay.reader import OVERLAY_KEYS, OverlayKeys, load_overlay, read_overlay
    from composevariant.overlay.selectors import Name, Selector

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "legacy_digest": "legacy_text",
        "operations": (
            "Add Compose Dockerfiles Each Layer OPERATION_KEYS Operation Overlay Remove Rename Replace Strip "
            "overlay_text"
        ),
        "reader": "OVERLAY_KEYS OverlayKeys load_overlay read_overlay",
        "selectors": "Name Selector",
    },
)
