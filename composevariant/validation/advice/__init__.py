"""Warnings and advice on files that Compose accepts, each with a stable id.

A check is a generator that yields `Problem`s for a `CheckContext`. `all.py` lists the checks, and `advice_on` runs
them.
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
