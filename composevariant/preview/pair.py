"""Two texts to compare, with the changes and notes that led from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.source import Source
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.findings import Note
    from composevariant.tree import Change, Node


class Side(NamedTuple):
    """One side of a comparison: its name, its text and the parsed tree."""

    name: str
    text: str
    tree: Node | None = None
    """None if the text is not parsed yet; the line diffs do not need a tree."""

    def parsed(self) -> Node:
        """Return the tree; an empty mapping for a text without content.

        Raises:
            UnusableInput: The text is not YAML.
        """
        if self.tree is not None:
            return self.tree
        from composevariant.yamltext import parse

        root = parse(Source(self.name, self.text)).root
        return Mapping() if root is None else root


class Pair(NamedTuple):
    """Two sides, and the changes that made the second from the first."""

    before: Side
    after: Side
    variant: str = ""
    """Empty when two files are compared."""
    changes: tuple[Change, ...] | None = None
    """None when two files are compared."""
    notes: tuple[Note, ...] = ()
    state: str = ""
    """The state of the second file on disk; empty if it was not checked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """Pairs of old and new text of the extra files of the variant."""
