"""`CMD` and `ENTRYPOINT` without a sidecar: the application that they start."""

from __future__ import annotations

import json
import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.embedded.lists import and_lists
from composevariant.dockerfile.embedded.pieces import Change, Piece
from composevariant.dockerfile.embedded.starts import without_sidecar

if TYPE_CHECKING:
    from composevariant.dockerfile.embedded.marks import Marks
    from composevariant.dockerfile.embedded.starts import Started
    from composevariant.dockerfile.items import Instruction

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"$`\\]*\"")
"""What means the same without its quotes."""
_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash"))


class CommandLine(NamedTuple):
    """What an instruction starts: shell text with what runs it, or words without a shell."""

    shell: tuple[str, ...]
    """`("/bin/bash", "-c")`; empty for words, and for the shell that Docker adds."""
    text: str
    """"" for words."""
    words: tuple[str, ...]

    def paths(self, workdir: str) -> dict[str, str]:
        """The words that may name a file in the image, and where that is."""
        lists = and_lists(self.text) if self.text else None
        jobs = [job.words for each in lists or () for job in each.jobs]
        words = [word.strip("'\"") for each in jobs for word in each] or list(self.words)
        return {word: normpath(join(workdir, word)) for word in words if word and not word.startswith("-")}


def command_line(instruction: Instruction, before: tuple[str, ...] = ()) -> CommandLine:
    """How an instruction starts things; `before` is the ENTRYPOINT in whose list the words of a CMD stand."""
    words = tuple(word.value for word in instruction.words)
    if not instruction.json:
        text = instruction.arguments.value
        inner = _shell_in(text)
        return inner or CommandLine((), text, ())
    if _is_shell(before) and len(words) == 1:
        return CommandLine((), words[0], ())
    match words:
        case (shell, option, text, *more) if _is_shell((shell, option)):
            return CommandLine((shell, option), text, tuple(more))
    return CommandLine((), "", words)


def _is_shell(words: tuple[str, ...]) -> bool:
    match words:
        case (shell, option):
            return basename(shell) in _SHELLS and option.startswith("-") and option.endswith("c")
    return False


def _shell_in(text: str) -> CommandLine | None:
    """The shell that a shell is asked to run: `bash -c "..."`."""
    lists = and_lists(text)
    if lists is None or len(lists) != 1 or len(lists[0].jobs) != 1 or lists[0].end:
        return None
    words = lists[0].jobs[0].words
    match words[1:] if words[:1] == ("exec",) else words:
        case (shell, option, text) if _is_shell((shell, option)) and _QUOTED.fullmatch(text):
            return CommandLine((shell, option), text[1:-1], ())
    return None


def start_change(instruction: Instruction, line: CommandLine, marks: Marks, *, keeps_shell: bool) -> Change | None:
    """What becomes of a `CMD` or `ENTRYPOINT`; None when it has nothing of the sidecar.

    Args:
        instruction: The `CMD` or `ENTRYPOINT`.
        line: What it starts.
        marks: By what the sidecar is known.
        keeps_shell: Whether a shell has to run what is left, see `needs_shell`.
    """
    if not marks.about(line.text or " ".join(line.words)):
        return None
    if not line.text:
        return _refused(instruction, _why_words(instruction, line.words, marks))
    if line.words:
        return _refused(instruction, "the shell is given further arguments")
    started = without_sidecar(line.text, marks)
    if started.reason:
        return _refused(instruction, started.reason)
    arguments = _arguments(instruction, line, started, keeps_shell=keeps_shell)
    return Change(instruction, _pieces(instruction), arguments=arguments)


def needs_shell(instruction: Instruction, line: CommandLine, before: tuple[str, ...], *, has_shell: bool) -> bool:
    """Whether the application must go on being run by a shell.

    An `ENTRYPOINT` without one would be given the words of a `CMD`, which a shell ignores. An `ENTRYPOINT` before a
    `CMD` may act on the name of the program. A `SHELL` says what runs a text, and a login shell knows more variables.
    """
    login = bool(line.shell) and line.shell[1] != "-c"
    return instruction.name == "ENTRYPOINT" or bool(before) or login or (has_shell and not line.shell)


def _refused(instruction: Instruction, reason: str) -> Change:
    return Change(instruction, _pieces(instruction, reason))


def _pieces(instruction: Instruction, reason: str = "") -> tuple[Piece, ...]:
    return (Piece("start", instruction.name, instruction.location(), reason),)


def _why_words(instruction: Instruction, words: tuple[str, ...], marks: Marks) -> str:
    if not marks.about(words[0]):
        return f"{basename(words[0])} is given {marks.title} as an argument"
    if instruction.name == "ENTRYPOINT":
        return f"{marks.title} is the ENTRYPOINT: a CMD is only its arguments, so no application ever ran"
    return f"it starts nothing but {marks.title}"


def _arguments(instruction: Instruction, line: CommandLine, started: Started, *, keeps_shell: bool) -> str:
    if started.words and not keeps_shell:
        return _json(started.words)
    replaces = bool(started.words) and not started.text.startswith("exec ")
    text = f"exec {started.text}" if replaces else started.text
    if line.shell:
        return _json([*line.shell, text])
    return _json([text]) if instruction.json else text


def _json(words: tuple[str, ...] | list[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
