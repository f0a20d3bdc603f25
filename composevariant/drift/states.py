"""How the file of a variant stands against what would be written now, by the digests of its header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.errors import ComposeVariantError
from composevariant.header import Generated, Header, digest, read_generated
from composevariant.source import Source
from composevariant.tree import same
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.overlay import Overlay
    from composevariant.tree import Node

State = Literal[
    "up to date",
    "missing",
    "base changed",
    "overlay changed",
    "inputs changed",
    "tool format changed",
    "hand-edited",
    "reformatted",
    "foreign file",
]
PROTECTED: Final[tuple[State, ...]] = ("hand-edited", "reformatted", "foreign file")
"""Files that hold something which we did not write."""


class Standing(NamedTuple):
    """A variant's file and everything that sets it apart from what would be written now."""

    states: tuple[State, ...]
    """What protects the file comes first; `up to date` and `missing` stand alone."""
    existing: str | None
    """The body of the file that is there, or all of a foreign file; None when there is none."""
    header: Header | None = None
    """The header of the file that is there, if it is one of ours."""

    @property
    def state(self) -> State:
        return self.states[0]

    @property
    def is_protected(self) -> bool:
        return self.states[0] in PROTECTED

    @property
    def words(self) -> str:
        return ", ".join(self.states)


def standing(there: Source | None, header: Header, made: Node, overlay: Overlay) -> Standing:
    """How a file compares with the header and the tree that a variant of this overlay would be written with now."""
    if there is None:
        return Standing(("missing",), None)
    generated = read_generated(there.text)
    if generated is None:
        return Standing(("foreign file",), there.text)
    # The command that made a file may be another one, such as with -f: the header's other lines do not count.
    states = (*_edits(there.name, generated, made), *_outdated(generated.header, header, overlay))
    return Standing(states or ("up to date",), generated.body, generated.header)


def _edits(path: str, there: Generated, made: Node) -> Iterator[State]:
    """Whether the body is not what we wrote: changed by hand, or by a formatter that kept its meaning."""
    if digest(there.body) == there.header.body:
        return
    try:
        root = parse(Source(path, there.body)).root
    except ComposeVariantError:
        root = None
    yield "reformatted" if root is not None and same(root, made) else "hand-edited"


def _outdated(old: Header, new: Header, overlay: Overlay) -> Iterator[State]:
    if old.format != new.format:
        yield "tool format changed"
    if old.base != new.base:
        yield "base changed"
    if old.overlay != new.overlay and not _is_legacy_digest(old.overlay, overlay):
        yield "overlay changed"
    if old.inputs != new.inputs:
        yield "inputs changed"


def _is_legacy_digest(found: str, overlay: Overlay) -> bool:
    from composevariant.legacy_digest import legacy_text  # only when the present digest does not match

    return found == digest(legacy_text(overlay))
