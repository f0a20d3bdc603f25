"""A cache of what was compiled that has no id: every project with the same target shares it, and the programs in it.

Measured: of two projects with one package name and path, the second one's image contained the first one's program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.hazards.hazard import Hazard, cache_mounts
from composevariant.dockerfile.scripts import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.stages import Dockerfile, Stage

CHECK: Final = "dockerfile.shared-compile-cache"
_COMPILES: Final = (
    (re.compile(r"(?:^|/)target$"), re.compile(r"(?<![\w/.-])(?:cargo|mvn|\./mvnw|sbt)[ \t]")),
    (re.compile(r"(?:^|/)build$"), re.compile(r"(?<![\w/.-])(?:gradle|\./gradlew)[ \t]")),
    (re.compile(r"(?:^|/)obj$"), re.compile(r"(?<![\w/.-])dotnet[ \t]")),
)
"""Where compilers that go by the times of files keep what they made."""


def shared_compile_cache(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Mounts over what a compiler makes, without an id."""
    del dockerfile
    for stage in stages:
        for instruction in stage.instructions:
            script = script_of(instruction) if instruction.name == "RUN" else ""
            for mount in cache_mounts(instruction):
                fits = any(place.search(mount.target) and program.search(script) for place, program in _COMPILES)
                if fits and not mount.id:
                    message = (
                        f"the cache mount {mount.target} has no id, so every project with this path shares it, and may "
                        "ship another's program: give it an id with the project's name"
                    )
                    yield Hazard(CHECK, message, instruction.location())
