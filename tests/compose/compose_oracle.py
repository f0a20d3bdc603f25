"""What the real `docker compose config` prints, and how it is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Oracle: TypeAlias = "Callable[..., JSON]"
"""The model that Compose makes of some files, or None when it refuses them."""
Printed: TypeAlias = "Callable[..., str | None]"
"""What Compose prints of some files in the format `form`, or None when it refuses them."""


def without_empty(value: JSON) -> JSON:
    """The model without what says nothing: an empty mapping is as good as null, and `volume: {}` as none."""
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_empty(below) for key, below in value.items() if (key, below) != ("volume", {})}
    return {key: None if below == {} else below for key, below in kept.items()}
