"""Notes of operations and problems of validation, kept as data.

The sentence of a note is generated last, from the tables in `messages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import item_key
from composevariant.tree import Mapping, Scalar, Sequence, format_path, location_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.source import Location
    from composevariant.tree import Node, Path

    Arguments = tuple[tuple[str, "str | Phrase"], ...]
    """The values for the fields of a message, by name."""

NoteKind = Literal["removed", "repaired", "changed", "kept", "warning", "note"]

_DEFINITION_LENGTH: Final = 2
"""The length of the path to a service, volume, network or other top-level definition."""


class Phrase(NamedTuple):
    """A part of a sentence, with its text in `messages.PHRASES`."""

    id: str
    arguments: Arguments

    def __str__(self) -> str:
        from composevariant.messages import PHRASES

        return PHRASES[self.id].format(**dict(self.arguments))


def phrase(name: str, /, **arguments: str | Phrase) -> Phrase:
    """Create a phrase from the text `name` in `messages.PHRASES`."""
    return Phrase(name, tuple(arguments.items()))


def listed(first: Phrase, *rest: Phrase) -> Phrase:
    """Return the phrases as a single phrase, separated by commas."""
    return phrase("list", first=first, rest=listed(*rest)) if rest else first


class Note(NamedTuple):
    """Something that an operation did, kept or warns about, for the report."""

    id: str
    """The stable key of the note's message in `messages.MESSAGES`."""
    kind: NoteKind
    path: Path = ()
    """The path of the setting that the note is about, or an empty path for the whole project. See `keyed`."""
    location: Location | None = None
    arguments: Arguments = ()
    """The values for the fields of the message, by name."""
    check: str = ""
    """The stable id of the check that produced the note, or an empty string.

    The id is printed in brackets after the message.
    """

    @property
    def service(self) -> str:
        """The service that the note is about, or an empty string."""
        return str(self.path[1]) if self.path[:1] == ("services",) and len(self.path) > 1 else ""

    @property
    def sentence(self) -> str:
        """The sentence without the id of the check."""
        from composevariant.messages import MESSAGES

        return MESSAGES[self.id].format(**self._filled_in())

    @property
    def message(self) -> str:
        """The sentence that users see."""
        return f"{self.sentence} [{self.check}]" if self.check else self.sentence

    @property
    def line(self) -> str:
        """The sentence for reports that print the `owner` first."""
        from composevariant.messages import LINES, MESSAGES

        template = LINES.get(self.id) or MESSAGES[self.id].removeprefix("{service} ")
        return template.format(**self._filled_in()) + (f" [{self.check}]" if self.check else "")

    @property
    def owner(self) -> tuple[str, str]:
        """The section and name of the service or definition that `line` is about, or two empty strings."""
        from composevariant.messages import LINES

        if self.service or (len(self.path) == _DEFINITION_LENGTH and self.id in LINES):
            return str(self.path[0]), str(self.path[1])
        return "", ""

    @property
    def about(self) -> str:
        """The prefix `service: ` if the sentence does not name the service, or an empty string if it does."""
        from composevariant.messages import MESSAGES

        return f"{self.service}: " if self.service and "{service}" not in MESSAGES[self.id] else ""

    def masked(self, mask: Callable[[str], str]) -> Note:
        """Return the note with `mask` applied to its arguments."""
        return self._replace(arguments=_masked(self.arguments, mask))

    def _filled_in(self) -> dict[str, str | Phrase]:
        return {**dict(self.arguments), "service": self.service}


def _masked(arguments: Arguments, mask: Callable[[str], str]) -> Arguments:
    return tuple(
        (name, mask(value) if isinstance(value, str) else value._replace(arguments=_masked(value.arguments, mask)))
        for name, value in arguments
    )


def note(name: str, kind: NoteKind, path: Path, location: Location | None = None, /, **arguments: str | Phrase) -> Note:
    """Create a note with the message `name`."""
    return Note(name, kind, path, location, tuple(arguments.items()))


def found_by(check: str, kind: NoteKind, path: Path, location: Location | None, /, **arguments: str | Phrase) -> Note:
    """Create a note for a finding of a check.

    `validate` also reports such findings, and docs/checks.md describes the checks.
    """
    return Note(check, kind, path, location, tuple(arguments.items()), check)


def keyed(path: Path, node: Node) -> Path:
    """Return the path with the position of a list item replaced by the item's key, if any, because positions shift."""
    key = item_key(path[:-1], node) if isinstance(path[-1], int) else None
    return path if key is None else (*path[:-1], key)


def within(path: Path, around: Path) -> bool:
    """Return whether `path` equals `around` or is inside it."""
    return path[: len(around)] == around


# Problems that validation finds.

Severity = Literal["error", "warning", "advice"]

_SECRET_WORDS: Final = ("pass", "secret", "token", "key", "credential", "auth", "private", "cert")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a Compose model."""

    check: str
    """The stable id of the broken rule, such as `schema.type` or `reference.depends-on`."""
    severity: Severity
    path: Path
    message: str
    """A sentence that names the problem and its solution."""
    location: Location | None = None
    args: tuple[str, ...] = ()
    """The names and settings in the message, but never a value that could be a secret."""

    @property
    def identity(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """A key that is equal for the same problem in base and result, even if lines and list positions differ.

        If the last key of the path is among the arguments, it is treated as a list position, because a merge may turn
        `networks: [a]` into a mapping.
        """
        path = tuple("[]" if isinstance(key, int) else key for key in self.path)
        if path and path[-1] in self.args:
            path = (*path[:-1], "[]")
        return self.check, path, self.args

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        severity = "" if self.severity == "error" else f"{self.severity}: "
        return f"{place}{severity}{self.message} [{self.check}]"


def shown(path: Path) -> str:
    """Return the path as text for messages, or "the file" for an empty path."""
    return format_path(path) or "the file"


def may_be_secret(path: Path) -> bool:
    """Return whether the value at a path may be a secret, so that messages must not contain it."""
    return any(word in key.lower() for key in path if isinstance(key, str) for word in _SECRET_WORDS)


def problem_at(root: Node, check: str, severity: Severity, path: Path, wrong: str) -> Problem:
    """Create a problem with the message `<path> <wrong>`."""
    return Problem(check, severity, path, f"{shown(path)} {wrong}", place_of(root, path), (wrong,))


def place_of(root: Node | None, path: Path, *, at_key: bool = False) -> Location | None:
    """Return the location of the value at a path.

    For a collection, this is the location of its key. If the path does not exist, it is the location of the nearest
    parent.

    With `at_key`, the location of the key is also returned for scalars.
    """
    found, node = location_of(root), root
    for key in path:
        written: Node
        entry = node.entry(key) if isinstance(node, Mapping) and isinstance(key, str) else None
        if entry is not None:
            node, written = entry.value, entry.key
        elif isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
            node = written = node.items[key]
        else:
            break
        if isinstance(node, Scalar) and node.text and not at_key:
            written = node
        found = location_of(written) or found
    return found
