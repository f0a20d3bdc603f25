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
    """One operation that was done: who asked for it, and the tree after it."""

    operation: str
    location: Location | None
    tree: Mapping
    notes: tuple[Note, ...]


class GeneratedVariant(NamedTuple):
    """A variant: its text, without the header, and everything that there is to tell about how it came about."""

    body: str
    tree: Mapping
    changes: tuple[Change, ...]
    """By each operation, in the order in which they applied; a later one may undo an earlier one."""
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    """What was wrong with the base already, and warnings; what an overlay introduces is an error instead."""
    history: tuple[AppliedOperation, ...] = ()
    """The operations in the order in which they applied, those without effect included."""
    files: tuple[ExtraFile, ...] = ()
    """The files that belong to it and that a service mounts."""

    def on_top_of(self, step: str, base: Node | None, tree: Node | None, notes: tuple[Note, ...]) -> GeneratedVariant:
        """This, made of a tree to which a `step` has led from the base before the first operation."""
        if not isinstance(base, Mapping) or not isinstance(tree, Mapping):
            return self
        return self._replace(
            changes=(*compare(base, tree, item_key, Cause(step)), *self.changes),
            notes=(*notes, *self.notes),
            history=(AppliedOperation(step, None, tree, notes), *self.history),
        )
