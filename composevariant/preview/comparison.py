"""The comparison of two texts as data, for the JSON and HTML formats."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose import flow
from composevariant.preview.attribute_phrases import (
    Difference,
    meaning_differences,
    one_line,
    owner,
    sentence,
)
from composevariant.preview.pair import Side
from composevariant.preview.secrets import mask_data, mask_passwords, mask_text, masked
from composevariant.preview.semantic_form import CauseIndex
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


class DescribedDifference(NamedTuple):
    """A difference in meaning, with a phrase for the difference and the operation that made it."""

    kind: Kind
    section: str
    """The top-level key."""
    owner: str
    """The service of the setting, or its top-level key if it has no service."""
    path: str
    before: str | None
    after: str | None
    sentence: str
    operation: str
    location: Location | None


class Comparison(NamedTuple):
    """The differences between two sides, and the notes of the operations."""

    before: Side
    after: Side
    differences: tuple[DescribedDifference, ...]
    notes: tuple[Note, ...]
    variant: str
    """The name of the variant, which is empty when two files are compared."""
    state: str = ""
    """The state of the second file on disk, which is empty if it was not checked."""
    beside: tuple[tuple[Source, Source], ...] = ()
    """The old and new text of each extra file of the second side."""


def compare_sides(pair: Pair, *, hide: bool) -> Comparison:
    """Compare both sides.

    With `hide`, values that look like secrets are masked, but differences between them are still listed.
    """
    before, after = (_mapping(side.parsed()) for side in pair[:2])
    found = meaning_differences(before, after)
    causes = CauseIndex(pair.changes or ())
    described = (_describe(difference, causes, hide=hide) for difference in found)
    in_order = sorted(described, key=lambda each: each.section != "services")
    notes = pair.notes
    if hide:
        notes = tuple(note.masked(mask_passwords) for note in notes)
    beside = tuple((_masked(old, hide=hide), _masked(new, hide=hide)) for old, new in pair.beside)
    sides = (_side(pair.before, before, hide=hide), _side(pair.after, after, hide=hide))
    return Comparison(*sides, tuple(in_order), notes, pair.variant, pair.state, beside)


def _mapping(root: Node) -> Mapping:
    return root if isinstance(root, Mapping) else Mapping()


def _side(side: Side, tree: Mapping, *, hide: bool) -> Side:
    """Return the side with its tree. With `hide`, likely secrets in its text are masked."""
    text = side.text
    if hide and (side.tree is None or masked(side.tree) is not side.tree):
        # Only a tree that was parsed from this text knows the positions of secrets in it.
        text = mask_text(text, side._replace(tree=None).parsed())
    return Side(side.name, text, tree)


def _masked(source: Source, *, hide: bool) -> Source:
    return Source(source.name, mask_passwords(source.text)) if hide else source


def _describe(difference: Difference, causes: CauseIndex, *, hide: bool) -> DescribedDifference:
    path, before, after = _hidden(difference) if hide else difference
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    cause = causes.origin(difference)
    return DescribedDifference(
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
    sides = (None if data is None else mask_data(name, data) for data in difference[1:])
    return Difference(difference.path, *sides)


# The JSON form, described by `schemas/report.schema.json`.


def as_json(comparisons: Iterable[Comparison]) -> str:
    """Return all comparisons as one JSON document."""
    return json.dumps({"comparisons": list(map(_comparison, comparisons))}, indent=2, ensure_ascii=False) + "\n"


def _comparison(comparison: Comparison) -> dict[str, object]:
    before, after = comparison.before, comparison.after
    return {
        "before": before.name,
        "after": after.name,
        "variant": comparison.variant or None,
        "state": comparison.state or None,
        "differences": list(map(_difference, comparison.differences)),
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


def _difference(found: DescribedDifference) -> dict[str, object]:
    return {
        "kind": found.kind,
        "path": found.path,
        "before": found.before,
        "after": found.after,
        "sentence": f"{found.owner}: {found.sentence}",
        "operation": found.operation or None,
        "location": _place(found.location),
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
