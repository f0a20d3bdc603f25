"""From a base and overlays to the files of the variants: generate, plan and write.

`OpenProject` reads a project once and generates its variants with the pure function `make_variant`. `plan_variants`
compares the variants with the files on disk, and `write_plans` writes all files or none. `merge_edits` merges edits
made by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.variants.base_model import BaseModel, read_model
    from composevariant.variants.file_state import find_ancestor
    from composevariant.variants.keep_edits import MergedEdits, merge_edits
    from composevariant.variants.open_project import OpenProject, load_rules
    from composevariant.variants.pipeline import IntroducedProblem
    from composevariant.variants.plan import PlannedVariant, call_options, compose_files, migrate_command, plan_variants
    from composevariant.variants.plan import project_settings, resolve_variants
    from composevariant.variants.write import PlannedFile, as_written, plan_extra_files, refusal, write_plans

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "base_model": "BaseModel read_model",
        "file_state": "find_ancestor",
        "keep_edits": "MergedEdits merge_edits",
        "open_project": "OpenProject load_rules",
        "pipeline": "IntroducedProblem",
        "plan": (
            "PlannedVariant call_options compose_files migrate_command plan_variants project_settings resolve_variants"
        ),
        "write": "PlannedFile as_written plan_extra_files refusal write_plans",
    },
)
