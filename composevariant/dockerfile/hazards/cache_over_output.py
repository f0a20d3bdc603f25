"""A cache mount over what is built: nothing of it is in the image, so a later COPY finds nothing (measured)."""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.hazards.hazard import Hazard, cache_mounts
from composevariant.dockerfile.image import image_of
from composevariant.dockerfile.places import absolute_at, destination, is_within
from composevariant.dockerfile.scripts import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_BUILDS: Final = re.compile(
    r"(?<![\w/.-])(?:cargo|go|make|cmake|ninja|mvn|\./mvnw|gradle|\./gradlew|sbt|dotnet|npm|yarn|pnpm)[ \t]"
    r"|(?<![\w/.-])(?:cp|mv|install)[ \t]"
)
CHECK: Final = "dockerfile.cache-over-output"


def cache_over_output(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """What is copied or started and is in a cache mount only."""
    for stage in stages:
        for instruction in stage.instructions:
            origin = dockerfile.stage(instruction.flag("from") or "") if instruction.flag("from") else None
            if instruction.name == "COPY" and origin is not None and origin.number < stage.number:
                for word in instruction.words[:-1]:
                    yield from _lost(dockerfile, origin, normpath(join("/", word.value)), instruction)
    for stage in stages:
        yield from _started(dockerfile, stage)


def _started(dockerfile: Dockerfile, stage: Stage) -> Iterator[Hazard]:
    image = image_of(dockerfile, stage)
    for start in (image.entrypoint, image.command):
        if start is not None and start.json and start.words and start in stage.instructions:
            program = normpath(join(image.workdir or "/", start.words[0].value))
            yield from _lost(dockerfile, stage, program, start)


def _lost(dockerfile: Dockerfile, stage: Stage, path: str, user: Instruction) -> Iterator[Hazard]:
    steps = [(part, each) for part in dockerfile.lineage(stage) for each in part.instructions]
    for at, (part, run) in enumerate(steps):
        for mount in cache_mounts(run):
            folder = absolute_at(dockerfile, part, run, mount.target)
            inside = bool(folder) and "$" not in path and path != folder and is_within(path, folder)
            if inside and not _is_put_there(dockerfile, steps, at, folder):
                message = (
                    f"{path} is in the cache mount of line {run.location().line} and not in the image: "
                    "copy it to another place in that step, and take it from there"
                )
                yield Hazard(CHECK, message, user.location())
                return


def _is_put_there(dockerfile: Dockerfile, steps: list[tuple[Stage, Instruction]], at: int, folder: str) -> bool:
    """Whether something copies into the folder, or is built there later without the mount."""
    for number, (part, instruction) in enumerate(steps):
        if instruction.name in ("COPY", "ADD"):
            place = destination(dockerfile, part, instruction)
            if place is not None and is_within(place, folder):
                return True
        targets = [absolute_at(dockerfile, part, instruction, mount.target) for mount in cache_mounts(instruction)]
        if (
            number > at
            and instruction.name == "RUN"
            and folder not in targets
            and _BUILDS.search(script_of(instruction))
        ):
            return True
    return False
