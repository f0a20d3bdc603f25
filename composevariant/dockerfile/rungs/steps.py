"""A step that installs packages, and what of it is needless once its downloads are kept in a mount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.chains import flat_chain
from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.dockerfile.chains import Chain, Command
    from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.rung import Work
    from composevariant.dockerfile.stages import Stage

_ASSIGNED: Final = re.compile(r"(?:\w+=[^\s'\"$`]*[ \t]+)+")
_GLOB: Final = re.compile(r"[*?\[]")


class Step(NamedTuple):
    """A `RUN` that is a flat chain, and who runs it."""

    work: Work
    stage: Stage
    run: Instruction
    chain: Chain
    user: str | None


class Cleanup(NamedTuple):
    """What empties a cache in a step: commands by number, and single words of others."""

    commands: tuple[int, ...]
    words: tuple[tuple[int, str], ...]


def installing(chain: Chain, cache: DownloadCache) -> list[int]:
    """The commands, by number, that use a cache."""
    return [at for at, command in enumerate(chain.commands) if installs(command, cache)]


def installs(command: Command, cache: DownloadCache) -> bool:
    return cache.installs.match(command.text, start_of(command)) is not None


def start_of(command: Command) -> int:
    """Where a command starts behind the variables that are set for it."""
    assigned = _ASSIGNED.match(command.text)
    return assigned.end() if assigned else 0


def cleanup(chain: Chain, cache: DownloadCache, folders: tuple[str, ...]) -> Cleanup:
    """What empties the folders of a cache.

    Raises:
        Refused: something removes more than what is in the folders: a mount cannot be removed.
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
    """The commands that stay, without the words that go."""
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


def chain_of(work: Work, run: Instruction) -> Chain | None:
    return flat_chain(run, work.dockerfile.escape)
