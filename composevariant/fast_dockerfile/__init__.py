"""Make fast Dockerfiles, remove sidecars from images, and check Dockerfiles for hazards of build caches.

`fast_dockerfile` runs the passes in `passes/` on a Dockerfile. Each file in `ecosystems/` describes one package
manager. `find_sidecar` searches images with the code in `embedded/`, and `hazards` returns the findings of the checks.
A pass that cannot prove that the image stays the same reports why it was skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.fast_dockerfile.embedded.command_lines import remove_sidecars
    from composevariant.fast_dockerfile.embedded.copies import context_copies
    from composevariant.fast_dockerfile.embedded.findings import SidecarFindings
    from composevariant.fast_dockerfile.embedded.search import find_sidecar
    from composevariant.fast_dockerfile.fast import FastDockerfile, fast_dockerfile, is_untouched, make_ignore_file
    from composevariant.fast_dockerfile.fast import read_header
    from composevariant.fast_dockerfile.hazard_checks import hazards
    from composevariant.fast_dockerfile.passes.base import BuildRequest, Skipped, StartOverride
    from composevariant.fast_dockerfile.passes.cache_mounts import CACHE_MOUNTS
    from composevariant.fast_dockerfile.passes.sidecar_out import is_untouched_extra

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "embedded.command_lines": "remove_sidecars",
        "embedded.copies": "context_copies",
        "embedded.findings": "SidecarFindings",
        "embedded.search": "find_sidecar",
        "fast": "FastDockerfile fast_dockerfile is_untouched make_ignore_file read_header",
        "hazard_checks": "hazards",
        "passes.base": "BuildRequest Skipped StartOverride",
        "passes.cache_mounts": "CACHE_MOUNTS",
        "passes.sidecar_out": "is_untouched_extra",
    },
)
