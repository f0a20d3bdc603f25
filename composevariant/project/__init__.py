"""The project: `composevariant.yml`, base files, variants, output paths, and the active variant.

`find_project` reads the project file, `find_base` finds the base files, and `resolve_variant` collects the layers of a
variant in order. The active variant is stored in a marked block of `.env`, or exported to a shell. `add_block` and
`render_shell` write these, and `describe_effects` lists what changes for Docker Compose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.project.active_variant import Block, SHELLS, active_files, add_block, check_variables
    from composevariant.project.active_variant import (
        compose_file_variables,
        find_block,
        is_for_builders,
        project_variables,
    )
    from composevariant.project.active_variant import render_shell, shell_changes
    from composevariant.project.base_files import Base, BaseFile, DEFAULT_NAMES, find_base, override_beside
    from composevariant.project.project_file import (
        BUILT_IN,
        FAST_SIDECAR,
        FAST_SIDECAR_TITLE,
        Form,
        PROJECT_FILES,
        Project,
    )
    from composevariant.project.project_file import Reference, find_project
    from composevariant.project.starter_file import SCHEMA_FOLDER, Survey, add_base_facts, is_yaml, starter_text
    from composevariant.project.switch_effects import SwitchSituation, describe_effects
    from composevariant.project.variants import Variant, ad_hoc_variant, choose_variants, default_output, output_clash
    from composevariant.project.variants import output_path, output_paths, resolve_variant

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "active_variant": (
            "Block SHELLS active_files add_block check_variables compose_file_variables find_block "
            "is_for_builders project_variables render_shell shell_changes"
        ),
        "base_files": "Base BaseFile DEFAULT_NAMES find_base override_beside",
        "project_file": ("BUILT_IN FAST_SIDECAR FAST_SIDECAR_TITLE Form PROJECT_FILES Project Reference find_project"),
        "starter_file": "SCHEMA_FOLDER Survey add_base_facts is_yaml starter_text",
        "switch_effects": "SwitchSituation describe_effects",
        "variants": (
            "Variant ad_hoc_variant choose_variants default_output output_clash output_path output_paths "
            "resolve_variant"
        ),
    },
)
