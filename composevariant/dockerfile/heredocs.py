"""Which words of a line announce here-documents, after BuildKit's `parser/parser.go`."""

from __future__ import annotations

from typing import Final, NamedTuple

from composevariant.dockerfile.shell import raw_words, unquoted_words
from composevariant.patterns import pattern

_ANNOUNCED: Final = pattern(r"(?P<descriptor>[0-9]*)<<(?P<dash>-?)[\t\n\f\r ]*(?P<name>[^<]*)")


class Announced(NamedTuple):
    """A here-document that a line announces; its body follows the line."""

    name: str
    expand: bool
    strip_tabs: bool
    descriptor: int

    def closed_by(self, line: str) -> bool:
        line = line.rstrip("\r\n")
        return (line.lstrip("\t") if self.strip_tabs else line) == self.name


def announced_heredocs(line: str) -> list[Announced]:
    """The here-documents of an instruction, in order. `<<<` is none, nor is one inside quotes.

    Raises:
        ShellSyntaxError: a quote in a name is not closed.
    """
    if "<<" not in line:
        return []
    return [heredoc for word in raw_words(line) if (heredoc := _heredoc(word)) is not None]


def _heredoc(word: str) -> Announced | None:
    match = _ANNOUNCED.fullmatch(word)
    if match is None or not match["name"]:
        return None
    names = unquoted_words(match["name"])
    if len(names) != 1:
        return None
    quoted = sum(map(match["name"].count, "'\"")) != sum(map(names[0].count, "'\""))
    return Announced(names[0], not quoted, match["dash"] == "-", int(match["descriptor"] or "0"))
