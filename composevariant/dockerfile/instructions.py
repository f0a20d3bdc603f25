"""Parse a joined line as an instruction: name, flags, arguments, and the instruction inside an `ONBUILD`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.items import ASCII_SPACE, BLANK, SPACE, Instruction, JoinedLine, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.source import Source

_NAME: Final = re.compile(rf"[^{BLANK}]+")


def read_instruction(source: Source, span: tuple[int, int], line: JoinedLine, escape: str) -> Instruction:
    """Parse `line` as an instruction, where `span` is the line's slice of the source without its here-documents.

    Raises:
        ValueError: BuildKit refuses the arguments. The message has the reason.
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


# How each instruction splits its arguments: BuildKit's `parser/split_command.go` and `parser/line_parsers.go`.

_JSON: Final = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME"))

_ONE_WORD: Final = frozenset(("CMD", "ENTRYPOINT", "MAINTAINER", "RUN", "SHELL", "STOPSIGNAL", "USER", "WORKDIR"))

_WORDS: Final = frozenset(("ADD", "COPY", "EXPOSE", "FROM", "VOLUME"))

_WORD: Final = re.compile(rf"[^{BLANK}]+")

_STRING: Final = r'"([^"\\\x00-\x1f]*)"[ \t\n\r]*'

_PLAIN_LIST: Final = re.compile(rf"\[[ \t\n\r]*(?:{_STRING},[ \t\n\r]*)*{_STRING}\]")

_PLAIN_STRING: Final = re.compile(_STRING)


class Arguments(NamedTuple):
    """The words of an instruction, and whether they were written as a JSON list."""

    words: tuple[Word, ...]
    json: bool = False


def split_flags(text: str, begin: int, end: int) -> tuple[tuple[Word, ...], int]:
    """Return the unquoted flags from `begin` on, and the offset of the other arguments."""
    flags: list[Word] = []
    at = begin
    while at < end:
        if text[at] in ASCII_SPACE:
            at += 1
        elif text[at : min(at + 2, end)] != "--":
            return tuple(flags), at
        else:
            flag, quoted = _flag(text, at, end)
            at = flag.end
            if flag.value == "--":
                return tuple(flags), at
            if flag.value or quoted:
                flags.append(flag)
    return tuple(flags), end


def _flag(text: str, begin: int, end: int) -> tuple[Word, bool]:
    """Return a flag, and whether the flag has quotes. As in BuildKit, a backslash always escapes here."""
    value: list[str] = []
    quote, quoted, at = "", False, begin
    while at < end and (quote or text[at] not in ASCII_SPACE):
        character = text[at]
        at += 1
        if character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote, quoted = character, True
        elif character != "\\":
            value.append(character)
        elif at < end:
            value.append(text[at])
            at += 1
    return Word("".join(value), begin, at), quoted


def split_arguments(name: str, text: str, whole: Word, escape: str) -> Arguments:
    """Split the arguments of the instruction `name`, where `whole` is the instruction's text after the flags.

    Raises:
        ValueError: BuildKit refuses the arguments. The message has the reason.
    """
    if not whole.value:
        return Arguments(())
    lead = _health_type(whole) if name == "HEALTHCHECK" else ()
    rest = _rest(whole, lead)
    strings = _json_strings(rest.value) if name in _JSON else None
    if strings is not None:
        return Arguments((*lead, *(Word(string, rest.begin, rest.end) for string in strings)), json=True)
    if name == "HEALTHCHECK":
        return Arguments((*lead, rest) if rest.value else lead)
    if name in _ONE_WORD:
        return Arguments((whole,))
    if name in _WORDS:
        return Arguments(_blank_separated(text, whole))
    return Arguments(_SPECIAL[name](text, whole, escape)) if name in _SPECIAL else Arguments(())


def _health_type(whole: Word) -> tuple[Word, ...]:
    kind = whole.value
    for at, character in enumerate(kind):
        if character in ASCII_SPACE:
            return (Word(kind[:at], whole.begin, whole.begin + at),)
    return (whole,)


def _rest(whole: Word, lead: tuple[Word, ...]) -> Word:
    if not lead:
        return whole
    rest = whole.value[len(lead[0].value) :].lstrip(ASCII_SPACE)
    return Word(rest, whole.end - len(rest), whole.end)


def _json_strings(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    if _PLAIN_LIST.fullmatch(text):
        return _PLAIN_STRING.findall(text)
    from json import loads  # costs more than a whole Dockerfile, and few need it

    try:
        items = loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in items):
        raise ValueError("a JSON list of arguments may hold strings only")
    return [str(item) for item in items]


def _not_json(constant: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python's parser accepts, but BuildKit does not."""
    raise ValueError(constant)


def _blank_separated(text: str, whole: Word) -> tuple[Word, ...]:
    found = _WORD.finditer(text, whole.begin, whole.end)
    return tuple(Word(match[0], match.start(), match.end()) for match in found)


def _quoted_words(text: str, whole: Word, escape: str) -> tuple[Word, ...]:
    """Return the words of `ENV`, `LABEL` or `ARG`, with quotes and escapes kept."""
    words: list[Word] = []
    at = whole.begin
    while at < whole.end:
        if text[at] in SPACE:
            at += 1
            continue
        word = _quoted_word(text, at, whole.end, escape)
        at = word.end
        if word.value:
            words.append(word)
    return tuple(words)


def _quoted_word(text: str, begin: int, end: int, escape: str) -> Word:
    quote, at = "", begin
    value: list[str] = []
    while at < end and (quote or text[at] not in SPACE):
        character = text[at]
        at += 1
        if character == escape and quote != "'":
            if at == end:
                break  # an escape at the very end is dropped
            character += text[at]
            at += 1
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        value.append(character)
    return Word("".join(value), begin, at)


def _pairs(text: str, whole: Word, escape: str) -> tuple[Word, ...]:
    words = _quoted_words(text, whole, escape)
    if words and "=" not in words[0].value:
        return _old_pair(whole)
    for word in words:
        if "=" not in word.value:
            raise ValueError(f'"{word.value}" has no "=": write name=value')
    return words


def _old_pair(whole: Word) -> tuple[Word, ...]:
    """Return the two words of `ENV name value with spaces`, the form without `=`."""
    name = _WORD.match(whole.value)
    value = whole.value[name.end() :].lstrip(BLANK) if name else ""
    if name is None or not value:
        raise ValueError("a name needs a value: write name=value")
    begin = whole.begin
    return Word(name[0], begin, begin + name.end()), Word(value, whole.end - len(value), whole.end)


_SPECIAL: Final[dict[str, Callable[[str, Word, str], tuple[Word, ...]]]] = {
    "ARG": _quoted_words,
    "ENV": _pairs,
    "LABEL": _pairs,
}
