"""Infer an overlay from two existing files.

`infer` finds the operations that turn one file into the other, and proves them by applying them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.inference.asked import mapping, nested, size
    from composevariant.inference.inference import Inferred, infer, together
    from composevariant.inference.meaning import is_equal

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "asked": "mapping nested size",
        "inference": "Inferred infer together",
        "meaning": "is_equal",
    },
)
