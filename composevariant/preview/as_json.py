"""The JSON form, described by `schemas/report.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from composevariant.preview.unified import unified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.findings import Note
    from composevariant.preview.comparison import Comparison, Told
    from composevariant.source import Location


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
