"""Which program a service starts, as far as its `entrypoint` and `command` tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import text_of, texts_of
from composevariant.tree import Scalar

if TYPE_CHECKING:
    from composevariant.tree import Mapping, Node

_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash", "zsh"))
_WRAPPERS: Final = frozenset(("--", "exec", "env", "nohup", "tini", "dumb-init", "docker-entrypoint"))
_SEPARATORS: Final = frozenset((";", "&", "&&", "|", "||"))


class Program(NamedTuple):
    """The first program of a command line."""

    name: str
    """Without its folder; "" when nothing is known."""
    alone: bool
    """Whether a shell starts nothing else beside or after it."""


def program_of(service: Mapping) -> Program:
    """What the service runs. A missing entrypoint counts as one that runs the command."""
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
    """The words of a command line, operators of the shell apart."""
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
