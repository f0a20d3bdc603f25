"""A stage that installs or compiles what the others depend on, and whose work is thrown away."""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.hazards.hazard import CARGO_BUILDS, Hazard, cache_mounts
from composevariant.dockerfile.scripts import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

CHECK: Final = "dockerfile.lost-stage"
_NAMED: Final = re.compile(r"(?:^|[-_])(?:deps?|dependencies|dependency|packages|vendor)(?:$|[-_])")
_REGISTRY: Final = re.compile(r"/usr/local/cargo|/\.cargo\b|CARGO_HOME")


def lost_stage(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Stages for dependencies that nobody uses, or of which only an empty folder or half the work is taken."""
    for stage in dockerfile.stages:
        if stage not in stages and _NAMED.search(stage.name) and not _is_used(dockerfile, stage):
            message = f"nothing takes anything from the stage {stage.name}: what it installs is thrown away"
            yield Hazard(CHECK, message, stage.start.location())
    for stage in stages:
        for instruction in stage.instructions:
            origin = dockerfile.stage(instruction.flag("from") or "") if instruction.flag("from") else None
            if instruction.name == "COPY" and origin is not None and origin.number < stage.number:
                yield from _empty(dockerfile, origin, instruction)
                yield from _downloaded_again(dockerfile, stage, origin, instruction)


def _is_used(dockerfile: Dockerfile, stage: Stage) -> bool:
    others = [other for other in dockerfile.stages if other is not stage]
    if any(stage in dockerfile.lineage(other) for other in others):
        return True
    mentions = (each.line.text for other in others for each in other.instructions)
    wanted = re.compile(rf"from=(?:{re.escape(stage.name)}|{stage.number})(?![\w-])", re.IGNORECASE)
    return any(wanted.search(text) for text in mentions)


def _empty(dockerfile: Dockerfile, origin: Stage, copy: Instruction) -> Iterator[Hazard]:
    """A folder that was a cache mount and is empty in the image."""
    mounted = {
        normpath(mount.target): run
        for part in dockerfile.lineage(origin)
        for run in part.instructions
        for mount in cache_mounts(run)
        if mount.target.startswith("/")
    }
    for word in copy.words[:-1]:
        run = mounted.get(normpath(join("/", word.value)))
        if run is not None:
            message = (
                f"{word.value} is the cache mount of line {run.location().line} and empty in the image: "
                f"what the stage {origin.name or origin.number} makes is thrown away"
            )
            yield Hazard(CHECK, message, copy.location())


def _downloaded_again(dockerfile: Dockerfile, stage: Stage, origin: Stage, copy: Instruction) -> Iterator[Hazard]:
    """What cargo compiled is taken along, but not what it downloaded, so it downloads all of it again."""
    if origin in dockerfile.lineage(stage) or not any("target" in word.value for word in copy.words[:-1]):
        return
    builds = [each for each in stage.instructions if CARGO_BUILDS.search(script_of(each)) and each.name == "RUN"]
    compiled = any(each.name == "RUN" and CARGO_BUILDS.search(script_of(each)) for each in origin.instructions)
    known = any(_REGISTRY.search(each.line.text) for each in stage.instructions)
    if compiled and builds and builds[0].start > copy.start and not known:
        message = (
            f"the crates that the stage {origin.name or origin.number} downloaded are not taken along, and are "
            f"downloaded again: build this stage FROM {origin.name or 'that one'}"
        )
        yield Hazard(CHECK, message, copy.location())
