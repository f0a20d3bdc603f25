"""Split a Dockerfile into items without loss: the joined text of all items is the source.

The rules are those of BuildKit's `frontend/dockerfile/parser/parser.go` (August 2026). Unknown instructions are
accepted, because a `# syntax=` line may select a frontend that knows such instructions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.instructions import read_instruction
from composevariant.dockerfile.items import SPACE, Directive, Heredoc, Instruction, Item, JoinedLine
from composevariant.dockerfile.shell import raw_words, unquoted_words
from composevariant.errors import UnusableInput
from composevariant.text import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.source import Source

_DIRECTIVE: Final = pattern(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*")

_DIRECTIVES: Final = frozenset(("check", "escape", "syntax"))

_HOLDS_HEREDOCS: Final = frozenset(("ADD", "COPY", "RUN"))


def read_items(source: Source) -> tuple[Item, ...]:
    """Return all items of a Dockerfile, in order and without gaps.

    Raises:
        UnusableInput: BuildKit's parser would refuse the file. The error has the location of the instruction.
    """
    return tuple(_Lexer(source).items())


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.escape = "\\"
        self.directives: set[str] = set()
        self.directives_may_follow = True

    def items(self) -> Iterator[Item]:
        if self.text.startswith("\ufeff"):
            self.at = 1
            yield Item("bom", self.source, 0, 1)
        while self.at < len(self.text):
            yield self.item()

    def item(self) -> Item:
        start = self.at
        content = self.next_line().lstrip(SPACE)
        if content.startswith("#"):
            return self.directive(start, content) or Item("comment", self.source, start, self.at)
        self.directives_may_follow = False
        if not content:
            return Item("blank", self.source, start, self.at)
        self.at = start
        return self.instruction(start)

    def next_line(self) -> str:
        """Return the next line without its line end. Docker ends lines only at a line feed."""
        start, end = self.at, self.text.find("\n", self.at)
        self.at = end + 1 if end >= 0 else len(self.text)
        return self.text[start : self.at].rstrip("\r\n")

    def directive(self, start: int, comment: str) -> Directive | None:
        match = _DIRECTIVE.fullmatch(comment[1:].lstrip(SPACE)) if self.directives_may_follow else None
        if match is None or match[1].lower() not in _DIRECTIVES:
            self.directives_may_follow = False
            return None
        name, value = match[1].lower(), match[2]
        if name in self.directives:
            raise self.error(start, f"the parser directive {name} may be used only once")
        self.directives.add(name)
        if name == "escape":
            if value not in ("\\", "`"):
                raise self.error(start, f"the escape character must be \\ or `, not {value}")
            self.escape = value
        return Directive("directive", self.source, start, self.at, name, value)

    def instruction(self, start: int) -> Instruction:
        line = self.joined_line()
        try:
            instruction = read_instruction(self.source, (start, self.at), line, self.escape)
            inner = instruction.trigger or instruction
            starts = heredoc_starts(line.text) if inner.name in _HOLDS_HEREDOCS and not inner.json else []
        except ValueError as error:
            raise self.error(start, str(error)) from error
        except RecursionError:
            raise self.error(start, "is nested too deeply") from None
        if not starts:
            return instruction
        heredocs = tuple([self.heredoc(start, each) for each in starts])
        return replace(instruction, end=self.at, heredocs=heredocs)

    def joined_line(self) -> JoinedLine:
        """Return the next logical line, with continuations joined, and comments and blank lines dropped."""
        parts: list[str] = []
        starts: list[int] = []
        offsets: list[int] = []
        length, continued = 0, True
        while continued and self.at < len(self.text):
            offset = self.at
            content = self.next_line()
            stripped = content.lstrip(SPACE)
            if not parts:
                offset += len(content) - len(stripped)
                content = stripped
            elif not stripped or stripped.startswith("#"):
                continue
            content, continued = self.without_continuation(content)
            parts.append(content)
            starts.append(length)
            offsets.append(offset)
            length += len(content)
        return JoinedLine("".join(parts), tuple(starts), tuple(offsets))

    def without_continuation(self, line: str) -> tuple[str, bool]:
        kept = line.rstrip("\t ")
        if not kept.endswith(self.escape) or kept.endswith(self.escape * 2):
            return line, False
        return kept[:-1], True

    def heredoc(self, instruction: int, heredoc: HeredocStart) -> Heredoc:
        start = self.at
        while self.at < len(self.text):
            end = self.at
            if heredoc.ends_at(self.next_line()):
                return Heredoc(*heredoc, start, end)
        raise self.error(instruction, f"no line {heredoc.name} ends the here-document")

    def error(self, offset: int, message: str) -> UnusableInput:
        return UnusableInput(message, self.source.location(offset))


# The here-documents that a line announces, as in BuildKit's `parser/parser.go`.

_ANNOUNCED: Final = pattern(r"(?P<descriptor>[0-9]*)<<(?P<dash>-?)[\t\n\f\r ]*(?P<name>[^<]*)")


class HeredocStart(NamedTuple):
    """A here-document that a line announces and whose body follows the line."""

    name: str
    expand: bool
    strip_tabs: bool
    descriptor: int

    def ends_at(self, line: str) -> bool:
        line = line.rstrip("\r\n")
        return (line.lstrip("\t") if self.strip_tabs else line) == self.name


def heredoc_starts(line: str) -> list[HeredocStart]:
    """Return the here-documents of an instruction, in order. `<<<` and quoted here-documents are ignored.

    Raises:
        ShellSyntaxError: a quote in a name is not closed.
    """
    if "<<" not in line:
        return []
    return [heredoc for word in raw_words(line) if (heredoc := _heredoc(word)) is not None]


def _heredoc(word: str) -> HeredocStart | None:
    match = _ANNOUNCED.fullmatch(word)
    if match is None or not match["name"]:
        return None
    names = unquoted_words(match["name"])
    if len(names) != 1:
        return None
    quoted = sum(map(match["name"].count, "'\"")) != sum(map(names[0].count, "'\""))
    return HeredocStart(names[0], not quoted, match["dash"] == "-", int(match["descriptor"] or "0"))
