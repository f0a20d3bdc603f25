"""Read the instructions, stages, shell chains and base images of a Dockerfile, and rewrite Dockerfiles without loss.

This package knows the grammar and how BuildKit interprets it, but not what makes a build fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.dockerfile.chains import Chain, Command, Cut, RESERVED, Removals, WORD, chain_after, chain_cuts
    from composevariant.dockerfile.chains import flat_chain, script_of
    from composevariant.dockerfile.context import BuildContext, copied_folders, is_ignored, read_rules
    from composevariant.dockerfile.image import (
        Image,
        absolute_at,
        base_image,
        destination,
        image_of,
        is_within,
        mounts_of,
    )
    from composevariant.dockerfile.image import official_name, workdir_at
    from composevariant.dockerfile.items import Directive, Instruction, Item
    from composevariant.dockerfile.lexer import read_items
    from composevariant.dockerfile.outlines import Outline, outline_of
    from composevariant.dockerfile.rewriting import Rewriting
    from composevariant.dockerfile.shell import ShellSyntaxError, expand, unquoted_words
    from composevariant.dockerfile.stages import Dockerfile, Stage, read_dockerfile

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "chains": "Chain Command Cut RESERVED Removals WORD chain_after chain_cuts flat_chain script_of",
        "context": "BuildContext copied_folders is_ignored read_rules",
        "image": "Image absolute_at base_image destination image_of is_within mounts_of official_name workdir_at",
        "items": "Directive Instruction Item",
        "lexer": "read_items",
        "outlines": "Outline outline_of",
        "rewriting": "Rewriting",
        "shell": "ShellSyntaxError expand unquoted_words",
        "stages": "Dockerfile Stage read_dockerfile",
    },
)
