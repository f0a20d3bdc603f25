"""Where our merge and that of Docker Compose 2.40.3 differ on purpose. docs/compose-compatibility.md says why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.compose.crossed_pairs import Pair

RESULTS: Final[dict[str, Callable[[Pair], bool]]] = {
    "a key with an equals sign": lambda pair: 'E=e}"' in f"{pair.base} {pair.override}",
    "a target with a slash at its end": lambda pair: (
        pair.attribute == "volumes" and '/x/"' in pair.base + pair.override
    ),
    "a number behind a tag": lambda pair: re.search(r"!override -?[0-9]", pair.override) is not None,
}
"""Pairs of which both make something, but not the same, or of which only Compose refuses the result."""

REFUSALS: Final[dict[str, str]] = {
    "a tag without effect": "Docker Compose ignores",
    "a reset of nothing": "has nothing to reset",
    "an override with null": "takes !override null for a text",
    "an override with a text for a list": "and a single value here",
    "a list for a build": "services.s.build: it is a mapping in the base",
    "a number for all variables": "is not a text",
    "a date for a variable": "is a date to Docker Compose",
}
"""What only we refuse, with words of the message."""
