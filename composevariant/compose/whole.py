"""A project with what other files bring, which few projects have: what reads them is loaded where they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.extends import names_other_files
from composevariant.errors import ComposeVariantError

if TYPE_CHECKING:
    from composevariant.compose.compose_files import ComposeFiles
    from composevariant.tree import Mapping


def whole_if_known(tree: Mapping, files: ComposeFiles | None) -> Mapping:
    """The project with all that it extends and includes; the tree itself where that is all, or cannot be told."""
    if files is None or not names_other_files(tree):
        return tree
    from composevariant.compose.flat import whole_of

    try:
        return whole_of(tree, files)
    except ComposeVariantError:
        return tree
