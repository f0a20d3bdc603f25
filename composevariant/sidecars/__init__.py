"""Sidecars as data: presets, how a service is recognised, and what a sidecar leaves behind in other services.

A preset is one YAML file in `presets/`. `detect` finds its services in a project. Removing and adding sidecars are
operations and live there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.sidecars.detect import Suspect, dockerfile_of, suspects
    from composevariant.sidecars.marker import ADDED, FOR, SIDECAR, label, made_by_add, record, taken_back
    from composevariant.sidecars.patterns import Trace, fits, fits_image, fits_words, may_fit, traces_of
    from composevariant.sidecars.presets import Advice, Embedded, Match, Preset, find_preset, load_preset, own_names
    from composevariant.sidecars.presets import preset_names, read_preset
    from composevariant.sidecars.templates import (
        Config,
        Destination,
        Mode,
        Parts,
        Template,
        filled_mapping,
        filled_text,
    )
    from composevariant.sidecars.templates import without_key

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "detect": "Suspect dockerfile_of suspects",
        "marker": "ADDED FOR SIDECAR label made_by_add record taken_back",
        "patterns": "Trace fits fits_image fits_words may_fit traces_of",
        "presets": "Advice Embedded Match Preset find_preset load_preset own_names preset_names read_preset",
        "templates": "Config Destination Mode Parts Template filled_mapping filled_text without_key",
    },
)
