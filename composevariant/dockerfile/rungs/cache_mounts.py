"""The first rung of a fast Dockerfile: a cache mount on the steps that download packages. The image stays the same.

A folder in a mount is not in the image, so only folders of downloads are mounted, never what is installed. These are
content-addressed, which is why all builds of a project may share one: none can get another's program from it. The
folder's place has to be known for certain: BuildKit of Docker 20.10 takes the target literally (measured), a new mount
belongs to root, and an uninvited step that reads the folder would find it empty.
"""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.context import copied_folders
from composevariant.dockerfile.ecosystems.all import CACHES
from composevariant.dockerfile.ecosystems.ecosystem import Surroundings
from composevariant.dockerfile.image import image_of
from composevariant.dockerfile.official import base_image, official_name
from composevariant.dockerfile.rungs.cache_obstacles import check
from composevariant.dockerfile.rungs.rung import Done, Forbidden
from composevariant.dockerfile.rungs.steps import Step, chain_of, installing, start_of
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.rung import Work
    from composevariant.dockerfile.stages import Dockerfile, Stage

RUNG: Final = "cache mounts"
_LONG: Final = 130
"""A first line that would be longer is broken behind the mount."""
_OPAQUE_INSTALL: Final = re.compile(
    "|".join(rf"\b(?:{cache.installs.pattern})".replace(r"(?![^ \t])", r"\b") for cache in CACHES), re.MULTILINE
)


def mount_caches(work: Work) -> Iterator[Done | Forbidden]:
    """Ask for a mount on every step that installs packages; gives what was done, or why not, for each of them."""
    prepared: set[tuple[int, str]] = set()
    for stage in work.dockerfile.stages:
        user = first_user(work.dockerfile, stage)
        for instruction in stage.instructions:
            if instruction.name == "USER":
                user = instruction.arguments.value
            elif instruction.name == "RUN":
                yield from _on_step(work, stage, instruction, user, prepared)


def first_user(dockerfile: Dockerfile, stage: Stage) -> str | None:
    """Who runs the first step of a stage; None when that cannot be told."""
    base = dockerfile.base_of(stage, stage.base)
    if base is not None:
        return image_of(dockerfile, base).user or first_user(dockerfile, base)
    return "root" if official_name(stage.base) else None


def mount_name(text: str) -> str:
    """A name with what `--mount` could take for something else replaced."""
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())


def _on_step(
    work: Work, stage: Stage, run: Instruction, user: str | None, prepared: set[tuple[int, str]]
) -> Iterator[Done | Forbidden]:
    location = run.location()
    chain = chain_of(work, run)
    if chain is None:
        if _OPAQUE_INSTALL.search(run.text):
            yield Forbidden(RUNG, "the step is more than commands joined by && and ;", location)
        return
    step = Step(work, stage, run, chain, user)
    for cache in CACHES:
        if not installing(chain, cache):
            continue
        try:
            with work.rewriting.all_or_nothing():
                _mount(step, cache, prepared)
        except Refused as refused:
            yield Forbidden(RUNG, f"{cache.ecosystem}: {refused.message}", location)
        else:
            yield Done(RUNG, cache.ecosystem, location)


def _mount(step: Step, cache: DownloadCache, prepared: set[tuple[int, str]]) -> None:
    work, stage = step.work, step.stage
    instructions = tuple(each for part in work.dockerfile.lineage(stage) for each in part.instructions)
    copied = tuple(copied_folders(instructions))
    environment = image_of(work.dockerfile, stage).environment
    image = base_image(work.dockerfile, stage)
    surroundings = Surroundings(work.dockerfile, step.chain, image, environment, work.order.context, copied)
    folders = cache.where(surroundings)
    cleaned = check(step, cache, folders, copied)
    for at, word in cleaned.words:
        work.rewriting.remove_word(step.run, at, word)
    for at in cleaned.commands:
        work.rewriting.remove_command(step.run, at)
    for at in installing(step.chain, cache):
        _turn_on(step, at, cache)
    _prepare(step, cache, prepared)
    mounts = [_flag(work.order.project, cache, folders, target) for target in folders]
    wraps = len(mounts) > 1 or len(mounts[0]) + len(step.run.text.partition("\n")[0]) > _LONG
    for mount in mounts:
        work.rewriting.add_flag(step.run, mount, wraps=wraps)


def _flag(project: str, cache: DownloadCache, folders: tuple[str, ...], target: str) -> str:
    name = f"{mount_name(project)}-{cache.ecosystem}" + ("" if target == folders[0] else f"-{basename(target)}")
    return f"--mount=type=cache,id={name},target={target}" + (",sharing=locked" if cache.locked else "")


def _turn_on(step: Step, at: int, cache: DownloadCache) -> None:
    command, rewriting = step.chain.commands[at], step.work.rewriting
    for flag in cache.off:
        if command.words.count(flag) > 1:
            raise Refused(f"{flag} is given twice", step.run.location())
        if flag in command.words:
            rewriting.remove_word(step.run, at, flag)
    if cache.added:
        found = cache.added[0].match(command.text, start_of(command))
        if found and cache.added[1] not in command.words:
            rewriting.insert_word(step.run, at, found.end(), cache.added[1])
    if cache.assigned:
        rewriting.insert_word(step.run, at, 0, cache.assigned)


def _prepare(step: Step, cache: DownloadCache, prepared: set[tuple[int, str]]) -> None:
    lineage = step.work.dockerfile.lineage(step.stage)
    if cache.above and not any((stage.number, cache.ecosystem) in prepared for stage in lineage):
        step.work.rewriting.insert_before(step.run, cache.above)
        prepared.add((step.stage.number, cache.ecosystem))
