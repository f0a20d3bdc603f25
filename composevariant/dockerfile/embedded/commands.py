"""What one command has to do with a sidecar, and whether it can be taken out."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.embedded.verbs import PRINTERS, VERBS, WRAPPERS, Verb

if TYPE_CHECKING:
    from composevariant.dockerfile.embedded.marks import Marks
    from composevariant.dockerfile.embedded.verbs import Kind

_ASSIGNED: Final = re.compile(r"\w+=")
_TARGET: Final = re.compile(r"(?<![<>&0-9])>>?[ \t]*([^\s;&|<>]+)")
_PREPARING: Final = frozenset(("export", "keystore", "modules", "setup", "test", "version", "-version", "--version"))
"""Subcommands of a sidecar that do not keep running."""


class Part(NamedTuple):
    """The share that a command has in a sidecar."""

    kind: Kind
    program: str
    """What the command runs, for messages."""
    words: tuple[str, ...] = ()
    """The operands that speak of it; empty when the whole command does."""
    places: tuple[str, ...] = ()
    """Where it puts it under a name of its own."""
    reason: str = ""
    """Why it cannot be taken out; "" when it can."""


def part_of(text: str, words: tuple[str, ...], marks: Marks) -> Part | None:
    """The part that a command, given as a whole and in words, has in the sidecar; None when it has none."""
    if not marks.about(text):
        return None
    segments = _segments(words)
    parts = [_segment_part(segment, text, marks) for segment in segments]
    if len(parts) == 1:
        return parts[0]
    reason = next((part.reason for part in parts if part.reason), "")
    places = tuple(place for part in parts for place in part.places)
    kind: Kind = "install" if any(part.kind == "install" for part in parts) else parts[0].kind
    return Part(kind, parts[0].program, (), places, reason)


def program_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words from the program on: without variables that are set for it, and without what only starts it."""
    while words:
        if _ASSIGNED.match(words[0]) or basename(words[0]) in WRAPPERS:
            wrapper = basename(words[0]) in WRAPPERS
            words = words[1:]
            while wrapper and words and words[0].startswith("-"):
                words = words[1:]
        else:
            return words
    return words


def redirected(text: str) -> str:
    """Where a command's output goes; "" when that is not said."""
    target = _TARGET.search(text)
    return target[1].strip("'\"") if target else ""


def _segments(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    segments: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            segments.append([])
        else:
            segments[-1].append(word)
    return [tuple(segment) for segment in segments]


def _segment_part(words: tuple[str, ...], text: str, marks: Marks) -> Part:
    command = program_of(words)
    if not command:
        return Part("configuration", words[0].partition("=")[0] if words else "", (), ())
    program = basename(command[0].strip("'\""))
    if marks.about(command[0]):
        prepares = len(command) > 1 and command[1] in _PREPARING
        return Part("configuration" if prepares else "start", program)
    if program in ("cd", "pushd"):
        return Part("install", program)
    if program == "export":
        return Part("configuration", program)
    verb = VERBS.get(program)
    if verb is None:
        return Part("install", program, reason=f"it is not known what {program} does with {marks.title}")
    if program in PRINTERS or program == "tee":
        return _printing(program, command, text, marks)
    return _known(program, verb, command, marks)


def _printing(program: str, command: tuple[str, ...], text: str, marks: Marks) -> Part:
    """Commands that write text: harmless where nobody keeps it, or where the file is the sidecar's own."""
    target = redirected(text)
    if not target and " tee " in f" {text} ":
        target = next((word for word in reversed(text.split()) if not word.startswith("-")), "").strip("'\"")
    if not target or marks.about(target) or target == "/dev/null":
        return Part("configuration", program)
    if marks.about_repository(text):
        return Part("install", program, (), (target,))
    if program in ("cat", "envsubst") and not marks.about(" ".join(command[1:])):
        return Part("configuration", program)
    return Part("configuration", program, reason=f"{program} writes of {marks.title} into {target}")


def _known(program: str, verb: Verb, command: tuple[str, ...], marks: Marks) -> Part:
    operands, targets, subcommand = _operands(verb, command[1:])
    kind: Kind = verb.kind
    mine = [word for word in operands if marks.about(word) or marks.about_repository(word)]
    if verb.subcommands and not subcommand:
        return Part(kind, program)
    if program == "install" and not any(word.startswith("-") and "d" in word for word in command[1:]):
        verb = verb._replace(each=False, last_is_target=True)
    if verb.last_is_target and operands:
        return _moving(program, operands, marks)
    if kind == "install" and mine and all(word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in mine):
        kind = "configuration"
    others = [word for word in operands[verb.skipped :] if word not in mine]
    if verb.each and others:
        twice = next((word for word in mine if command.count(word) > 1), "")
        reason = f"{program} is given {twice} twice" if twice else "" if mine else _unclear(program, marks)
        return Part(kind, program, tuple(mine), (), reason)
    if program in ("curl", "wget") and any("://" in word for word in others):
        return Part(kind, program, reason=f"{program} downloads other things too")
    if program in ("sed", "ls", "test", "[", "gpg") and mine and any("/" in word for word in others[1:]):
        return Part(kind, program, reason=f"{program} is about other files too")
    return Part(kind, program, (), tuple(targets))


def _moving(program: str, operands: list[str], marks: Marks) -> Part:
    *sources, target = operands
    files = [word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in sources]
    kind: Kind = "configuration" if files and all(files) else "install"
    if sources and all(map(marks.about, sources)):
        return Part(kind, program, (), (target,))
    if marks.about(target):
        return Part(kind, program)
    return Part(kind, program, reason=_unclear(program, marks))


def _unclear(program: str, marks: Marks) -> str:
    return f"{program} is about {marks.title} and other things, which cannot be told apart"


def _operands(verb: Verb, words: tuple[str, ...]) -> tuple[list[str], list[str], str]:
    """The things that a command is given, where it puts them, and its subcommand."""
    operands: list[str] = []
    targets: list[str] = []
    subcommand, option = "", ""
    for word in words:
        if option:
            targets += [word] if option in verb.into else []
            option = ""
        elif word.startswith("-") and word != "-":
            name, equals, value = word.partition("=")
            targets += [value] if equals and name in verb.into else []
            option = _awaits_value(verb, word)
        elif not subcommand and word in verb.subcommands:
            subcommand = word
        else:
            operands.append(word)
    return operands, targets, subcommand


def _awaits_value(verb: Verb, word: str) -> str:
    """The option that takes the next word: the word itself, or the last letter of several in one word (`-fsSLo`)."""
    if word in (*verb.valued, *verb.into):
        return word
    last = f"-{word[-1]}"
    return last if word[2:] and not word.startswith("--") and last in verb.into else ""
