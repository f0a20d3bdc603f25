"""Two texts to compare, and what is known of them before they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.source import Source
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.findings import Note
    from composevariant.tree import Change, Node


class Side(NamedTuple):
    """One of the two: its name, its text and the tree of the text."""

    name: str
    text: str
    tree: Node | None = None
    """None where the text is not parsed yet: not every form needs its meaning."""

    def parsed(self) -> Node:
        """The tree; an empty mapping for a text without content.

        Raises:
            UnusableInput: the text is not YAML.
        """
        if self.tree is not None:
            return self.tree
        from composevariant.yamltext import parse

        root = parse(Source(self.name, self.text)).root
        return Mapping() if root is None else root


class Pair(NamedTuple):
    """Two sides, and what is known of how the second one was made."""

    before: Side
    after: Side
    variant: str = ""
    """Empty where two files are compared."""
    changes: tuple[Change, ...] | None = None
    """None where they are not known: then two files are compared."""
    notes: tuple[Note, ...] = ()
    state: str = ""
    """The state of the second file on disk; empty where that was not asked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """The files that belong to the variant: what each is compared with, and its new text."""
