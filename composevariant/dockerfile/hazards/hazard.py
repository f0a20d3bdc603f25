"""What is dangerous in a Dockerfile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.places import mounts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.source import Location

CARGO_BUILDS: Final = re.compile(
    r"(?<![\w/.-])cargo[ \t]+(?:\+\S+[ \t]+)?(?:(?:b|build|rustc)\b|install\b(?=[^;&|\n]*--path))"
)
"""What compiles the project; `cargo install` of a name installs a tool."""


class Hazard(NamedTuple):
    """One finding of a check."""

    check: str
    """Its stable id."""
    message: str
    location: Location


class CacheMount(NamedTuple):
    """A `--mount=type=cache` of a step."""

    target: str
    id: str
    """"" where it has none, and so that of every other project with the same target."""


def cache_mounts(instruction: Instruction) -> Iterator[CacheMount]:
    """The cache mounts of a `RUN`."""
    for mount in mounts_of(instruction):
        if mount["type"] == "cache" and mount.get("target"):
            yield CacheMount(mount["target"].rstrip("/") or "/", mount.get("id", ""))
