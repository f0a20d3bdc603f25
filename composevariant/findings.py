"""What operations report: a finding is kept as data, and its sentence is made last, from the table in `messages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.source import Location
    from composevariant.tree import Node, Path

NoteKind = Literal["removed", "repaired", "changed", "kept", "warning", "note"]


_THING: Final = 2
"""So many steps lead to a service, a volume or the like."""


class Note(NamedTuple):
    """Something an operation did, left alone or doubts, for the report."""

    id: str
    """The stable name of its message in `messages.MESSAGES`."""
    kind: NoteKind
    path: Path = ()
    """The setting it is about, see `keyed`; empty for the project as a whole."""
    location: Location | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    """What the message is filled in with, by name."""
    check: str = ""
    """The stable id of the check that found it, if one did; it ends the message, in brackets."""

    @property
    def service(self) -> str:
        """The service it is about; empty for everything else."""
        return str(self.path[1]) if self.path[:1] == ("services",) and len(self.path) > 1 else ""

    @property
    def sentence(self) -> str:
        """The sentence without the check."""
        from composevariant.messages import MESSAGES

        return MESSAGES[self.id].format(**self._filled_in())

    @property
    def message(self) -> str:
        """The sentence as users see it."""
        return f"{self.sentence} [{self.check}]" if self.check else self.sentence

    @property
    def line(self) -> str:
        """The sentence for a report that names the service, the volume or the like in front of it."""
        from composevariant.messages import LINES, MESSAGES

        template = LINES.get(self.id) or MESSAGES[self.id].removeprefix("{service} ")
        return template.format(**self._filled_in()) + (f" [{self.check}]" if self.check else "")

    @property
    def owner(self) -> tuple[str, str]:
        """The section and the name of what its `line` is about: the service, or a definition at the top level."""
        from composevariant.messages import LINES

        if self.service or (len(self.path) == _THING and self.id in LINES):
            return str(self.path[0]), str(self.path[1])
        return "", ""

    @property
    def about(self) -> str:
        """`service: ` where a report has to name the service first, because the sentence does not."""
        from composevariant.messages import MESSAGES

        return f"{self.service}: " if self.service and "{service}" not in MESSAGES[self.id] else ""

    def masked(self, mask: Callable[[str], str]) -> Note:
        """The note with a mask over what its message is filled in with."""
        return self._replace(arguments=tuple((name, mask(text)) for name, text in self.arguments))

    def _filled_in(self) -> dict[str, str]:
        return {**dict(self.arguments), "service": self.service}


def note(name: str, kind: NoteKind, path: Path, location: Location | None = None, /, **arguments: str) -> Note:
    """A note whose message is called `name`."""
    return Note(name, kind, path, location, tuple(arguments.items()))


def found_by(check: str, kind: NoteKind, path: Path, location: Location | None, /, **arguments: str) -> Note:
    """A note on what a check found: `validate` reports it as well, and docs/checks.md has a section on it."""
    return Note(check, kind, path, location, tuple(arguments.items()), check)


def keyed(path: Path, node: Node) -> Path:
    """The path of a node, the last step of which is a key for an item of a list that has one: positions shift."""
    from composevariant.compose import item_key

    key = item_key(path[:-1], node) if isinstance(path[-1], int) else None
    return path if key is None else (*path[:-1], key)


def within(path: Path, around: Path) -> bool:
    """Whether a path is another one, or leads into it."""
    return path[: len(around)] == around


# What validation finds: one problem, where it is, and the words for it.

Severity = Literal["error", "warning", "advice"]


_SECRET_WORDS: Final = ("pass", "secret", "token", "key", "credential", "auth", "private", "cert")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a Compose model."""

    check: str
    """The stable id of the rule that was broken, such as `schema.type` or `reference.depends-on`."""
    severity: Severity
    path: Path
    message: str
    """One sentence: what is wrong and what to do about it."""
    location: Location | None = None
    args: tuple[str, ...] = ()
    """What the message speaks of: names and settings, never the value of a setting that could be a secret."""

    @property
    def identity(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Equal for the same problem in base and result, whatever line or list position it has there.

        A last key that the message names is no more than a position either: a merge makes `networks: [a]` a mapping.
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
    """A path as messages spell it; the document itself is `the file`."""
    from composevariant.tree import format_path

    return format_path(path) or "the file"


def may_be_secret(path: Path) -> bool:
    """Whether the value at a path must not be repeated in a message."""
    return any(word in key.lower() for key in path if isinstance(key, str) for word in _SECRET_WORDS)


def problem_at(root: Node, check: str, severity: Severity, path: Path, wrong: str) -> Problem:
    """A problem with the message `<path> <wrong>`."""
    return Problem(check, severity, path, f"{shown(path)} {wrong}", place_of(root, path), (wrong,))


def place_of(root: Node | None, path: Path, *, at_key: bool = False) -> Location | None:
    """Where to look for a problem: the value when it is a scalar, else its key; what has no place, its parent's.

    With `at_key`, the key in any case.
    """
    from composevariant.tree import Mapping, Scalar, Sequence, location_of

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
