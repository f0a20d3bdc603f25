"""One joined line as an instruction: name, flags, arguments, and the instruction inside an `ONBUILD`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.arguments import split_arguments, split_flags
from composevariant.dockerfile.items import BLANK, SPACE, Instruction, JoinedLine, Word

if TYPE_CHECKING:
    from composevariant.source import Source


_NAME: Final = re.compile(rf"[^{BLANK}]+")


def read_instruction(source: Source, span: tuple[int, int], line: JoinedLine, escape: str) -> Instruction:
    """The instruction that `line` is; `span` is where it is written, without its here-documents.

    Raises:
        ValueError: BuildKit refuses the arguments; the message says why.
    """
    return _instruction(source, span, line, 0, escape)


def _instruction(source: Source, span: tuple[int, int], line: JoinedLine, begin: int, escape: str) -> Instruction:
    text = line.text
    end = max(begin, len(text.rstrip(SPACE)))
    begin = _skip(text, begin, end, SPACE)
    found = _NAME.match(text, begin, end)
    name_end = found.end() if found else begin
    name = text[begin:name_end].upper()
    flags, at = split_flags(text, _skip(text, name_end, end, BLANK), end)
    at = _skip(text, at, end, SPACE)
    arguments = Word(text[at:end], at, end)
    words, json = split_arguments(name, text, arguments, escape)
    trigger = None
    if name == "ONBUILD" and arguments.value:
        trigger = _instruction(source, line.span(at, end), line, at, escape)
    start, stop = span
    return Instruction("instruction", source, start, stop, name, line, flags, arguments, words, json, (), trigger)


def _skip(text: str, at: int, end: int, characters: str) -> int:
    while at < end and text[at] in characters:
        at += 1
    return at
