"""Changes and notes as lines of a summary: each thing once, and nothing that a later operation undid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.findings import within
from composevariant.paths import format_path
from composevariant.preview.folding import Line
from composevariant.preview.words import owner, sentence
from composevariant.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.changes import Change, Path
    from composevariant.findings import Note, NoteKind
    from composevariant.preview.net import Effect

_SPEAKING: Final = ("strip", "dockerfiles", "remove")
"""Operations that have notes of their own on (nearly) all that they change."""
_AS_IT_IS: Final = ("remove.host", "rename.host", "rename.container")
"""Warnings about the value of a setting: they are settled when a later operation removes it."""


def current(notes: Sequence[Note], effects: Iterable[Effect]) -> list[Note]:
    """The notes that still hold at the end, without those on something that a later operation removed."""
    gone = {effect.difference.path for effect in effects if effect.difference.after is None}
    removed: set[Path] = set()
    left: list[Note] = []
    for note in reversed(notes):
        overtaken = ("services", note.service) in removed
        overtaken |= note.kind == "kept" and note.path in removed
        overtaken |= note.id in _AS_IT_IS and any(within(note.path, path) for path in gone)
        if note.kind == "removed" and not overtaken:
            removed.add(note.path)
        if not overtaken:
            left.append(note)
    return left[::-1]


def lines(notes: Iterable[Note], *kinds: NoteKind) -> list[Line]:
    """The notes of these kinds. What they are on is said once."""
    return [_line(note) for note in notes if note.kind in kinds]


def _line(note: Note) -> Line:
    section, name = note.owner
    return Line(section.removesuffix("s"), name, note.line if name else note.message)


def warning(note: Note) -> str:
    """A warning, with the place to look at."""
    place = f"{note.location}: " if note.location else ""
    return f"{place}{note.about}{note.message}"


def changed(changes: Sequence[Change], effects: Iterable[Effect], notes: Sequence[Note]) -> list[Line]:
    """What was changed and removed: by the notes, which know the reasons, else by the effects themselves."""
    noted = {(note.path, note.kind == "changed") for note in notes if note.kind in ("changed", "removed", "repaired")}
    found = [*lines(notes, "changed", "removed"), *_renames(changes)]
    found += [_line_of(effect) for effect in effects if not _is_noted(effect, noted)]
    order = {name: place for place, name in enumerate(dict.fromkeys(_changed_services(changes)))}
    return sorted(
        found, key=lambda line: order.get(line.name, len(order)) if line.sort == "service" else len(order) + 1
    )


def _is_noted(effect: Effect, noted: set[tuple[Path, bool]]) -> bool:
    """Whether a note tells the effect, if the operation is one that has notes on what it does."""
    path, before, after = effect.difference
    return effect.operation in _SPEAKING and before is not None and (path, after is not None) in noted


def _changed_services(changes: Iterable[Change]) -> Iterator[str]:
    """In the order in which they were changed, which for one operation is that of the file."""
    return (owner(change.path)[0] for change in changes if change.path[:1] == ("services",))


def _line_of(effect: Effect) -> Line:
    (name, _), text = owner(effect.difference.path), sentence(effect.difference)
    service = effect.difference.path[:1] == ("services",) and len(effect.difference.path) > 1
    return Line("service", name, text) if service else Line("", "", f"{name}: {text}")


def _renames(changes: Iterable[Change]) -> Iterator[Line]:
    for change in changes:
        if change.kind == "rename" and isinstance(change.before, Scalar):
            name, rest = owner(change.path)
            text = f"{format_path(rest)} renamed from {change.before.text}".strip()
            service = change.path[0] == "services"
            yield Line("service", name, text) if service else Line("", "", f"{name}: {text}")
