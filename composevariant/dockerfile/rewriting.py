"""Rewrite a Dockerfile by splices, and verify that the new text has the requested meaning.

Every request records the expected instructions. The new text is parsed and compared with these instructions, so that a
misplaced splice causes an internal error instead of a wrong file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from composevariant.dockerfile.chains import Chain, flat_chain
from composevariant.dockerfile.items import Instruction
from composevariant.dockerfile.lexer import read_items
from composevariant.dockerfile.outlines import ExpectedChanges, MoveTarget, Outline, outline_of
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.errors import InternalError, Refused, UnusableInput
from composevariant.source import Source
from composevariant.text import Splices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.dockerfile.chains import Cut
    from composevariant.dockerfile.stages import Dockerfile
    from composevariant.source import Location


class Rewriting:
    """The requested changes to one Dockerfile, in any order. An instruction or command can be changed only once."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self._source = dockerfile.source
        self._escape = dockerfile.escape
        self._splices = Splices(dockerfile.source.text)
        self._items = dockerfile.items
        self._instructions = [item for item in dockerfile.items if isinstance(item, Instruction)]
        self._expected = ExpectedChanges(dockerfile.escape)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Discard all requests made in the `with` block if any request is refused."""
        count = len(self._splices)
        kept = self._expected.copy()
        try:
            yield
        except Refused:
            self._splices.forget(count)
            self._expected = kept
            raise

    def add_flag(self, instruction: Instruction, flag: str, *, wraps: bool = False) -> None:
        """Insert a flag before all others. With `wraps`, the rest of the instruction starts on a new line."""
        first = instruction.flags[0].begin if instruction.flags else instruction.arguments.begin
        gap = f" {self._escape}{self._newline(instruction)}    " if wraps else " "
        self._splices.insert(instruction.line.offset(first), f"{flag}{gap}")
        flags = self._expected.flags
        flags[instruction] = (*flags.get(instruction, ()), flag)

    def insert_before(self, instruction: Instruction, lines: Sequence[str], *, above_comments: bool = False) -> None:
        """Insert lines above an instruction, or with `above_comments`, above the comments directly before it."""
        newline = self._newline(instruction)
        text = "".join(f"{line}{newline}" for line in lines)
        self._splices.insert(self._head(instruction) if above_comments else instruction.start, text)
        directive = f"# escape={self._escape}{newline}"
        before = self._expected.before
        before[instruction] = (*before.get(instruction, ()), *self._outlines(directive + text))

    def replace_command(self, instruction: Instruction, at: int, new: str) -> None:
        """Replace a command of a flat chain.

        Raises:
            Refused: the shell text is not a flat chain.
        """
        command = self._chain(instruction).commands[at]
        self._splices.replace(*instruction.line.span(command.begin, command.end), new)
        self._expected.commands[instruction, at] = new

    def remove_command(self, instruction: Instruction, at: int) -> None:
        """Remove a command from a flat chain, including the comments directly above it inside the instruction.

        Raises:
            Refused: the shell text is not a flat chain, or other commands would run differently without the command.
        """
        chain = self._chain(instruction)
        command = chain.commands[at]
        reason = chain.why_not_removable(at) or self._why_conflicting(instruction, chain, at)
        if at and not reason and chain.commands[at - 1].text.endswith(("\\ ", "\\\t")):
            reason = "the command before it ends with an escaped blank"
        if reason:
            place = self._source.location(instruction.line.offset(command.begin))
            raise Refused(f"{command.words[0]} cannot be removed: {reason}", place)
        if at:
            self._remove(instruction, chain.commands[at - 1].end, command.end)
        else:
            self._remove_first(instruction, chain)
        self._expected.commands[instruction, at] = ""

    def remove_word(self, instruction: Instruction, at: int, word: str) -> None:
        """Remove an unquoted word, and the spaces before it, from a command in a flat chain.

        Raises:
            Refused: the shell text is not a flat chain, or there is a comment before the word inside the instruction.
        """
        command = self._chain(instruction).commands[at]
        found = re.search(rf"[ \t]+{re.escape(word)}(?![^ \t;&|<>])", command.text)
        if found is None:
            raise Refused(f"{word} is not a separate word in {command.text}", instruction.location())
        begin, end = command.begin + found.start(), command.begin + found.end()
        if "#" in self._source.text[slice(*instruction.line.span(begin, end))]:
            place = self._source.location(instruction.line.offset(end - 1))
            raise Refused(f"there is a comment before {word}", place)
        self._remove(instruction, begin, end)
        self._edit_command(instruction, at, (found.start(), found.end(), ""))

    def insert_word(self, instruction: Instruction, at: int, place: int, word: str) -> None:
        """Insert a word in a command in a flat chain, after the word that ends at `place`, or first if `place` is 0.

        Raises:
            Refused: the shell text is not a flat chain.
        """
        begin = self._chain(instruction).commands[at].begin
        text = f" {word}" if place else f"{word} "
        if place:
            self._splices.insert(instruction.line.offset(begin + place - 1) + 1, text)
        else:  # a replacement, because flags inserted at the same position must come first
            start = instruction.line.offset(begin)
            self._splices.replace(start, start + 1, text + self._source.text[start])
        self._edit_command(instruction, at, (place, place, text))

    def add_command(self, instruction: Instruction, at: int, new: str) -> None:
        """Add a command on a separate line, either before a command in a flat chain or at the end.

        Raises:
            Refused: the shell text is not a flat chain, or the chain continues when a command fails.
        """
        chain = self._chain(instruction)
        if not chain.stops_at_failure:
            raise Refused("the step continues when a command fails", instruction.location())
        operator, newline = chain.commands[0].operator or "&&", self._newline(instruction)
        between = f" \\{newline} && " if operator == "&&" else f"; \\{newline}    "
        if at == len(chain.commands):
            self._splices.insert(instruction.line.offset(chain.commands[-1].end - 1) + 1, f"{between}{new}")
        else:
            self._splices.insert(instruction.line.offset(chain.commands[at].begin), f"{new}{between}")
        added = self._expected.added
        added[instruction, at] = (*added.get((instruction, at), ()), new)

    def replace_word(self, instruction: Instruction, at: int, new: str) -> None:
        """Replace a word, such as a source of a `COPY`.

        Raises:
            Refused: the words are a JSON list.
        """
        if instruction.json:
            raise Refused("the arguments are a JSON list", instruction.location())
        word = instruction.words[at]
        self._splices.replace(*instruction.line.span(word.begin, word.end), new)
        self._expected.words[instruction, at] = new

    def move_before(self, instruction: Instruction, other: Instruction) -> None:
        """Move an instruction and the comments above it to before another instruction and its comments."""
        self._splices.insert(self._head(other), self._cut(instruction))
        self._expected.moved[instruction] = MoveTarget(other, 0)

    def move_after(self, instruction: Instruction, other: Instruction, at: int | None = None) -> None:
        """Move an instruction and the comments above it to after another instruction.

        With `at`, the other instruction is a step, which is split after its command `at`. The moved instruction comes
        after the first half, and the second half becomes a new step.

        Raises:
            Refused: the step is not a chain of only `&&`, or there is a comment where it would be split.
        """
        lines = [line.strip() for line in other.text.splitlines()]
        if [line for line in lines if line and not line.startswith("#")][-1].endswith(self._escape):
            raise Refused("the step ends with a line continuation", other.location())
        text = self._cut(instruction)
        if at is None:
            ends = self._source.text[: other.end].endswith("\n")
            newline = self._newline(other)
            self._splices.insert(other.end, text if ends else f"{newline}{text.removesuffix(newline)}")
            self._expected.moved[instruction] = MoveTarget(other, None)
            return
        commands = self._chain(other).commands
        if any(command.operator == ";" for command in commands):
            raise Refused('the step has commands joined by ";"', other.location())
        if commands[at + 1].text.startswith("-"):
            raise Refused(f"{commands[at + 1].words[0]} would be an option of the step", other.location())
        start = other.line.offset(commands[at].end - 1) + 1
        end = other.line.offset(commands[at + 1].begin)
        if "#" in self._source.text[start:end]:
            raise Refused("there is a comment where the step would be split", other.location())
        flags = "".join(f"{other.line.text[flag.begin : flag.end]} " for flag in other.flags)
        self._splices.replace(start, end, f"{self._newline(other)}{text}RUN {flags}")
        self._expected.moved[instruction] = MoveTarget(other, at + 1)

    def dockerfile(self) -> Dockerfile:
        """Return the new text, parsed again. Its locations refer to the original text.

        Raises:
            InternalError: the new instructions are not the requested instructions.
        """
        self.text()
        return read_dockerfile(splice_source(self._source, self._splices.in_order()))

    def cut(self, instruction: Instruction, cuts: Iterable[Cut], now: tuple[Outline, ...]) -> None:
        """Replace parts of the source. `now` is the instruction's new outline."""
        for start, end, text in cuts:
            self._splices.replace(start, end, text)
        self._expected.now[instruction] = now

    def text(self) -> str:
        """Return the new text.

        Raises:
            InternalError: the new instructions are not the requested instructions.
        """
        text = self._splices.apply()
        expected = [outline for instruction in self._instructions for outline in self._expected.outlines(instruction)]
        try:
            outlines = self._outlines(text)
        except UnusableInput as error:
            raise InternalError(f"the rewritten Dockerfile cannot be read: {error.message}", error.location) from error
        if outlines != expected:
            place = self._instructions[0].location()
            raise InternalError("the rewritten Dockerfile does not have the requested instructions", place)
        return text

    def _head(self, instruction: Instruction) -> int:
        """Return the start of the comments directly above an instruction."""
        start = instruction.start
        for item in reversed(self._items[: self._items.index(instruction)]):
            if item.kind != "comment":
                break
            start = item.start
        return start

    def _cut(self, instruction: Instruction) -> str:
        head = self._head(instruction)
        self._splices.remove(head, instruction.end)
        return self._source.text[head : instruction.end]

    def _newline(self, instruction: Instruction) -> str:
        return "\r\n" if "\r\n" in self._source.text[: instruction.end] else "\n"

    def _chain(self, instruction: Instruction) -> Chain:
        chain = flat_chain(instruction, self._escape)
        if chain is None:
            raise Refused("the shell text is more than commands joined by && and ;", instruction.location())
        return chain

    def _why_conflicting(self, instruction: Instruction, chain: Chain, at: int) -> str:
        """Return why removing a command would conflict with the earlier requests."""
        if (instruction, at) in self._expected.commands or (instruction, at) in self._expected.edits:
            return "another request changes it"
        removed = self._expected.removed(instruction)
        if removed and not (chain.stops_at_failure and at and all(removed)):
            return "another command of the same step is removed too"
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
        """Remove a part of the joined line that starts right after the character before `begin` and ends at `end`."""
        start = instruction.line.offset(begin - 1) + 1 if begin else instruction.line.offset(begin)
        stop = instruction.line.offset(end - 1) + 1
        if instruction.line.text[end - 1 : end] in " \t":  # up to the next command, over continuations
            stop = instruction.line.offset(end)
        self._splices.remove(start, stop)

    def _edit_command(self, instruction: Instruction, at: int, edit: tuple[int, int, str]) -> None:
        edits = self._expected.edits
        edits[instruction, at] = (*edits.get((instruction, at), ()), edit)

    def _outlines(self, text: str) -> list[Outline]:
        items = read_items(Source(self._source.name, text))
        return [outline_of(item, self._escape) for item in items if isinstance(item, Instruction)]


# Spliced text as a source that reports locations in the original text.


@dataclass(frozen=True, slots=True, eq=False)
class SplicedSource(Source):
    """A source in which kept text has its original location, and new text the location where it was inserted."""

    before: Source
    starts: tuple[int, ...]
    """The offsets of the pieces in this text."""
    offsets: tuple[int, ...]
    """The offsets of the pieces in the original text."""
    new: tuple[bool, ...]
    """Whether each piece is new text."""

    def location(self, offset: int) -> Location:
        at = bisect_right(self.starts, offset) - 1
        return self.before.location(self.offsets[at] + (0 if self.new[at] else offset - self.starts[at]))


def splice_source(before: Source, splices: Iterable[tuple[int, int, str]]) -> Source:
    """Return `before` with `splices` applied. The splices must be in order and must not overlap."""
    pieces: list[tuple[str, int, bool]] = []
    done = 0
    for start, end, text in splices:
        pieces += ((before.text[done:start], done, False), (text, start, True))
        done = end
    pieces.append((before.text[done:], done, False))
    starts, length = [], 0
    for text, _, _ in pieces:
        starts.append(length)
        length += len(text)
    offsets, new = tuple(piece[1] for piece in pieces), tuple(piece[2] for piece in pieces)
    return SplicedSource(before.name, "".join(piece[0] for piece in pieces), before, tuple(starts), offsets, new)
