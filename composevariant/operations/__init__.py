"""The operations of an overlay, as pure functions from a tree to a tree with notes on what was done and why.

`apply` calls the function for an operation, and `key_of` returns its key in an overlay. `strip`, `add`, `remove` and
`dockerfiles` are packages. Every other operation is a single module. `GeneratedVariant` is the result of all operations
of a variant, including their history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.operations.context import AppliedOperation, Context, ExtraFile, GeneratedVariant, others_of
    from composevariant.operations.dispatch import apply, key_of
    from composevariant.operations.dockerfiles.builds import Build, build_of
    from composevariant.operations.dockerfiles.generate import files_of, order_for
    from composevariant.operations.dockerfiles.plan import candidates, has_suffix
    from composevariant.operations.dockerfiles.preflight import is_declared
    from composevariant.operations.dockerfiles.sidecars import left_in_images, with_sidecars

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "context": "AppliedOperation Context ExtraFile GeneratedVariant others_of",
        "dispatch": "apply key_of",
        "dockerfiles.builds": "Build build_of",
        "dockerfiles.generate": "files_of order_for",
        "dockerfiles.plan": "candidates has_suffix",
        "dockerfiles.preflight": "is_declared",
        "dockerfiles.sidecars": "left_in_images with_sidecars",
    },
)
