"""The input of an operation, its result, and the result of all operations of a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import identity, item_key
from composevariant.errors import Refused
from composevariant.tree import Cause, Change, Mapping, compare, find, format_path, get, location_of

if TYPE_CHECKING:
    from composevariant.compose.files import ComposeFiles, ReferenceResolver
    from composevariant.file_views import Files, Folders
    from composevariant.findings import Note, Problem
    from composevariant.overlay import Strip
    from composevariant.source import Location
    from composevariant.tree import Node, PathPattern


class ExtraFile(NamedTuple):
    """A file that is written with a variant: the configuration of a sidecar, or a fast Dockerfile."""

    path: str
    """Relative to the folder of the base file."""
    text: str
    """Without the header comment on its origin, except for Dockerfiles, which already contain it."""
    made_of: str = ""
    """The source of a Dockerfile, or of a file for it, in the same folder; "" for a configuration."""
    update: str = ""
    """The command that writes it, if it is not written with the variant; else ""."""


class Outcome(NamedTuple):
    """The tree after an operation, notes, and extra files."""

    tree: Mapping
    notes: tuple[Note, ...] = ()
    files: tuple[ExtraFile, ...] = ()


class Context(NamedTuple):
    """The input of an operation besides the tree."""

    workspace: Files
    project: str = ""
    """Compose's project name: `name:` of the base, else the name of the folder."""
    presets: tuple[tuple[str, Mapping], ...] = ()
    """The presets that overlays define, by name, not yet parsed."""
    folders: Folders | None = None
    """The files around the Compose files, for reports; None if they are not needed."""
    others: ComposeFiles | None = None
    """The Compose files that the base extends and includes, for reading only."""
    extended: ComposeFiles | None = None
    """The same files, for content that becomes part of the variant: each file read is an input of it."""
    bases: tuple[str, ...] = ()
    """The names of the Compose files that the tree was merged from."""
    root: str = ""
    """The path from the folder of the base file to the folder of the project."""
    contexts: Files | None = None
    """The sources of fast Dockerfiles, which are not inputs of the variant."""
    strips: tuple[Strip, ...] = ()
    """The sidecars that the variant strips, also from its fast Dockerfiles."""


class AppliedOperation(NamedTuple):
    """An operation that was applied: its key, its place in the overlay, and the tree after it."""

    operation: str
    location: Location | None
    tree: Mapping
    notes: tuple[Note, ...]


class GeneratedVariant(NamedTuple):
    """A variant: its text without the header, and the operations that produced it."""

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


# Settings from extended and included files, which a single variant file cannot change.

HINT: Final = "change it there, or merge all files into one first with `flatten: true` in the variant or --flatten"


def others_of(context: Context) -> ReferenceResolver | None:
    """Return the reader of services in other files; None if the context has no such files."""
    if context.extended is None:
        return None
    from composevariant.compose.files import OtherFiles, ReferenceResolver

    return ReferenceResolver(OtherFiles(context.extended))


def refusal_of(tree: Mapping, pattern: PathPattern, context: Context, location: Location | None) -> Refused | None:
    """Return the error for a setting that is in another file instead of the tree; None if no file has it."""
    from composevariant.compose.files import resolve_project_if_possible

    whole = resolve_project_if_possible(tree, context.others)
    places = find(whole, pattern, identity) if whole is not tree else ()
    if not places:
        return None
    there = location_of(get(whole, places[0]))
    return Refused(f"{format_path(places[0], whole, identity)} comes from another file ({there})", location, HINT)
