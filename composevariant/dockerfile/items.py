"""The items of a Dockerfile: consecutive slices of its source, without gaps."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from composevariant.source import Location, Source

SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""The characters that Go's `unicode.IsSpace` accepts. Python's `str.isspace` accepts four more."""
ASCII_SPACE: Final = "\t\n\v\f\r "
"""The whitespace between flags and after `HEALTHCHECK CMD`, where BuildKit reads bytes. BuildKit also splits at the
bytes 85 and A0 inside a character, and so breaks `--chown=à`. This behavior is not imitated."""
BLANK: Final = "\t\v\f\r "
"""The separators of words where BuildKit splits with `reWhitespace`."""


class JoinedLine(NamedTuple):
    """An instruction's lines as Docker joins them, without comments and blank lines, and with offsets in the source."""

    text: str
    starts: tuple[int, ...]
    """The offsets of the pieces in `text`, with one piece for each line."""
    offsets: tuple[int, ...]
    """The offsets of the same pieces in the source."""

    def offset(self, at: int) -> int:
        """Return the offset in the source of the character at `at`."""
        piece = bisect_right(self.starts, at) - 1
        return self.offsets[piece] + at - self.starts[piece]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the source offsets of `text[begin:end]`, including line continuations."""
        start = self.offset(begin)
        return start, self.offset(end - 1) + 1 if end > begin else start


class Word(NamedTuple):
    """A word of an instruction: its value, and its span in the `JoinedLine` including quotes and escapes."""

    value: str
    begin: int
    end: int


class Heredoc(NamedTuple):
    """A here-document. Its body is `source.text[start:end]`, and the line with only the name follows."""

    name: str
    expand: bool
    """Whether variables in the body are replaced, which is not the case if the name is quoted."""
    strip_tabs: bool
    """Whether leading tabs in the body and before the name are ignored, as for `<<-`."""
    descriptor: int
    start: int
    end: int


ItemKind = Literal["bom", "blank", "comment", "directive", "instruction"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Item:
    """A slice of the source: a whole line, or all lines of an instruction, including line ends."""

    kind: ItemKind
    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def location(self) -> Location:
        return self.source.location(self.start)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Directive(Item):
    """A parser directive such as `# escape=...`. `name` is in lower case."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Instruction(Item):
    """An instruction with its continuation lines and here-documents."""

    name: str
    """The name in capitals."""
    line: JoinedLine
    flags: tuple[Word, ...]
    """The leading words that start with `--`, such as `--from=build`."""
    arguments: Word
    """Everything after the flags, as written."""
    words: tuple[Word, ...]
    """The arguments as BuildKit splits them for this instruction. `RUN` in shell form has one word, and `ENV` a word
    `name=value` for each variable. The JSON form has the decoded strings, each with the span of the whole list."""
    json: bool
    """Whether the arguments are a JSON list of strings."""
    heredocs: tuple[Heredoc, ...] = ()
    """The here-documents. An `ONBUILD` also has those of its trigger."""
    trigger: Instruction | None = None
    """The instruction inside an `ONBUILD`."""

    def flag(self, name: str) -> str | None:
        """Return the value of the last flag `--name=value`, or None if there is no such flag.

        The value of a flag without a value is an empty string.
        """
        for word in reversed(self.flags):
            key, _, value = word.value.partition("=")
            if key == f"--{name}":
                return value
        return None
