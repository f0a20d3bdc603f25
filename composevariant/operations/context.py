"""The input and the result of an operation, and the result of all operations of a variant."""

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
    """A file that is written together with a variant, such as the configuration of a sidecar or a fast Dockerfile."""

    path: str
    """The path, relative to the folder of the base file."""
    text: str
    """The text without the header comment on its origin. Only the text of a Dockerfile already contains this header."""
    made_of: str = ""
    """The source of a Dockerfile, or of a file for a Dockerfile, in the same folder. Empty for a configuration."""
    update: str = ""
    """The command that writes the file if it is not written with the variant, or an empty string."""


class Outcome(NamedTuple):
    """The tree after an operation, with notes and extra files."""

    tree: Mapping
    notes: tuple[Note, ...] = ()
    files: tuple[ExtraFile, ...] = ()


class Context(NamedTuple):
    """The input of an operation in addition to the tree."""

    workspace: Files
    project: str = ""
    """Compose's project name, which is the `name:` in the base file or else the name of the folder."""
    presets: tuple[tuple[str, Mapping], ...] = ()
    """The presets that overlays define, by name, not yet parsed."""
    folders: Folders | None = None
    """The files around the Compose files, for reports, or None if reports do not need them."""
    others: ComposeFiles | None = None
    """The Compose files that the base extends and includes, for reading only."""
    extended: ComposeFiles | None = None
    """The same files, for content that becomes part of the variant. Each file read here is an input of the variant."""
    bases: tuple[str, ...] = ()
    """The names of the Compose files that the tree was merged from."""
    root: str = ""
    """The path from the folder of the base file to the folder of the project."""
    contexts: Files | None = None
    """The sources of fast Dockerfiles, which are not inputs of the variant."""
    strips: tuple[Strip, ...] = ()
    """The sidecars that the variant strips, including from its fast Dockerfiles."""


class AppliedOperation(NamedTuple):
    """An operation that was applied, with its key, its location in the overlay, and the tree after the operation."""

    operation: str
    location: Location | None
    tree: Mapping
    notes: tuple[Note, ...]


class GeneratedVariant(NamedTuple):
    """The text of a variant without its header, and the operations that produced the variant."""

    body: str
    tree: Mapping
    changes: tuple[Change, ...]
    """The changes made by all operations, in the order of application. A later change may undo an earlier change."""
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    """Problems in the base file, and warnings. Problems that an overlay introduces are raised as errors instead."""
    history: tuple[AppliedOperation, ...] = ()
    """The operations in the order of application, including those without effect."""
    files: tuple[ExtraFile, ...] = ()
    """The extra files that are written with the variant."""

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
    """Return the reader for services in other files, or None if the context has no such files."""
    if context.extended is None:
        return None
    from composevariant.compose.files import OtherFiles, ReferenceResolver

    return ReferenceResolver(OtherFiles(context.extended))


def refusal_of(tree: Mapping, pattern: PathPattern, context: Context, location: Location | None) -> Refused | None:
    """Return the error for a setting that comes from another file, or None if no other file has the setting."""
    from composevariant.compose.files import resolve_project_if_possible

    whole = resolve_project_if_possible(tree, context.others)
    places = find(whole, pattern, identity) if whole is not tree else ()
    if not places:
        return None
    there = location_of(get(whole, places[0]))
    return Refused(f"{format_path(places[0], whole, identity)} comes from another file ({there})", location, HINT)
