"""What forbids a cache mount on a step: each precondition a small function that raises `Refused` with the reason."""

from __future__ import annotations

import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.items import Instruction
from composevariant.dockerfile.rungs.steps import (
    HARMLESS,
    ROOT,
    Cleanup,
    chain_of,
    check_triggers,
    check_user,
    cleanup,
    installing,
    installs,
    later,
    text_without,
)
from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.dockerfile.chains import Chain, Command
    from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.dockerfile.rungs.steps import Step

_SHELLS: Final = frozenset(("ash", "bash", "dash", "sh"))
_HOME: Final = "/root"
_REMOVED_HOME: Final = re.compile(r"\brm[ \t].*(?:/root|~|\$\{?HOME)")


def check(step: Step, chain: Chain, cache: DownloadCache, folders: tuple[str, ...], copied: tuple[str, ...]) -> Cleanup:
    """Check all preconditions; gives what of the step is needless with the mount.

    Raises:
        Refused: the step cannot get the mount.
    """
    cleaned = cleanup(chain, cache, folders)
    check_user(step)
    check_triggers(step)
    _check_texts(step, cache, folders)
    _check_settings(step, cache, copied)
    if folders[0].startswith(_HOME) and _REMOVED_HOME.search(text_without(chain, cleaned)):
        raise Refused("the step removes files in root's home, where the mount would be")
    if any("type=cache" in flag.value for flag in step.run.flags):
        raise Refused("the step has a cache mount already")
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
            raise Refused(f"line {item.location().line} chooses another shell")


def _text(step: Step, item: Instruction, cache: DownloadCache, folders: tuple[str, ...]) -> str:
    """What an instruction says, without what would be taken out of it."""
    chain = chain_of(step.work, item)
    if chain is not None and installing(chain, cache):
        return text_without(chain, cleanup(chain, cache, folders))
    return item.line.text + "".join(item.source.text[doc.start : doc.end] for doc in item.heredocs)


def _check_settings(step: Step, cache: DownloadCache, copied: tuple[str, ...]) -> None:
    for folder in copied:
        for name in cache.settings:
            path = normpath(join(folder, name))
            moved = cache.moved_by.search(step.work.order.context.read_text(path) or "")
            if moved:
                raise Refused(f"{moved[0].strip()} in {path} may move, empty or use the cache")


def _check_copies(step: Step, folders: tuple[str, ...]) -> None:
    """No other stage takes the folder along, or what it lies in."""
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
                raise Refused(f"{flag} in line {run.location().line} reads only the cache, which may have been emptied")


def _offline_flag(step: Step, run: Instruction, cache: DownloadCache) -> str:
    if cache.offline is None:
        return ""
    chain = chain_of(step.work, run)
    if chain is None:
        found = cache.offline.search(run.text)
        return found[0] if found else ""
    for command in chain.commands:
        if installs(command, cache):
            found = cache.offline.search(command.text)
            return found[0] if found else ""  # a later command finds what an earlier one of its step has put there
    return ""


def _check_shipped(step: Step, cache: DownloadCache) -> None:
    if step.work.ships(step.stage):
        what = "its apt configuration would change" if cache.above else "it would lose what is downloaded"
        raise Refused(f"the image that is shipped is built on this step, and {what}")


def _check_readers(step: Step, cache: DownloadCache) -> None:
    """Every later step that may need what was downloaded has to be one that gets the mount as well."""
    for instruction in later(step):
        if instruction.name == "USER" and instruction.arguments.value not in ROOT:
            line = instruction.location().line
            raise Refused(f"the steps below line {line} are run by another user and may need what is downloaded")
        if instruction.name != "RUN":
            continue
        chain = chain_of(step.work, instruction)
        if chain is None or not (installing(chain, cache) or all(map(_is_harmless, chain.commands))):
            raise Refused(f"the step in line {instruction.location().line} may need what is downloaded")


def _is_harmless(command: Command) -> bool:
    return not command.words or command.words[0] in HARMLESS
