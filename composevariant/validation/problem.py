"""What validation finds: one problem, where it is, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from composevariant.source import Location
    from composevariant.tree import Node
    from composevariant.tree_edits import Path

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
    from composevariant.paths import format_path

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
