"""Sidecars as data, which describes how to recognise and add them, and the traces they leave in other services.

A preset is one YAML file in `presets/`. `find_suspects` finds the services of a sidecar in a project, and `traces_of`
finds its traces. The labels in `marker` identify what `add` wrote. The operations that add and remove sidecars are in
`composevariant.operations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.sidecars.detect import Suspect, dockerfile_of, find_suspects
    from composevariant.sidecars.marker import ADDED, FOR, SIDECAR, added_by_add, added_paths, label, remove_added
    from composevariant.sidecars.patterns import Trace, fits, fits_image, fits_words, may_fit, traces_of
    from composevariant.sidecars.presets import Advice, Embedded, Match, Preset, find_preset, load_preset, own_names
    from composevariant.sidecars.presets import preset_names, read_preset
    from composevariant.sidecars.templates import (
        Config,
        Destination,
        Mode,
        ModeSettings,
        Template,
        fill_mapping,
        fill_text,
    )
    from composevariant.sidecars.templates import without_key

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "detect": "Suspect dockerfile_of find_suspects",
        "marker": "ADDED FOR SIDECAR added_by_add added_paths label remove_added",
        "patterns": "Trace fits fits_image fits_words may_fit traces_of",
        "presets": "Advice Embedded Match Preset find_preset load_preset own_names preset_names read_preset",
        "templates": "Config Destination Mode ModeSettings Template fill_mapping fill_text without_key",
    },
)
