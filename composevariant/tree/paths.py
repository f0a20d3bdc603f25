"""Parse, write and look up paths such as `services.*.ports["80:80"]`.

Steps are joined by dots or written in brackets. A bare step ends at a dot, bracket, quote or space. Text in quotes is
literal, and a quote inside quoted text is doubled. Elsewhere, `*` matches any text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from composevariant.errors import UnusableInput, did_you_mean
from composevariant.text import matches, pattern
from composevariant.tree.edits import get
from composevariant.tree.nodes import Mapping, Path, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.source import Location
    from composevariant.tree.nodes import Node


class Step(NamedTuple):
    """A step of a path, which is a key or the identity of a list item, or a wildcard pattern for these."""

    text: str
    wild: bool = False

    def matches(self, name: str) -> bool:
        return matches(self.text, name) if self.wild else self.text == name


PathPattern: TypeAlias = tuple[Step, ...]

_BARE: Final = pattern(r"[^.\[\]\"'\s]+")

_BRACKETS: Final = pattern(r"\[(?:\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'|([^\[\]\"'\s](?:[^\[\]]*[^\[\]\s])?))\]")

_HINT: Final = (
    "join names by dots; write a name with dots or blanks in brackets and quotes, as in "
    'services["ordering.api"]; write the key of a list item in brackets, as in ports["80:80"]'
)


def parse_path(text: str, location: Location | None = None) -> PathPattern:
    """Return the path written as `text`.

    Raises:
        UnusableInput: The text is not a path. The message points to the first wrong character.
    """
    steps: list[Step] = []
    at = 0
    while at < len(text) or not steps:
        dot = bool(steps) and text.startswith(".", at)
        found = _BARE.match(text, at + dot) if dot or not steps else None
        found = found or (None if dot else _BRACKETS.match(text, at))
        if found is None:
            raise _syntax_error(text, at + dot, location, after_dot=dot)
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def literal(*names: str) -> PathPattern:
    """Return the path with exactly these names, in which `*` is not a wildcard."""
    return tuple(Step(name) for name in names)


def write_step(step: Step, *, item: bool = False, first: bool = False) -> str:
    """Return a step in the syntax of `parse_path`. An `item` of a list is written in brackets."""
    literal_star = "*" in step.text and not step.wild
    if not item and not literal_star and _BARE.fullmatch(step.text):
        return step.text if first else f".{step.text}"
    bracketed = _BRACKETS.fullmatch(f"[{step.text}]")
    if (item or step.wild) and not literal_star and bracketed and bracketed[3] is not None:
        return f"[{step.text}]"
    quote = "'" if '"' in step.text and "'" not in step.text else '"'
    return f"[{quote}{step.text.replace(quote, quote * 2)}{quote}]"


def write_path(pattern: PathPattern) -> str:
    """Return the pattern in the syntax of `parse_path`."""
    return "".join(write_step(step, first=not index) for index, step in enumerate(pattern))


def _step(found: re.Match[str]) -> Step:
    text = found.group()
    if not text.startswith("["):
        return Step(text, "*" in text)
    double, single, bare = found.groups()
    if bare is not None:
        return Step(bare, "*" in bare)
    return Step(double.replace('""', '"') if double is not None else single.replace("''", "'"))


def _syntax_error(text: str, at: int, location: Location | None, *, after_dot: bool) -> UnusableInput:
    found = text[at : at + 1]
    if not text:
        wrong = "it is empty"
    elif after_dot:
        wrong = "a name is missing after the dot"
    elif found == "[":
        wrong = "this bracket is empty, not closed, or holds a quote or bracket that is not quoted"
    elif found.isspace():
        wrong = "write a name with a blank in brackets and quotes"
    else:
        wrong = f"{found} is not expected here"
    shown = re.sub(r"\s", " ", text)
    return UnusableInput(f'"{shown}" is not a path: {wrong}\n    {shown}\n    {" " * at}^', location, _HINT)


# The nodes that a path matches.


class Identity(Protocol):
    """Returns the names of a list item with the usual name first, or None if the items of the list have no names."""

    def __call__(self, path: Path, item: Node, /) -> tuple[str, ...] | None:
        """Return the names of an item in the list at `path`."""


class Reach(NamedTuple):
    """The deepest paths that a pattern reaches, each of which matches the first `steps` steps of the pattern."""

    paths: tuple[Path, ...]
    steps: int


def reach(tree: Mapping, pattern: PathPattern, identity: Identity) -> Reach:
    """Return the deepest paths that the pattern reaches, in document order."""
    places: list[tuple[Path, Node]] = [((), tree)]
    for count, step in enumerate(pattern):
        deeper = [child for path, node in places for child in _children(path, node, step, identity)]
        if not deeper:
            return Reach(tuple(path for path, _ in places), count)
        places = deeper
    return Reach(tuple(path for path, _ in places), len(pattern))


def find(tree: Mapping, pattern: PathPattern, identity: Identity) -> tuple[Path, ...]:
    """Return the paths that match the pattern, in document order."""
    paths, steps = reach(tree, pattern, identity)
    return paths if steps == len(pattern) else ()


def _children(path: Path, node: Node, step: Step, identity: Identity) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, Mapping):
        if step.wild:
            yield from (((*path, name), value) for name, value in node.items() if step.matches(name))
        elif entry := node.entry(step.text):
            yield (*path, step.text), entry.value
        return
    if step.text.startswith("*:"):
        # For ports, it matches any address, even in quotes: ports["*:53/udp"].
        step = Step(step.text, wild=True)
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if any(map(step.matches, identity(path, item) or (str(index),))):
                yield (*path, index), item
    elif any(map(step.matches, identity(path, node) or ())):
        # A scalar instead of a list, as in `env_file: a.env`.
        yield path, node


def _display_name(names: tuple[str, ...] | None, index: int, item: Node) -> str:
    """Return the name of an item for messages, as it is written if its full name is longer (`0.0.0.0:80:80/tcp`)."""
    if names is None:
        return str(index)
    written = item.text if isinstance(item, Scalar) else ""
    return written if written in names and names[0] not in written else names[0]


def nearest(tree: Mapping, pattern: PathPattern, identity: Identity) -> str:
    """Return why nothing matches, such as `services has no "bakend" (did you mean "backend"?)`.

    Return an empty string if something matches.
    """
    paths, steps = reach(tree, pattern, identity)
    if steps == len(pattern):
        return ""
    names = {name: None for path in paths for name in _names(path, get(tree, path), identity)}
    place, missing = write_path(pattern[:steps]) or "the file", pattern[steps]
    if missing.wild:
        return f'{place} has nothing like "{missing.text}"'
    return f'{place} has no "{missing.text}"{did_you_mean(missing.text, names)}'


def _names(path: Path, node: Node, identity: Identity) -> list[str]:
    if isinstance(node, Mapping):
        return node.names()
    if isinstance(node, Sequence):
        return [_display_name(identity(path, item), index, item) for index, item in enumerate(node.items)]
    return list(identity(path, node) or ())


def format_path(path: Path, tree: Node | None = None, identity: Identity | None = None) -> str:
    """Return a path in overlay syntax.

    List items are named if `tree` and `identity` are given. Otherwise they are shown by position.
    """
    written: list[str] = []
    for depth, key in enumerate(path):
        name = str(key)
        if isinstance(tree, Sequence) and isinstance(key, int):
            item = tree.items[key]
            name = _display_name(identity(path[:depth], item), key, item) if identity else name
            tree = item
        elif isinstance(tree, Mapping):
            tree = tree.get(name)
        written.append(write_step(Step(name), item=isinstance(key, int), first=not depth))
    return "".join(written)
