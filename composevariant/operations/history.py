"""The result of all operations of a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import item_key
from composevariant.tree import Cause, Change, Mapping, compare

if TYPE_CHECKING:
    from composevariant.findings import Note, Problem
    from composevariant.operations.context import ExtraFile
    from composevariant.source import Location
    from composevariant.tree import Node


class AppliedOperation(NamedTuple):
    """An operation that was applied: its key, its place in the overlay, and the tree after it."""

    operation: str
    location: Location | None
    tree: Mapping
    notes: tuple[Note, ...]


class GeneratedVariant(NamedTuple):
    """A variant: its text without the header, and how it was made."""

    body: str
    tree: Mapping
    changes: tuple[Change, ...]
    """The changes of all operations, in the order of application. A later one may undo an earlier one."""
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    """Problems of the base, and warnings. Problems that an overlay introduces are errors instead."""
    history: tuple[AppliedOperation, ...] = ()
    """The operations in the order of application, including those without effect."""
    files: tuple[ExtraFile, ...] = ()
    """The extra files that are written with it."""

    def on_top_of(self, step: str, base: Node | None, tree: Node | None, notes: tuple[Note, ...]) -> GeneratedVariant:
        """Return a copy whose history begins with `step`, which changed `base` to `tree` before the first operation."""
        if not isinstance(base, Mapping) or not isinstance(tree, Mapping):
            return self
        return self._replace(
            changes=(*compare(base, tree, item_key, Cause(step)), *self.changes),
            notes=(*notes, *self.notes),
            history=(AppliedOperation(step, None, tree, notes), *self.history),
        )
