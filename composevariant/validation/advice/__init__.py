"""Checks of what Compose accepts but people regret: warnings and advice, each with a stable id.

A check is a generator of `Problem`s over a `CheckContext`; `all.py` lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.validation.advice.all import advice_on
    from composevariant.validation.advice.files import CHECKS

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "all": "advice_on",
        "files": "CHECKS",
    },
)
