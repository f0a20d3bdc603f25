"""The expected instructions after a rewriting, recorded in addition to the splices and compared with the result."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from composevariant.dockerfile.chains import flat_chain
from composevariant.text import Splices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction


class Outline(NamedTuple):
    """The meaning of an instruction without its layout: the commands of a flat chain, or its words."""

    name: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    json: bool
    heredocs: tuple[str, ...]


class MoveTarget(NamedTuple):
    """The target of a move: before another instruction, after it, or after its first `at` commands."""

    other: Instruction
    at: int | None
    """The number of commands after which to split, where 0 means before the instruction and None after it."""


@dataclass
class ExpectedChanges:
    """All requested changes, either by instruction or by instruction and command."""

    escape: str
    flags: dict[Instruction, tuple[str, ...]] = field(default_factory=dict)
    before: dict[Instruction, tuple[Outline, ...]] = field(default_factory=dict)
    words: dict[tuple[Instruction, int], str] = field(default_factory=dict)
    """The replacement for a word."""
    commands: dict[tuple[Instruction, int], str] = field(default_factory=dict)
    """The replacement for a command, or an empty string if the command is removed."""
    edits: dict[tuple[Instruction, int], tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    """The splices in a command."""
    added: dict[tuple[Instruction, int], tuple[str, ...]] = field(default_factory=dict)
    """New commands before a command, or after the last command."""
    now: dict[Instruction, tuple[Outline, ...]] = field(default_factory=dict)
    """The replacement for an instruction, which overrides all other requests. Empty if the instruction is removed."""
    moved: dict[Instruction, MoveTarget] = field(default_factory=dict)

    def copy(self) -> ExpectedChanges:
        """Return a copy that can be restored after a refused request."""
        return ExpectedChanges(self.escape, *(dict(getattr(self, each.name)) for each in fields(self)[1:]))

    def removed(self, instruction: Instruction) -> list[int]:
        """Return the removed commands of an instruction."""
        return [at for (changed, at), text in self.commands.items() if changed is instruction and not text]

    def outlines(self, instruction: Instruction) -> Iterator[Outline]:
        """Yield the expected outlines of an instruction, including those inserted before it or moved to it."""
        yield from self.before.get(instruction, ())
        if instruction in self.now:
            yield from self.now[instruction]
            return
        if instruction in self.moved:
            return
        own = self._itself(instruction)
        for each, (other, at) in self.moved.items():
            if other is not instruction:
                continue
            middle = outline_of(each, self.escape)
            if at:
                yield from (own._replace(words=(*own.words[: 2 * at - 1], "")), middle)
                own = own._replace(words=own.words[2 * at :])
            else:
                yield from (middle, own) if at == 0 else (own, middle)
                return
        yield own

    def _itself(self, instruction: Instruction) -> Outline:
        now = outline_of(instruction, self.escape)
        flags = (*self.flags.get(instruction, ()), *now.flags)
        words = tuple(self.words.get((instruction, at), word) for at, word in enumerate(now.words))
        return now._replace(flags=flags, words=self._commands_after(instruction) or words)

    def _commands_after(self, instruction: Instruction) -> tuple[str, ...]:
        if not any(changed is instruction for changed, _ in (*self.commands, *self.edits, *self.added)):
            return ()
        chain = flat_chain(instruction, self.escape)
        commands = chain.commands if chain else ()
        operator = (commands[0].operator if commands else "") or "&&"
        pairs: list[tuple[str, str]] = []
        for at, command in enumerate(commands):
            place = (instruction, at)
            pairs += [(added, operator) for added in self.added.get(place, ())]
            text = self.commands.get(place, _apply_edits(command.text, self.edits.get(place, ())))
            pairs += [(text, command.operator or operator)] if text else []
        pairs += [(added, operator) for added in self.added.get((instruction, len(commands)), ())]
        parts = [part for pair in pairs for part in pair]
        return (*parts[:-1], "")


def outline_of(instruction: Instruction, escape: str) -> Outline:
    """Return the current outline of an instruction."""
    chain = flat_chain(instruction, escape)
    words = tuple(word.value for word in instruction.words)
    if chain is not None:
        words = tuple(part for command in chain.commands for part in (command.text, command.operator))
    source = instruction.source.text
    heredocs = tuple(source[heredoc.start : heredoc.end] for heredoc in instruction.heredocs)
    return Outline(instruction.name, tuple(flag.value for flag in instruction.flags), words, instruction.json, heredocs)


def _apply_edits(text: str, edits: tuple[tuple[int, int, str], ...]) -> str:
    splices = Splices(text)
    for start, end, new in edits:
        splices.replace(start, end, new)
    return splices.apply()
