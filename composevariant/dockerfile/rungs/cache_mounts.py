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
from composevariant.dockerfile.official import base_image
from composevariant.dockerfile.rungs.cache_obstacles import check
from composevariant.dockerfile.rungs.rung import Done, Forbidden
from composevariant.dockerfile.rungs.steps import Step, check_plain, installing, mount_name, start_of, steps
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Chain, Command
    from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.dockerfile.rungs.rung import Work

RUNG: Final = "cache mounts"
_LONG: Final = 130
"""A first line that would be longer is broken behind the mount."""
_OPAQUE_INSTALL: Final = re.compile(
    "|".join(rf"\b(?:{cache.installs.pattern})".replace(r"(?![^ \t])", r"\b") for cache in CACHES), re.MULTILINE
)


def mount_caches(work: Work) -> Iterator[Done | Forbidden]:
    """Ask for a mount on every step that installs packages; gives what was done, or why not, for each of them."""
    prepared: set[tuple[int, str]] = set()
    for step in steps(work):
        location = step.run.location()
        if step.chain is not None:
            yield from _on_step(step, step.chain, prepared)
        elif _OPAQUE_INSTALL.search(step.run.text):
            yield Forbidden(RUNG, "the step is more than commands joined by && and ;", location)


def _on_step(step: Step, chain: Chain, prepared: set[tuple[int, str]]) -> Iterator[Done | Forbidden]:
    location = step.run.location()
    for cache in CACHES:
        if not installing(chain, cache):
            continue
        try:
            with step.work.rewriting.all_or_nothing():
                _mount(step, chain, cache, prepared)
        except Refused as refused:
            yield Forbidden(cache.rung, f"{cache.ecosystem}: {refused.message}", location)
        else:
            yield Done(cache.rung, cache.ecosystem, location)


def _mount(step: Step, chain: Chain, cache: DownloadCache, prepared: set[tuple[int, str]]) -> None:
    work, stage = step.work, step.stage
    instructions = tuple(each for part in work.dockerfile.lineage(stage) for each in part.instructions)
    copied = tuple(copied_folders(instructions))
    environment = image_of(work.dockerfile, stage).environment
    image = base_image(work.dockerfile, stage)
    folders = cache.where(Surroundings(work.dockerfile, chain, image, environment, work.order.context, copied))
    check_plain(*folders)
    cleaned = check(step, chain, cache, folders, copied)
    mounts = [_flag(work.order.project, cache, folders, target) for target in folders]
    several = len(mounts) > 1 or any(installing(chain, other) for other in CACHES if other is not cache)
    wraps = several or len(mounts[0]) + len(step.run.text.partition("\n")[0]) > _LONG
    for mount in mounts:
        work.rewriting.add_flag(step.run, mount, wraps=wraps)
    for at, word in cleaned.words:
        work.rewriting.remove_word(step.run, at, word)
    for at in cleaned.commands:
        work.rewriting.remove_command(step.run, at)
    for at in installing(chain, cache):
        _turn_on(step, chain.commands[at], at, cache)
    _prepare(step, cache, prepared)


def _flag(project: str, cache: DownloadCache, folders: tuple[str, ...], target: str) -> str:
    name = f"{mount_name(project)}-{cache.name or cache.ecosystem}"
    name += "" if target == folders[0] else f"-{basename(target)}"
    return f"--mount=type=cache,id={name},target={target}" + (",sharing=locked" if cache.locked else "")


def _turn_on(step: Step, command: Command, at: int, cache: DownloadCache) -> None:
    rewriting = step.work.rewriting
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
