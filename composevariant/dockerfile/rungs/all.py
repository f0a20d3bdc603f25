"""All rungs, in the order in which they work: each one reads what those before have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.rungs.cache_mounts import mount_caches
from composevariant.dockerfile.rungs.compile_cache import cache_compiling
from composevariant.dockerfile.rungs.dependency_stage import compile_crates_first
from composevariant.dockerfile.rungs.manifests_first import put_manifests_first
from composevariant.dockerfile.rungs.slimming import slim

if TYPE_CHECKING:
    from composevariant.dockerfile.rungs.rung import Order, Rung

RUNGS: Final[tuple[Rung, ...]] = (put_manifests_first, mount_caches, cache_compiling, compile_crates_first, slim)

REPEATED: Final[tuple[Rung, ...]] = (put_manifests_first,)
"""Those that are done again while they find something to do."""


def rungs_for(order: Order) -> tuple[Rung, ...]:
    """Sidecars go first, each by itself: nothing need be done for steps that are not there any more."""
    if not order.sidecars:
        return RUNGS
    from composevariant.dockerfile.rungs.sidecar_out import sidecar_out

    return (*(sidecar_out(preset) for preset in order.sidecars), *RUNGS)
