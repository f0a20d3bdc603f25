"""The first rung of a fast Dockerfile: a cache mount on the steps that download packages. The image stays the same.

A folder in a mount is not in the image, so only folders of downloads are mounted, never what is installed. These are
content-addressed, which is why all builds of a project may share one: none can get another's program from it. The
folder's place has to be known for certain: BuildKit of Docker 20.10 takes the target literally (measured), a new mount
belongs to root, and an uninvited step that reads the folder would find it empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.chains import flat_chain
from composevariant.dockerfile.ecosystems.all import CACHES
from composevariant.dockerfile.image import image_of
from composevariant.dockerfile.items import Instruction
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Command
    from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.dockerfile.rewriting import Rewriting
    from composevariant.dockerfile.stages import Dockerfile, Stage
    from composevariant.source import Location

RUNG: Final = "cache mounts"
_ROOT: Final = frozenset(("0", "0:0", "root", "root:root"))
_ROOT_IMAGES: Final = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:alpine|debian|node|python|ubuntu)(?::[\w.${}-]+)?(?:@sha256:[0-9a-f]+)?"
)
"""Official images whose user is root, as their Dockerfiles say."""
_ASSIGNED: Final = re.compile(r"(?:\w+=[^\s'\"$`]*[ \t]+)+")
_REMOVED_HOME: Final = re.compile(r"\brm[ \t].*(?:/root|~|\$\{?HOME)")
_OPAQUE_INSTALL: Final = re.compile(
    "|".join(rf"\b(?:{cache.installs.pattern})".replace(r"(?![^ \t])", r"\b") for cache in CACHES)
)


class Done(NamedTuple):
    """Something that a rung did."""

    rung: str
    ecosystem: str
    location: Location


class Forbidden(NamedTuple):
    """What a rung did not do, and the precondition that forbids it."""

    rung: str
    reason: str
    location: Location


def mount_caches(dockerfile: Dockerfile, rewriting: Rewriting, project: str) -> Iterator[Done | Forbidden]:
    """Ask for a mount on every step that installs packages; gives what was done, or why not, for each of them."""
    for stage in dockerfile.stages:
        user = _first_user(dockerfile, stage)
        for instruction in stage.instructions:
            if instruction.name == "USER":
                user = instruction.arguments.value
            elif instruction.name == "RUN":
                yield from _on_step(dockerfile, rewriting, instruction, _Place(user, project))


class _Place(NamedTuple):
    user: str | None
    project: str


def _first_user(dockerfile: Dockerfile, stage: Stage) -> str | None:
    base = dockerfile.base_of(stage, stage.base)
    if base is not None:
        return image_of(dockerfile, base).user or _first_user(dockerfile, base)
    return "root" if _ROOT_IMAGES.fullmatch(stage.base) else None


def _on_step(
    dockerfile: Dockerfile, rewriting: Rewriting, run: Instruction, place: _Place
) -> Iterator[Done | Forbidden]:
    location = run.location()
    chain = flat_chain(run, dockerfile.escape)
    if chain is None:
        if _OPAQUE_INSTALL.search(run.text):
            yield Forbidden(RUNG, "the step is more than commands joined by && and ;", location)
        return
    for cache in CACHES:
        at = [number for number, command in enumerate(chain.commands) if _installs(command, cache)]
        if not at:
            continue
        reason = _obstacle(dockerfile, run, cache, place)
        try:
            if not reason:
                _turn_on(rewriting, run, [(number, chain.commands[number]) for number in at], cache)
        except Refused as refused:
            reason = refused.message
        if reason:
            yield Forbidden(RUNG, f"{cache.ecosystem}: {reason}", location)
            continue
        target = f"/root/{cache.folder}"
        rewriting.add_flag(run, f"--mount=type=cache,id={_name(place.project)}-{cache.ecosystem},target={target}")
        yield Done(RUNG, cache.ecosystem, location)


def _installs(command: Command, cache: DownloadCache) -> bool:
    assigned = _ASSIGNED.match(command.text)
    return cache.installs.match(command.text, assigned.end() if assigned else 0) is not None


def _obstacle(dockerfile: Dockerfile, run: Instruction, cache: DownloadCache, place: _Place) -> str:
    if place.user not in _ROOT:
        whose = f"USER {place.user}" if place.user else "the base image's user, which the Dockerfile does not tell,"
        return f"the step is run by {whose} and a new mount belongs to root"
    for item in dockerfile.items:
        if not isinstance(item, Instruction):
            continue
        text = item.line.text + "".join(item.source.text[doc.start : doc.end] for doc in item.heredocs)
        moved = cache.moved_by.search(text)
        if moved is None and item.name in ("ARG", "ENV"):
            moved = re.search(r"\bHOME(?=[= \t])", text)
        if moved:
            return f"{moved[0]} in line {item.location().line} may move, empty or use the cache"
    if _REMOVED_HOME.search(run.arguments.value):
        return "the step removes files in root's home, where the mount would be"
    if any("type=cache" in flag.value for flag in run.flags):
        return "the step has a cache mount already"
    return ""


def _turn_on(rewriting: Rewriting, run: Instruction, commands: list[tuple[int, Command]], cache: DownloadCache) -> None:
    found = [(at, command.words.count(cache.off)) for at, command in commands if cache.off in command.words]
    if any(count > 1 for _, count in found):
        raise Refused(f"{cache.off} is given twice", run.location())
    for at, _ in found:
        rewriting.remove_word(run, at, cache.off)


def _name(project: str) -> str:
    """The project's name with what `--mount` could take for something else replaced."""
    return re.sub(r"[^a-z0-9_-]", "-", project.lower())
