"""Fast Dockerfiles: passes that rewrite a Dockerfile, package managers as data, and hazards of build caches.

Each file of `passes/` is one kind of rewriting, each file of `ecosystems/` one package manager, `embedded/` finds
sidecars inside images. A pass that cannot prove that the image stays the same reports why it was skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.fast_dockerfile.embedded.command_lines import started_without
    from composevariant.fast_dockerfile.embedded.copies import copies
    from composevariant.fast_dockerfile.embedded.inside import look_inside
    from composevariant.fast_dockerfile.embedded.marks import Inside
    from composevariant.fast_dockerfile.fast import Fast, copy_of, fast_dockerfile, is_untouched, made_from
    from composevariant.fast_dockerfile.hazard_checks import hazards
    from composevariant.fast_dockerfile.passes.base import BuildRequest, Skipped, Started
    from composevariant.fast_dockerfile.passes.cache_mounts import RUNG
    from composevariant.fast_dockerfile.passes.sidecar_out import is_untouched_extra

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "embedded.command_lines": "started_without",
        "embedded.copies": "copies",
        "embedded.inside": "look_inside",
        "embedded.marks": "Inside",
        "fast": "Fast copy_of fast_dockerfile is_untouched made_from",
        "hazard_checks": "hazards",
        "passes.base": "BuildRequest Skipped Started",
        "passes.cache_mounts": "RUNG",
        "passes.sidecar_out": "is_untouched_extra",
    },
)
