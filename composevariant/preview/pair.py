"""Two texts to compare, with the changes and notes that led from the first to the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.source import Source
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.findings import Note
    from composevariant.tree import Change, Node


class Side(NamedTuple):
    """One side of a comparison, with its name, text and parsed tree."""

    name: str
    text: str
    tree: Node | None = None
    """The parsed tree, or None if the text is not parsed yet. The line diffs do not need a tree."""

    def parsed(self) -> Node:
        """Return the tree, or an empty mapping for a text without content.

        Raises:
            UnusableInput: The text is not YAML.
        """
        if self.tree is not None:
            return self.tree
        from composevariant.yamltext import parse

        root = parse(Source(self.name, self.text)).root
        return Mapping() if root is None else root


class Pair(NamedTuple):
    """Two sides, and the changes that turned the first into the second."""

    before: Side
    after: Side
    variant: str = ""
    """The name of the variant, which is empty when two files are compared."""
    changes: tuple[Change, ...] | None = None
    """The changes made by operations, or None when two files are compared."""
    notes: tuple[Note, ...] = ()
    state: str = ""
    """The state of the second file on disk, which is empty if it was not checked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """The old and new text of each extra file of the variant."""
