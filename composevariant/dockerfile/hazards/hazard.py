"""What is dangerous in a Dockerfile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

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
    for flag in instruction.flags if instruction.name == "RUN" else ():
        name, _, value = flag.value.partition("=")
        pairs = dict(part.partition("=")[::2] for part in value.split(","))
        target = pairs.get("target") or pairs.get("dst") or pairs.get("destination") or ""
        if name == "--mount" and pairs.get("type") == "cache" and target:
            yield CacheMount(target.rstrip("/") or "/", pairs.get("id", ""))
