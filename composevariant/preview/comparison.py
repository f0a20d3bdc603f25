"""Two texts compared, as data for the forms that travel: JSON and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose.identity import item_key
from composevariant.paths import format_path
from composevariant.preview.causes import Causes
from composevariant.preview.differences import Difference, differences
from composevariant.preview.model import Model, flow
from composevariant.preview.secrets import hidden, masked_text, without_passwords
from composevariant.preview.words import apart, one_line, owner, sentence
from composevariant.source import Source
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.changes import Change
    from composevariant.findings import Note
    from composevariant.source import Location
    from composevariant.yamltext import Document

Kind = Literal["added", "removed", "changed"]


class Side(NamedTuple):
    """One of the two: its name, its text and what that means."""

    name: str
    text: str
    tree: Mapping


class Told(NamedTuple):
    """One difference in meaning."""

    kind: Kind
    section: str
    """The top-level key."""
    owner: str
    """The service it is in, else the top-level key."""
    path: str
    before: str | None
    after: str | None
    sentence: str
    operation: str
    location: Location | None


class Provenance(NamedTuple):
    """What is known of how the second side came about; nothing for two files."""

    variant: str = ""
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    state: str = ""
    beside: tuple[tuple[Source, Source], ...] = ()


class Comparison(NamedTuple):
    """What differs between two sides, and what operations said of it."""

    before: Side
    after: Side
    told: tuple[Told, ...]
    notes: tuple[Note, ...]
    variant: str
    """Empty where two files are compared."""
    state: str = ""
    """How the second file stands on disk; empty where that was not asked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """The files that belong to the second one, each with what it is compared with."""


def side(name: str, document: Document, *, hide: bool) -> Side:
    """A side; with `hide`, its text is without what looks like a secret."""
    root = document.root or Mapping()
    text = document.source.text
    return Side(name, masked_text(text, root) if hide else text, root if isinstance(root, Mapping) else Mapping())


def compared(before: Side, after: Side, told_by: Provenance, *, hide: bool) -> Comparison:
    """Both sides compared. With `hide`, what looks like a secret is masked; that it differs is told all the same."""
    found = [part for each in differences(*Model(item_key).both(before.tree, after.tree)) for part in apart(each)]
    causes = Causes(told_by.changes, item_key)
    told = (_told(difference, causes, hide=hide) for difference in found)
    in_order = sorted(told, key=lambda each: each.section != "services")
    notes = told_by.notes
    if hide:
        notes = tuple(note.masked(without_passwords) for note in notes)
    beside = tuple((_masked(old, hide=hide), _masked(new, hide=hide)) for old, new in told_by.beside)
    return Comparison(before, after, tuple(in_order), notes, told_by.variant, told_by.state, beside)


def _masked(source: Source, *, hide: bool) -> Source:
    return Source(source.name, without_passwords(source.text)) if hide else source


def _told(difference: Difference, causes: Causes, *, hide: bool) -> Told:
    path, before, after = _hidden(difference) if hide else difference
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    cause = causes.origin(difference)
    return Told(
        kind,
        str(path[0]) if path else "",
        owner(path)[0],
        format_path(path),
        None if before is None else one_line(flow(before)),
        None if after is None else one_line(flow(after)),
        sentence(Difference(path, before, after)),
        cause.operation if cause else "",
        cause.location if cause else None,
    )


def _hidden(difference: Difference) -> Difference:
    name = str(difference.path[-1]) if difference.path else ""
    sides = (None if data is None else hidden(name, data) for data in difference[1:])
    return Difference(difference.path, *sides)
