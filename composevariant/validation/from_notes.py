"""Problems that operations have found while they made a variant: a note of theirs names the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.validation.advice.dockerfiles import CHECKS
from composevariant.validation.catalog import ADVICE
from composevariant.validation.problem import Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.findings import Note
    from composevariant.tree_edits import Path
    from composevariant.validation.problem import Severity


def told_by_notes(notes: Iterable[Note]) -> Iterator[Problem]:
    """What a merge or another Dockerfile brings along. `validate` looks at the Dockerfiles of the result itself."""
    for note in notes:
        if note.check and note.check not in CHECKS:
            severity: Severity = "advice" if note.check in ADVICE else "warning"
            path: Path = ("services", note.service) if note.service else ()
            message = f"{shown(path)}: {note.sentence}"
            named = tuple(map("=".join, note.arguments))
            yield Problem(note.check, severity, path, message, note.location, named)
