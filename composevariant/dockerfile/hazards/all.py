"""All hazards that are looked for. One more is one more file, its line here, and its section in docs/checks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.embedded.reach import built
from composevariant.dockerfile.hazards.cache_over_output import cache_over_output
from composevariant.dockerfile.hazards.lost_stage import lost_stage
from composevariant.dockerfile.hazards.shared_compile_cache import shared_compile_cache
from composevariant.dockerfile.hazards.stale_dummy import stale_dummy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.dockerfile.hazards.hazard import Hazard
    from composevariant.dockerfile.stages import Dockerfile, Stage

_CHECKS: Final[tuple[Callable[[Dockerfile, list[Stage]], Iterator[Hazard]], ...]] = (
    stale_dummy,
    cache_over_output,
    shared_compile_cache,
    lost_stage,
)


def hazards(dockerfile: Dockerfile, target: str | None) -> list[Hazard]:
    """What is dangerous when the stage `target` is built; "" is the last one, None stands for any."""
    stages = built(dockerfile, None if target is None else frozenset((target,)))
    return list(dict.fromkeys(hazard for check in _CHECKS for hazard in check(dockerfile, stages)))
