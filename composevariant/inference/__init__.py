"""Infer an overlay from two existing files.

`infer` finds operations that turn the first file into the second, and verifies the operations by applying them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.inference.change_requests import mapping, nested, size
    from composevariant.inference.inference import InferredOverlay, infer, infer_together
    from composevariant.inference.settings import is_equal

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "change_requests": "mapping nested size",
        "inference": "InferredOverlay infer infer_together",
        "settings": "is_equal",
    },
)
