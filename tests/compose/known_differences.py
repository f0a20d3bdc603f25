"""Where our merge and that of Docker Compose 2.40.3 differ on purpose, as docs/compose-compatibility.md lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.compose.compose_oracle import JSON


class Tried(Protocol):
    """A setting, and its values in the base and in the override."""

    @property
    def attribute(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def override(self) -> str: ...


RESULTS: Final[dict[str, Callable[[Tried], bool]]] = {
    "a key with an equals sign": lambda pair: 'E=e}"' in f"{pair.base} {pair.override}",
    "a target with a slash at its end": lambda pair: (
        pair.attribute == "volumes" and '/x/"' in pair.base + pair.override
    ),
    "a number or a flag after a tag": lambda pair: (
        re.search(r"!override (-?[0-9]|true|false)", pair.override) is not None
    ),
}
"""Pairs of which both make something, but not the same, or of which only Compose refuses the result."""


def without_nothing(value: JSON) -> JSON:
    """The model without its empty mappings and nulls, however deep."""
    if not isinstance(value, dict):
        return value
    below = {key: without_nothing(child) for key, child in value.items()}
    return {key: child for key, child in below.items() if child not in (None, {})}


RENDERINGS: Final[dict[str, Callable[[JSON], JSON]]] = {"an emptied mapping": without_nothing}
"""What Compose prints differently and means alike, and what makes both the same. Only what is reset is compared so."""

REFUSALS: Final[dict[str, str]] = {
    "a tag without effect": "Docker Compose ignores",
    "a reset of nothing": "has nothing to reset",
    "an override with null": "reads !override null as a string",
    "an override with a text for a list": "and a single value here",
    "a list for a build": "services.s.build: it is a mapping in the base",
    "a number for all variables": "is not a string",
    "a date for a variable": " as a date",
}
"""What only we refuse, with words of the message."""
