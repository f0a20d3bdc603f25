"""From base and overlay to variant files: the pipeline, the plan of what to write, and writing it.

`make_variant` is the pipeline, pure. `OpenProject` reads a project once for all its variants. `plan_variants` compares
what would be written with what is on disk; `write_plans` writes all or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.variants.base_model import BaseModel, read_model
    from composevariant.variants.file_state import find_ancestor
    from composevariant.variants.keep_edits import Reconciled, reconciled
    from composevariant.variants.open_project import OpenProject, load_rules
    from composevariant.variants.pipeline import IntroducedProblem
    from composevariant.variants.plan import PlannedVariant, call_options, chosen_variants, command, compose_files
    from composevariant.variants.plan import elsewhere, plan_variants
    from composevariant.variants.write import BesideFile, beside_files, refusal, to_write, write_plans

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "base_model": "BaseModel read_model",
        "file_state": "find_ancestor",
        "keep_edits": "Reconciled reconciled",
        "open_project": "OpenProject load_rules",
        "pipeline": "IntroducedProblem",
        "plan": "PlannedVariant call_options chosen_variants command compose_files elsewhere plan_variants",
        "write": "BesideFile beside_files refusal to_write write_plans",
    },
)
