"""Add a cache mount to the steps that download packages. The image stays the same.

A mounted folder is not part of the image, so only download folders are mounted, never installed files. Download
folders are content-addressed, so all builds of a project can share a folder without getting a wrong program. The path
of the folder must be certain, because Docker 20.10's BuildKit takes the target literally (measured), a new mount
belongs to root, and a step without the mount would find the folder empty.
"""

from __future__ import annotations

import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile import Instruction, base_image, copied_folders, image_of
from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.all import CACHES
from composevariant.fast_dockerfile.ecosystems.ecosystem import InstallContext
from composevariant.fast_dockerfile.passes.base import Applied, Skipped
from composevariant.fast_dockerfile.passes.steps import (
    HARMLESS,
    ROOT,
    Cleanup,
    Step,
    check_plain,
    check_triggers,
    check_user,
    find_cleanup,
    installing_commands,
    installs,
    later_instructions,
    mount_name,
    run_chain,
    start_of,
    steps,
    text_without,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Chain, Command
    from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.fast_dockerfile.passes.base import PassInput

CACHE_MOUNTS: Final = "cache mounts"
_LONG: Final = 130
"""The length above which a first line is wrapped after the mount."""
_OPAQUE_INSTALL: Final = re.compile(
    "|".join(rf"\b(?:{cache.installs.pattern})".replace(r"(?![^ \t])", r"\b") for cache in CACHES), re.MULTILINE
)


def mount_caches(work: PassInput) -> Iterator[Applied | Skipped]:
    """Add a mount to every step that installs packages, and yield the result for each step."""
    prepared: set[tuple[int, str]] = set()
    for step in steps(work):
        location = step.run.location()
        if step.chain is not None:
            yield from _mount_in_step(step, step.chain, prepared)
        elif _OPAQUE_INSTALL.search(step.run.text):
            yield Skipped(CACHE_MOUNTS, "the step is more than commands joined by && and ;", location)


def _mount_in_step(step: Step, chain: Chain, prepared: set[tuple[int, str]]) -> Iterator[Applied | Skipped]:
    location = step.run.location()
    for cache in CACHES:
        if not installing_commands(chain, cache):
            continue
        try:
            with step.work.rewriting.all_or_nothing():
                _mount(step, chain, cache, prepared)
        except Refused as refused:
            yield Skipped(cache.rung, f"{cache.ecosystem}: {refused.message}", location)
        else:
            yield Applied(cache.rung, cache.ecosystem, location)


def _mount(step: Step, chain: Chain, cache: DownloadCache, prepared: set[tuple[int, str]]) -> None:
    work, stage = step.work, step.stage
    instructions = tuple(each for part in work.dockerfile.lineage(stage) for each in part.instructions)
    copied = tuple(copied_folders(instructions))
    environment = image_of(work.dockerfile, stage).environment
    image = base_image(work.dockerfile, stage)
    folders = cache.where(InstallContext(work.dockerfile, chain, image, environment, work.request.context, copied))
    check_plain(*folders)
    cleaned = _check_preconditions(step, chain, cache, folders, copied)
    mounts = [_flag(work.request.project, cache, folders, target) for target in folders]
    several = len(mounts) > 1 or any(installing_commands(chain, other) for other in CACHES if other is not cache)
    wraps = several or len(mounts[0]) + len(step.run.text.partition("\n")[0]) > _LONG
    for mount in mounts:
        work.rewriting.add_flag(step.run, mount, wraps=wraps)
    for at, word in cleaned.words:
        work.rewriting.remove_word(step.run, at, word)
    for at in cleaned.commands:
        work.rewriting.remove_command(step.run, at)
    for at in installing_commands(chain, cache):
        _enable_cache(step, chain.commands[at], at, cache)
    _add_preparation(step, cache, prepared)


def _flag(project: str, cache: DownloadCache, folders: tuple[str, ...], target: str) -> str:
    name = f"{mount_name(project)}-{cache.name or cache.ecosystem}"
    name += "" if target == folders[0] else f"-{basename(target)}"
    return f"--mount=type=cache,id={name},target={target}" + (",sharing=locked" if cache.locked else "")


def _enable_cache(step: Step, command: Command, at: int, cache: DownloadCache) -> None:
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


def _add_preparation(step: Step, cache: DownloadCache, prepared: set[tuple[int, str]]) -> None:
    lineage = step.work.dockerfile.lineage(step.stage)
    if cache.above and not any((stage.number, cache.ecosystem) in prepared for stage in lineage):
        step.work.rewriting.insert_before(step.run, cache.above)
        prepared.add((step.stage.number, cache.ecosystem))


# The preconditions, each of which is a function that raises `Refused` with the reason.

_SHELLS: Final = frozenset(("ash", "bash", "dash", "sh"))
_HOME: Final = "/root"
_REMOVED_HOME: Final = re.compile(r"\brm[ \t].*(?:/root|~|\$\{?HOME)")


def _check_preconditions(
    step: Step, chain: Chain, cache: DownloadCache, folders: tuple[str, ...], copied: tuple[str, ...]
) -> Cleanup:
    """Check all preconditions, and return the cleanup that the mount makes unnecessary.

    Raises:
        Refused: The step cannot have the mount.
    """
    cleaned = find_cleanup(chain, cache, folders)
    check_user(step)
    check_triggers(step)
    _check_texts(step, cache, folders)
    _check_settings(step, cache, copied)
    if folders[0].startswith(_HOME) and _REMOVED_HOME.search(text_without(chain, cleaned)):
        raise Refused("the step removes files in root's home, where the mount would be")
    if any("type=cache" in flag.value for flag in step.run.flags):
        raise Refused("the step already has a cache mount")
    _check_copies(step, folders)
    _check_offline(step, cache)
    if cache.read_later or cache.above:
        _check_shipped(step, cache)
    if cache.read_later:
        _check_readers(step, cache)
    return cleaned


def _check_texts(step: Step, cache: DownloadCache, folders: tuple[str, ...]) -> None:
    for item in step.work.dockerfile.items:
        if not isinstance(item, Instruction):
            continue
        text = _text(step, item, cache, folders)
        moved = cache.moved_by.search(text)
        if moved is None and item.name in ("ARG", "ENV") and folders[0].startswith(_HOME):
            moved = re.search(r"\bHOME(?=[= \t])", text)
        if moved:
            raise Refused(f"{moved[0].strip()} in line {item.location().line} may move, empty or use the cache")
        if item.name == "SHELL" and basename(item.words[0].value if item.words else "") not in _SHELLS:
            raise Refused(f"line {item.location().line} sets another shell")


def _text(step: Step, item: Instruction, cache: DownloadCache, folders: tuple[str, ...]) -> str:
    """Return the text of an instruction without the cleanup that would be removed."""
    chain = run_chain(step.work, item)
    if chain is not None and installing_commands(chain, cache):
        return text_without(chain, find_cleanup(chain, cache, folders))
    return item.line.text + "".join(item.source.text[doc.start : doc.end] for doc in item.heredocs)


def _check_settings(step: Step, cache: DownloadCache, copied: tuple[str, ...]) -> None:
    for folder in copied:
        for name in cache.settings:
            path = normpath(join(folder, name))
            moved = cache.moved_by.search(step.work.request.context.read_text(path) or "")
            if moved:
                raise Refused(f"{moved[0].strip()} in {path} may move, empty or use the cache")


def _check_copies(step: Step, folders: tuple[str, ...]) -> None:
    """Refuse if another stage copies the folder or a parent of the folder."""
    for stage in step.work.dockerfile.stages:
        for copy in stage.instructions:
            if copy.name != "COPY" or copy.flag("from") is None:
                continue
            for word in copy.words[:-1]:
                source = normpath(join("/", word.value))
                if any(f"{folder}/".startswith(f"{source.rstrip('/')}/") for folder in folders):
                    raise Refused(f"line {copy.location().line} copies {word.value}, where the mount would be")


def _check_offline(step: Step, cache: DownloadCache) -> None:
    if cache.offline is None:
        return
    for stage in step.work.dockerfile.stages:
        for run in stage.instructions:
            flag = _offline_flag(step, run, cache) if run.name == "RUN" else ""
            if flag:
                raise Refused(f"{flag} in line {run.location().line} reads only the cache, which may be empty")


def _offline_flag(step: Step, run: Instruction, cache: DownloadCache) -> str:
    if cache.offline is None:
        return ""
    chain = run_chain(step.work, run)
    if chain is None:
        found = cache.offline.search(run.text)
        return found[0] if found else ""
    for command in chain.commands:
        if installs(command, cache):
            found = cache.offline.search(command.text)
            return found[0] if found else ""  # the first install fills the cache for later commands of the step
    return ""


def _check_shipped(step: Step, cache: DownloadCache) -> None:
    if step.work.ships(step.stage):
        effect = "its apt configuration would change" if cache.above else "it would lose the downloads"
        raise Refused(f"the final image is built on this step, and {effect}")


def _check_readers(step: Step, cache: DownloadCache) -> None:
    """Refuse if a later step may need the downloads but does not also get the mount."""
    for instruction in later_instructions(step):
        if instruction.name == "USER" and instruction.arguments.value not in ROOT:
            line = instruction.location().line
            raise Refused(f"the steps after line {line} are run by another user and may need the downloads")
        if instruction.name != "RUN":
            continue
        chain = run_chain(step.work, instruction)
        if chain is None or not (installing_commands(chain, cache) or all(map(_is_harmless, chain.commands))):
            raise Refused(f"the step in line {instruction.location().line} may need the downloads")


def _is_harmless(command: Command) -> bool:
    return not command.words or command.words[0] in HARMLESS
