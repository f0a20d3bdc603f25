"""What instructions are to be after a rewriting, recorded besides the splices: the two are compared in the end."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from composevariant.dockerfile.chains import flat_chain
from composevariant.splices import Splices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction


class Outline(NamedTuple):
    """What an instruction means, however it is laid out: the commands of a flat chain, else its words as they are."""

    name: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    json: bool
    heredocs: tuple[str, ...]


class Moved(NamedTuple):
    """Where an instruction goes: above another one, or behind it, or behind its first `at` commands."""

    other: Instruction
    at: int | None
    """0 is above it, None behind it."""


@dataclass
class Intended:
    """Everything that was asked for, by instruction, or by instruction and command."""

    escape: str
    flags: dict[Instruction, tuple[str, ...]] = field(default_factory=dict)
    before: dict[Instruction, tuple[Outline, ...]] = field(default_factory=dict)
    words: dict[tuple[Instruction, int], str] = field(default_factory=dict)
    """Words that take the place of one."""
    commands: dict[tuple[Instruction, int], str] = field(default_factory=dict)
    """Commands that take the place of one; "" where it is taken out."""
    edits: dict[tuple[Instruction, int], tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    """Splices in a command."""
    added: dict[tuple[Instruction, int], tuple[str, ...]] = field(default_factory=dict)
    """New commands before one, or behind the last one."""
    now: dict[Instruction, tuple[Outline, ...]] = field(default_factory=dict)
    """What is in an instruction's place, whatever else was asked for; nothing where it is taken out."""
    moved: dict[Instruction, Moved] = field(default_factory=dict)

    def copy(self) -> Intended:
        """The same, to come back to."""
        return Intended(self.escape, *(dict(getattr(self, each.name)) for each in fields(self)[1:]))

    def removed(self, instruction: Instruction) -> list[int]:
        """The commands that are taken out."""
        return [at for (changed, at), text in self.commands.items() if changed is instruction and not text]

    def outlines(self, instruction: Instruction) -> Iterator[Outline]:
        """What an instruction is to become, with what is put before it and what is moved there."""
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
            text = self.commands.get(place, _spliced(command.text, self.edits.get(place, ())))
            pairs += [(text, command.operator or operator)] if text else []
        pairs += [(added, operator) for added in self.added.get((instruction, len(commands)), ())]
        parts = [part for pair in pairs for part in pair]
        return (*parts[:-1], "")


def outline_of(instruction: Instruction, escape: str) -> Outline:
    """What an instruction means now."""
    chain = flat_chain(instruction, escape)
    words = tuple(word.value for word in instruction.words)
    if chain is not None:
        words = tuple(part for command in chain.commands for part in (command.text, command.operator))
    source = instruction.source.text
    heredocs = tuple(source[heredoc.start : heredoc.end] for heredoc in instruction.heredocs)
    return Outline(instruction.name, tuple(flag.value for flag in instruction.flags), words, instruction.json, heredocs)


def _spliced(text: str, edits: tuple[tuple[int, int, str], ...]) -> str:
    splices = Splices(text)
    for start, end, new in edits:
        splices.replace(start, end, new)
    return splices.applied()
