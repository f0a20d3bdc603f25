"""Two texts compared, as data for the forms that travel: JSON and HTML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose import Comparable, flow, item_key
from composevariant.preview.attribute_phrases import Difference, apart, differences, one_line, owner, sentence
from composevariant.preview.pair import Side
from composevariant.preview.secrets import hidden, masked, masked_text, without_passwords
from composevariant.preview.semantic_form import Causes
from composevariant.preview.unified_form import unified
from composevariant.source import Source
from composevariant.tree import Mapping, format_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.findings import Note
    from composevariant.preview.pair import Pair
    from composevariant.source import Location
    from composevariant.tree import Node

Kind = Literal["added", "removed", "changed"]


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


class Comparison(NamedTuple):
    """What differs between two sides, and what operations said of it."""

    before: Side
    after: Side
    told: tuple[Told, ...]
    notes: tuple[Note, ...]
    variant: str
    """Empty where two files are compared."""
    state: str = ""
    """The state of the second file on disk; empty where that was not asked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """The files that belong to the second one, each with what it is compared with."""


def compared(pair: Pair, *, hide: bool) -> Comparison:
    """Both sides compared. With `hide`, what looks like a secret is masked; that it differs is told all the same."""
    before, after = (_mapping(side.parsed()) for side in pair[:2])
    found = [part for each in differences(*Comparable(item_key).both(before, after)) for part in apart(each)]
    causes = Causes(pair.changes or (), item_key)
    told = (_told(difference, causes, hide=hide) for difference in found)
    in_order = sorted(told, key=lambda each: each.section != "services")
    notes = pair.notes
    if hide:
        notes = tuple(note.masked(without_passwords) for note in notes)
    beside = tuple((_masked(old, hide=hide), _masked(new, hide=hide)) for old, new in pair.beside)
    sides = (_side(pair.before, before, hide=hide), _side(pair.after, after, hide=hide))
    return Comparison(*sides, tuple(in_order), notes, pair.variant, pair.state, beside)


def _mapping(root: Node) -> Mapping:
    return root if isinstance(root, Mapping) else Mapping()


def _side(side: Side, tree: Mapping, *, hide: bool) -> Side:
    """The side with its tree; with `hide`, its text is without what looks like a secret."""
    text = side.text
    if hide and (side.tree is None or masked(side.tree) is not side.tree):
        # The places of secrets in the text are only known to the tree that was read from it.
        text = masked_text(text, side._replace(tree=None).parsed())
    return Side(side.name, text, tree)


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


# The JSON form, described by `schemas/report.schema.json`.


def as_json(comparisons: Iterable[Comparison]) -> str:
    """All comparisons of one call as one document."""
    return json.dumps({"comparisons": list(map(_comparison, comparisons))}, indent=2, ensure_ascii=False) + "\n"


def _comparison(comparison: Comparison) -> dict[str, object]:
    before, after = comparison.before, comparison.after
    return {
        "before": before.name,
        "after": after.name,
        "variant": comparison.variant or None,
        "state": comparison.state or None,
        "differences": list(map(_difference, comparison.told)),
        "notes": list(map(_note, comparison.notes)),
        "unified": unified(before.name, before.text, after.name, after.text, color=False),
        "files": [
            {
                "before": old.name,
                "after": new.name,
                "unified": unified(old.name, old.text, new.name, new.text, color=False),
            }
            for old, new in comparison.beside
        ],
    }


def _difference(told: Told) -> dict[str, object]:
    return {
        "kind": told.kind,
        "path": told.path,
        "before": told.before,
        "after": told.after,
        "sentence": f"{told.owner}: {told.sentence}",
        "operation": told.operation or None,
        "location": _place(told.location),
    }


def _note(note: Note) -> dict[str, object]:
    return {
        "kind": note.kind,
        "service": note.service or None,
        "message": note.message,
        "location": _place(note.location),
    }


def _place(location: Location | None) -> dict[str, object] | None:
    return location and location._asdict()
