"""The mark by which a `COMPOSE_FILE` that our own `env` has set is known. Small, as it is read at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPOSE_FILE: Final = "COMPOSE_FILE"
MARKER: Final = "COMPOSEVARIANT_ENV"
"""Names the variables that `env` has set in a shell, so that the next `env` takes back those and no others."""


def is_marked(environment: Mapping[str, str]) -> bool:
    """Whether the `COMPOSE_FILE` of this shell is one that `env` has set, and so names a variant."""
    return COMPOSE_FILE in environment.get(MARKER, "").split()
