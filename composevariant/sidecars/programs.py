"""The program that a service starts, by its `entrypoint` and `command`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import text_of, texts_of
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from composevariant.tree import Node


_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash", "zsh"))
_WRAPPERS: Final = frozenset(("--", "exec", "env", "nohup", "tini", "dumb-init", "docker-entrypoint"))
_SEPARATORS: Final = frozenset((";", "&", "&&", "|", "||"))


class Program(NamedTuple):
    """The first program of a command line."""

    name: str
    """The file name of the program, or an empty string if it is unknown."""
    alone: bool
    """Whether this is the only program, so no shell starts other programs."""


def program_of(service: Mapping) -> Program:
    """Return the program of a service. If there is no entrypoint, the command is assumed to be the program."""
    words = [*_words(service.get("entrypoint")), *_words(service.get("command"))]
    while words and _base(words[0]) in _WRAPPERS:
        words = words[1:]
    if not words:
        return Program("", alone=True)
    if _base(words[0]) in _SHELLS:
        return _first_of_script(words[1:])
    return Program(_base(words[0]), alone=True)


def _words(node: Node | None) -> list[str]:
    return _split(text_of(node)) if isinstance(node, Scalar) else texts_of(node)


def _first_of_script(words: list[str]) -> Program:
    options = [word for word in words if word.startswith("-")]
    script = next((word for word in words if not word.startswith("-")), "")
    if not any("c" in option for option in options):
        return Program(_base(script), alone=True)
    commands = _split(script)
    while commands and _base(commands[0]) in _WRAPPERS:
        commands = commands[1:]
    if not commands:
        return Program("", alone=True)
    return Program(_base(commands[0]), alone=_SEPARATORS.isdisjoint(commands) and "\n" not in script.strip())


def _split(text: str) -> list[str]:
    """Split a command line into words. Shell operators become separate words."""
    from shlex import shlex

    words = shlex(text, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    words.commenters = ""
    try:
        return list(words)
    except ValueError:
        return text.split()


def _base(word: str) -> str:
    return word.rpartition("/")[2]
