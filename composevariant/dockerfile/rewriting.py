"""Rewriting a Dockerfile: splices for what is asked, and a proof that the new text means that and nothing else.

Every request records what the instructions are to be afterwards. The new text is read again and compared with it, so
that a splice in a wrong place is an internal error, never a wrong file.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from composevariant.dockerfile.chains import Chain, flat_chain
from composevariant.dockerfile.items import Instruction
from composevariant.dockerfile.lexer import read_items
from composevariant.dockerfile.spliced import spliced
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.errors import InternalError, Refused, UnusableInput
from composevariant.source import Source
from composevariant.splices import Splices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.dockerfile.stages import Dockerfile


class Outline(NamedTuple):
    """What an instruction means, however it is laid out: the commands of a flat chain, else its words as they are."""

    name: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    json: bool
    heredocs: tuple[str, ...]


class Rewriting:
    """Changes of one Dockerfile, asked for in any order; an instruction or command is changed only once."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self._source = dockerfile.source
        self._escape = dockerfile.escape
        self._splices = Splices(dockerfile.source.text)
        self._instructions = [item for item in dockerfile.items if isinstance(item, Instruction)]
        self._flags: dict[Instruction, list[str]] = {}
        self._commands: dict[Instruction, dict[int, str]] = {}
        self._edits: dict[tuple[Instruction, int], list[tuple[int, int, str]]] = {}
        self._before: dict[Instruction, list[Outline]] = {}
        self._added: dict[tuple[Instruction, int], list[str]] = {}
        self._words: dict[Instruction, dict[int, str]] = {}

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What is asked for inside is forgotten when a part of it is refused."""
        count = len(self._splices)
        kept = (
            {key: list(value) for key, value in self._flags.items()},
            {key: dict(value) for key, value in self._commands.items()},
            {key: list(value) for key, value in self._edits.items()},
            {key: list(value) for key, value in self._before.items()},
            {key: list(value) for key, value in self._added.items()},
            {key: dict(value) for key, value in self._words.items()},
        )
        try:
            yield
        except Refused:
            self._splices.forget(count)
            self._flags, self._commands, self._edits, self._before, self._added, self._words = kept
            raise

    def add_flag(self, instruction: Instruction, flag: str, *, wraps: bool = False) -> None:
        """Put a flag before all others, such as `--mount=type=cache,...`; what follows may go on a line of its own."""
        first = instruction.flags[0].begin if instruction.flags else instruction.arguments.begin
        gap = f" {self._escape}{self._newline(instruction)}    " if wraps else " "
        self._splices.insert(instruction.line.offset(first), f"{flag}{gap}")
        self._flags.setdefault(instruction, []).append(flag)

    def insert_before(self, instruction: Instruction, lines: Sequence[str]) -> None:
        """Put new lines above an instruction, below the comments that head it."""
        newline = self._newline(instruction)
        text = "".join(f"{line}{newline}" for line in lines)
        self._splices.insert(instruction.start, text)
        directive = f"# escape={self._escape}{newline}"
        self._before.setdefault(instruction, []).extend(self._outlines(directive + text))

    def replace_command(self, instruction: Instruction, at: int, new: str) -> None:
        """Put another command in the place of one of a flat chain.

        Raises:
            Refused: the shell text is no flat chain.
        """
        command = self._chain(instruction).commands[at]
        self._splices.replace(*instruction.line.span(command.begin, command.end), new)
        self._commands.setdefault(instruction, {})[at] = new

    def remove_command(self, instruction: Instruction, at: int) -> None:
        """Take a command out of a flat chain, with the comments inside the instruction that head it, and no others.

        Raises:
            Refused: the shell text is no flat chain, or the others would run differently without the command.
        """
        chain = self._chain(instruction)
        command = chain.commands[at]
        reason = chain.why_not_removable(at) or self._why_not_as_well(instruction, chain, at)
        if reason:
            place = self._source.location(instruction.line.offset(command.begin))
            raise Refused(f"{command.words[0]} cannot be taken out: {reason}", place)
        if at:
            self._remove(instruction, chain.commands[at - 1].end, command.end)
        else:
            self._remove_first(instruction, chain)
        self._commands.setdefault(instruction, {})[at] = ""

    def remove_word(self, instruction: Instruction, at: int, word: str) -> None:
        """Take a word that nothing quotes, and the blanks before it, out of a command of a flat chain.

        Raises:
            Refused: the shell text is no flat chain, or a comment inside the instruction stands before the word.
        """
        command = self._chain(instruction).commands[at]
        found = re.search(rf"[ \t]+{re.escape(word)}(?![^ \t;&|<>])", command.text)
        if found is None:
            raise InternalError(f"{command.text} has no {word}", instruction.location())
        begin, end = command.begin + found.start(), command.begin + found.end()
        if "#" in self._source.text[slice(*instruction.line.span(begin, end))]:
            raise Refused(f"a comment stands before {word}", self._source.location(instruction.line.offset(end - 1)))
        self._remove(instruction, begin, end)
        self._edits.setdefault((instruction, at), []).append((found.start(), found.end(), ""))

    def insert_word(self, instruction: Instruction, at: int, place: int, word: str) -> None:
        """Put a word into a command of a flat chain: behind the word that ends at `place`, or before all others at 0.

        Raises:
            Refused: the shell text is no flat chain.
        """
        begin = self._chain(instruction).commands[at].begin
        text = f" {word}" if place else f"{word} "
        if place:
            self._splices.insert(instruction.line.offset(begin + place - 1) + 1, text)
        else:  # a replacement, as those come behind the flags that are put at the same place
            start = instruction.line.offset(begin)
            self._splices.replace(start, start + 1, text + self._source.text[start])
        self._edits.setdefault((instruction, at), []).append((place, place, text))

    def add_command(self, instruction: Instruction, at: int, new: str) -> None:
        """Put a command of its own before one of a flat chain, or behind the last one, on a line of its own.

        Raises:
            Refused: the shell text is no flat chain, or its commands run whether or not the ones before succeeded.
        """
        chain = self._chain(instruction)
        if not chain.stops_at_failure:
            raise Refused("the step goes on when a command fails", instruction.location())
        operator, newline = chain.commands[0].operator or "&&", self._newline(instruction)
        between = f" \\{newline} && " if operator == "&&" else f"; \\{newline}    "
        if at == len(chain.commands):
            self._splices.insert(instruction.line.offset(chain.commands[-1].end - 1) + 1, f"{between}{new}")
        else:
            self._splices.insert(instruction.line.offset(chain.commands[at].begin), f"{new}{between}")
        self._added.setdefault((instruction, at), []).append(new)

    def replace_word(self, instruction: Instruction, at: int, new: str) -> None:
        """Put another word in the place of one, such as a source of a `COPY`.

        Raises:
            Refused: the words are a JSON list.
        """
        if instruction.json:
            raise Refused("the arguments are a JSON list", instruction.location())
        word = instruction.words[at]
        self._splices.replace(*instruction.line.span(word.begin, word.end), new)
        self._words.setdefault(instruction, {})[at] = new

    def dockerfile(self) -> Dockerfile:
        """The new text read again; its locations are those of the text before.

        Raises:
            InternalError: it is not what was asked for.
        """
        self.text()
        return read_dockerfile(spliced(self._source, self._splices.in_order()))

    def text(self) -> str:
        """The new text.

        Raises:
            InternalError: read again, it is not what was asked for.
        """
        text = self._splices.applied()
        intended = [outline for instruction in self._instructions for outline in self._intended(instruction)]
        try:
            outlines = self._outlines(text)
        except UnusableInput as error:
            raise InternalError(f"the rewritten Dockerfile cannot be read: {error.message}", error.location) from error
        if outlines != intended:
            place = self._instructions[0].location()
            raise InternalError("the rewritten Dockerfile does not say what was asked for", place)
        return text

    def _newline(self, instruction: Instruction) -> str:
        return "\r\n" if "\r\n" in self._source.text[: instruction.end] else "\n"

    def _chain(self, instruction: Instruction) -> Chain:
        chain = flat_chain(instruction, self._escape)
        if chain is None:
            raise Refused("the shell text is more than commands joined by && and ;", instruction.location())
        return chain

    def _why_not_as_well(self, instruction: Instruction, chain: Chain, at: int) -> str:
        """Why a command cannot be taken out besides what was asked for before."""
        changed = self._commands.get(instruction, {})
        if at in changed or (instruction, at) in self._edits:
            return "it is changed as well"
        removed = [other for other, text in changed.items() if not text]
        if removed and not (chain.stops_at_failure and at and all(removed)):
            return "another command of the same step is taken out as well"
        return ""

    def _remove_first(self, instruction: Instruction, chain: Chain) -> None:
        first, second = chain.commands[:2]
        start, end = instruction.line.span(first.end, second.begin)
        if "#" not in self._source.text[start:end]:
            self._remove(instruction, first.begin, second.begin)
            return
        self._remove(instruction, first.begin, first.end)
        operator = instruction.line.text.index(first.operator, first.end)
        self._remove(instruction, operator, operator + len(first.operator))

    def _remove(self, instruction: Instruction, begin: int, end: int) -> None:
        """Remove a part of the joined line: from the character before `begin` on, up to where `end` is written."""
        start = instruction.line.offset(begin - 1) + 1 if begin else instruction.line.offset(begin)
        stop = instruction.line.offset(end - 1) + 1
        if instruction.line.text[end - 1 : end] in " \t":  # up to the next command, over continuations
            stop = instruction.line.offset(end)
        self._splices.remove(start, stop)

    def _intended(self, instruction: Instruction) -> Iterable[Outline]:
        yield from self._before.get(instruction, ())
        now = _outline(instruction, self._escape)
        flags = (*self._flags.get(instruction, ()), *now.flags)
        replaced = self._words.get(instruction, {})
        words = tuple(replaced.get(at, word) for at, word in enumerate(now.words))
        yield now._replace(flags=flags, words=self._commands_after(instruction) or words)

    def _commands_after(self, instruction: Instruction) -> tuple[str, ...]:
        changed = self._commands.get(instruction, {})
        if not changed and not any(edited is instruction for edited, _ in (*self._edits, *self._added)):
            return ()
        commands = self._chain(instruction).commands
        operator = commands[0].operator or "&&"
        pairs: list[tuple[str, str]] = []
        for at, command in enumerate(commands):
            pairs += [(added, operator) for added in self._added.get((instruction, at), ())]
            pairs.append((changed.get(at, self._edited(instruction, at)), command.operator or operator))
        pairs += [(added, operator) for added in self._added.get((instruction, len(commands)), ())]
        pairs = [pair for pair in pairs if pair[0]]
        pairs[-1] = (pairs[-1][0], "")
        return tuple(part for pair in pairs for part in pair)

    def _edited(self, instruction: Instruction, at: int) -> str:
        splices = Splices(self._chain(instruction).commands[at].text)
        for start, end, new in self._edits.get((instruction, at), ()):
            splices.replace(start, end, new)
        return splices.applied()

    def _outlines(self, text: str) -> list[Outline]:
        items = read_items(Source(self._source.name, text))
        return [_outline(item, self._escape) for item in items if isinstance(item, Instruction)]


def _outline(instruction: Instruction, escape: str) -> Outline:
    chain = flat_chain(instruction, escape)
    words = tuple(word.value for word in instruction.words)
    if chain is not None:
        words = tuple(part for command in chain.commands for part in (command.text, command.operator))
    source = instruction.source.text
    heredocs = tuple(source[heredoc.start : heredoc.end] for heredoc in instruction.heredocs)
    return Outline(instruction.name, tuple(flag.value for flag in instruction.flags), words, instruction.json, heredocs)
