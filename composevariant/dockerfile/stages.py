"""A Dockerfile as Docker builds it: the arguments before the first `FROM`, then stages that may build on each other."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from composevariant.dockerfile.items import Directive, Instruction
from composevariant.dockerfile.lexer import read_items
from composevariant.errors import UnusableInput
from composevariant.text import Splices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.dockerfile.items import Item
    from composevariant.source import Source

_FROM_AS_NAME = 3


class Stage(NamedTuple):
    """A `FROM` and the instructions of its stage."""

    number: int
    """The number of the stage, counted from 0 as in `--from=0`."""
    name: str
    """The name in lower case, because Docker ignores case, or an empty string if the stage has no name."""
    base: str
    """The base as written, including variables. It is an image or the name of an earlier stage."""
    start: Instruction
    """The `FROM` instruction."""
    instructions: tuple[Instruction, ...]
    """All instructions after the `FROM`, in order."""

    def arguments(self) -> dict[str, str | None]:
        """Return the build arguments that the stage declares, with their unexpanded defaults."""
        return declared_arguments(self.instructions)


class Dockerfile(NamedTuple):
    """A parsed Dockerfile. `items` contains all of its text, and `stages` contains its meaning."""

    source: Source
    items: tuple[Item, ...]
    preamble: tuple[Instruction, ...]
    """The instructions before the first `FROM`, where only `ARG` has an effect."""
    stages: tuple[Stage, ...]

    @property
    def escape(self) -> str:
        """Return the escape character, which is a backslash unless the directive `escape` sets another character."""
        directives = (item for item in self.items if isinstance(item, Directive) and item.name == "escape")
        return next((directive.value for directive in directives), "\\")

    def target(self, name: str) -> Stage | None:
        """Return the stage that `build.target: name` builds, or None if there is no such stage.

        This is the last stage with this name in any case, or the last stage of all if the name is empty.

        Numbers are not accepted, because neither BuildKit nor the classic builder of Docker 20.10 accepts them
        (measured).
        """
        if not name:
            return self.stages[-1]
        return next((stage for stage in reversed(self.stages) if stage.name == name.lower()), None)

    def stage(self, reference: str) -> Stage | None:
        """Return the stage for `--from=reference`, where `reference` is a name in any case or a number."""
        named = self.target(reference) if reference else None
        if named is None and reference.isdecimal() and int(reference) < len(self.stages):
            return self.stages[int(reference)]
        return named

    def base_of(self, stage: Stage, base: str) -> Stage | None:
        """Return the earlier stage that `stage` builds on, where `base` is its base with variables replaced."""
        earlier = reversed(self.stages[: stage.number])
        return next((other for other in earlier if other.name and other.name == base.lower()), None)

    def lineage(self, stage: Stage) -> list[Stage]:
        """Return the stages that a stage builds on, from first to last, followed by the stage itself.

        Variables are not replaced.
        """
        stages = [stage]
        while (base := self.base_of(stages[0], stages[0].base)) is not None:
            stages.insert(0, base)
        return stages

    def arguments(self) -> frozenset[str]:
        """Return the names of all build arguments declared before `FROM` and in any stage."""
        return frozenset(declared_arguments(self.preamble)).union(*(stage.arguments() for stage in self.stages))


def read_dockerfile(source: Source) -> Dockerfile:
    """Read a Dockerfile.

    Raises:
        UnusableInput: BuildKit's parser would refuse the file, or it has no `FROM`.
    """
    items = read_items(source)
    instructions = [item for item in items if isinstance(item, Instruction)]
    starts = [at for at, instruction in enumerate(instructions) if instruction.name == "FROM"]
    if not starts:
        raise UnusableInput("has no FROM, so there is nothing to build", source.location(0))
    ends = (*starts[1:], len(instructions))
    stages = tuple(
        _stage(number, instructions[start], instructions[start + 1 : end])
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    return Dockerfile(source, items, tuple(instructions[: starts[0]]), stages)


def _stage(number: int, start: Instruction, instructions: Iterable[Instruction]) -> Stage:
    words = [word.value for word in start.words]
    named = len(words) == _FROM_AS_NAME and words[1].lower() == "as"
    return Stage(number, words[2].lower() if named else "", words[0] if words else "", start, tuple(instructions))


def declared_arguments(instructions: Iterable[Instruction]) -> dict[str, str | None]:
    """Return the build arguments that `ARG` instructions declare, each with its last default as written."""
    return dict(_declarations(instructions))


def _declarations(instructions: Iterable[Instruction]) -> Iterator[tuple[str, str | None]]:
    for instruction in instructions:
        if instruction.name == "ARG":
            for word in instruction.words:
                name, equals, default = word.value.partition("=")
                yield name, default if equals else None


# The expected instructions after a rewriting, recorded in addition to the splices. Both are compared at the end.


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
        from composevariant.dockerfile.chains import flat_chain

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
    from composevariant.dockerfile.chains import flat_chain

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
