"""The `RUN` steps in a Dockerfile, checks that several passes share, and the cleanup that a cache mount replaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import flat_chain, image_of, official_name
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Chain, Command, Dockerfile, Instruction, Stage
    from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.fast_dockerfile.passes.base import PassInput

_ASSIGNED: Final = re.compile(r"(?:\w+=[^\s'\"$`]*[ \t]+)+")
ROOT: Final = frozenset(("0", "0:0", "root", "root:root"))
_PLAIN: Final = re.compile(r"[\w./@+:-]+")
_GLOB: Final = re.compile(r"[*?\[]")


class Step(NamedTuple):
    """A `RUN` step, and the user that runs it."""

    work: PassInput
    stage: Stage
    run: Instruction
    chain: Chain | None
    """The chain of commands, or None if the step is more than commands joined by `&&` and `;`."""
    user: str | None
    """The user, or None if unknown."""


HARMLESS: Final = frozenset(
    (
        *("[", "addgroup", "adduser", "apk", "apt", "apt-get", "cat", "cd", "chmod", "chown", "cp", "curl", "date"),
        *("echo", "groupadd", "install", "ln", "ls", "mkdir", "mv", "printf", "pwd", "rm", "sed", "set", "strip"),
        *("sync", "tar", "test", "touch", "true", "unzip", "update-ca-certificates", "useradd", "wget"),
    )
)
"""Programs that neither install packages nor compile."""


class Cleanup(NamedTuple):
    """The parts of a step that empty a cache: whole commands by number, and single words in other commands."""

    commands: tuple[int, ...]
    words: tuple[tuple[int, str], ...]


def steps(work: PassInput) -> Iterator[Step]:
    """Yield all `RUN` steps in a Dockerfile."""
    for stage in work.dockerfile.stages:
        user = first_user(work.dockerfile, stage)
        for instruction in stage.instructions:
            if instruction.name == "USER":
                user = instruction.arguments.value
            elif instruction.name == "RUN":
                yield Step(work, stage, instruction, run_chain(work, instruction), user)


def first_user(dockerfile: Dockerfile, stage: Stage) -> str | None:
    """Return the user at the start of a stage, or None if unknown."""
    base = dockerfile.base_of(stage, stage.base)
    if base is not None:
        return image_of(dockerfile, base).user or first_user(dockerfile, base)
    return "root" if official_name(stage.base) else None


def check_triggers(step: Step) -> None:
    """Refuse a step if `ONBUILD` instructions of a base stage run before it."""
    for stage in step.work.dockerfile.lineage(step.stage)[:-1]:
        for instruction in stage.instructions:
            if instruction.name == "ONBUILD":
                raise Refused(f"ONBUILD in line {instruction.location().line} runs before the step")


def check_user(step: Step) -> None:
    """Refuse a step that is not run by root."""
    if step.user not in ROOT:
        whose = f"USER {step.user}" if step.user else "the user of the base image, which is unknown,"
        raise Refused(f"the step is run by {whose} and a new mount belongs to root")


def check_plain(*paths: str) -> None:
    """Refuse paths that need quotes in a shell or in `--mount`."""
    for path in paths:
        if not _PLAIN.fullmatch(path):
            raise Refused(f"{path} cannot be written without quotes")


def later_instructions(step: Step) -> Iterator[Instruction]:
    """Yield the instructions after a step, in the rest of its stage and in all stages that build on that stage."""
    own = step.stage.instructions
    yield from own[own.index(step.run) + 1 :]
    for stage in step.work.builds_on(step.stage):
        yield from stage.instructions


def mount_name(text: str) -> str:
    """Return a name that is safe in `--mount`, where unsafe characters are replaced with `-`."""
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())


def installing_commands(chain: Chain, cache: DownloadCache) -> list[int]:
    """Return the numbers of the commands that use a cache."""
    return [at for at, command in enumerate(chain.commands) if installs(command, cache)]


def installs(command: Command, cache: DownloadCache) -> bool:
    return cache.installs.match(command.text, start_of(command)) is not None


def start_of(command: Command) -> int:
    """Return the offset of the program in a command, after its variable assignments."""
    assigned = _ASSIGNED.match(command.text)
    return assigned.end() if assigned else 0


def find_cleanup(chain: Chain, cache: DownloadCache, folders: tuple[str, ...]) -> Cleanup:
    """Find the commands and words that empty the folders of a cache.

    Raises:
        Refused: The step also removes a parent folder, which is not possible because a mount cannot be removed.
    """
    commands: list[int] = []
    words: list[tuple[int, str]] = []
    for at, command in enumerate(chain.commands):
        if cache.emptied_by and cache.emptied_by.fullmatch(command.text):
            commands.append(at)
        elif command.words and command.words[0] == "rm":
            operands = [word for word in command.words[1:] if not word.startswith("-")]
            inside = [word for word in operands if _is_inside(word, folders)]
            if inside == operands and inside:
                commands.append(at)
            else:
                words += [(at, word) for word in inside]
    return Cleanup(tuple(commands), tuple(words))


def text_without(chain: Chain, cleaned: Cleanup) -> str:
    """Return the remaining commands, without the words that the cleanup removes."""
    parts: list[str] = []
    for at, command in enumerate(chain.commands):
        if at not in cleaned.commands:
            gone = [word for number, word in cleaned.words if number == at]
            parts.append(" ".join(word for word in command.words if word not in gone))
    return " && ".join(parts)


def _is_inside(word: str, folders: tuple[str, ...]) -> bool:
    path = re.sub(r"^(?:~|\$HOME|\$\{HOME\})(?=/)", "/root", word.strip("'\""))
    fixed = _GLOB.split(path)[0]
    for folder in folders:
        if f"{fixed.rstrip('/')}/".startswith(f"{folder}/"):
            return True
        holds = folder.startswith(fixed) if fixed != path else f"{folder}/".startswith(f"{path.rstrip('/')}/")
        if path.startswith("/") and holds:
            raise Refused(f"the step removes files in {word}, where the mount would be")
    return False


def run_chain(work: PassInput, run: Instruction) -> Chain | None:
    return flat_chain(run, work.dockerfile.escape)
