"""Changes and notes as lines of a summary: each thing once, and nothing that a later operation undid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.paths import format_path
from composevariant.preview.folding import Line
from composevariant.preview.words import owner, sentence
from composevariant.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.changes import Change
    from composevariant.operations.outcome import Note, NoteKind
    from composevariant.preview.net import Effect

_DEFINITIONS: Final = ("volume", "network", "config", "secret", "model")
_NOUNS: Final = {"environment": "variable", "labels": "label", "volumes": "mount"}
"""What notes call the things in an attribute."""
_PUNCTUATION: Final = str.maketrans(":,;", "   ")
_SPEAKING: Final = ("strip", "dockerfiles", "remove")
"""Operations that have notes of their own on (nearly) all that they change."""


def current(notes: Sequence[Note], effects: Iterable[Effect]) -> list[Note]:
    """The notes that still hold at the end, without those on something that a later operation removed."""
    gone = {(_service(effect), _setting(effect)) for effect in effects if effect.difference.after is None}
    removed: set[tuple[str, str]] = set()
    left: list[Note] = []
    for note in reversed(notes):
        service, message = note.service, note.message
        overtaken = bool(service) and (service, service) in removed
        overtaken |= note.kind == "kept" and (service, message.partition(" kept")[0]) in removed
        overtaken |= note.kind == "warning" and (service, message.partition(" names ")[0]) in gone
        if note.kind == "removed" and not overtaken:
            removed.add((service, message.partition(" removed")[0]))
        if not overtaken:
            left.append(note)
    return left[::-1]


def _service(effect: Effect) -> str:
    """The service that an effect is on; empty for the top level."""
    path = effect.difference.path
    return str(path[1]) if path[:1] == ("services",) and len(path) > 1 else ""


def _setting(effect: Effect) -> str:
    return format_path(owner(effect.difference.path)[1])


def lines(notes: Iterable[Note], *kinds: NoteKind) -> list[Line]:
    """The notes of these kinds. What they are on is said once."""
    return [_line(note) for note in notes if note.kind in kinds]


def _line(note: Note) -> Line:
    sort, name, text = "service" if note.service else "", note.service, note.message
    first, _, rest = text.partition(" ")
    if not note.service and first in _DEFINITIONS and rest.partition(" ")[2].startswith(("removed", "kept")):
        sort, (name, _, text) = first, rest.partition(" ")
    text = text.removeprefix(f"{name} ") if name else text
    if note.kind == "kept":
        return Line(sort, name, text.removeprefix("kept: "))
    return Line(sort, name, text.replace(": ", ", ", 1) if text.startswith("removed: ") else text)


def warning(note: Note) -> str:
    """A warning, with the place to look at."""
    place = f"{note.location}: " if note.location else ""
    said_of = "" if not note.service or note.message.startswith(f"{note.service} ") else f"{note.service}: "
    return f"{place}{said_of}{note.message}"


def changed(changes: Sequence[Change], effects: Iterable[Effect], notes: Sequence[Note]) -> list[Line]:
    """What was changed and removed: by the notes, which know the reasons, else by the effects themselves."""
    noted = {key for note in notes for key in _noted(note)}
    found = [*lines(notes, "changed", "removed"), *_renames(changes)]
    found += [_line_of(effect) for effect in effects if noted.isdisjoint(_keys(effect))]
    order = {name: place for place, name in enumerate(dict.fromkeys(_changed_services(changes)))}
    return sorted(
        found, key=lambda line: order.get(line.name, len(order)) if line.sort == "service" else len(order) + 1
    )


def _noted(note: Note) -> Iterator[tuple[str, str]]:
    """What a note tells, in the words of `_keys`: `mount data:/data removed` tells of the mounts `data` and `/data`."""
    if note.kind in ("changed", "removed", "repaired"):
        yield note.service, note.message
        noun, _, rest = note.message.partition(" ")
        for word in {noun, *rest.split(), *rest.translate(_PUNCTUATION).split()}:
            yield note.service, f"{noun} {word}"


def _keys(effect: Effect) -> Iterator[tuple[str, str]]:
    """In which words a note would tell the effect, if the operation is one that has notes on what it does."""
    path, before, after = effect.difference
    service = _service(effect)
    if effect.operation not in _SPEAKING or before is None:
        return
    name = str(path[-1])
    if after is not None:
        yield service, sentence(effect.difference)
    elif len(path) == 1 or path[:-1] == ("services",):
        yield service, f"{name} {name}"
    elif not service:
        yield service, f"{str(path[0]).removesuffix('s')} {name}"
    else:
        noun = _NOUNS.get(str(path[-2]), str(path[-2]))
        yield service, f"{noun} {name}"
        yield service, f"{noun} {name.partition(':')[0]}"


def _changed_services(changes: Iterable[Change]) -> Iterator[str]:
    """In the order in which they were changed, which for one operation is that of the file."""
    return (owner(change.path)[0] for change in changes if change.path[:1] == ("services",))


def _line_of(effect: Effect) -> Line:
    service, text = _service(effect), sentence(effect.difference)
    return Line("service", service, text) if service else Line("", "", f"{owner(effect.difference.path)[0]}: {text}")


def _renames(changes: Iterable[Change]) -> Iterator[Line]:
    for change in changes:
        if change.kind == "rename" and isinstance(change.before, Scalar):
            name, rest = owner(change.path)
            text = f"{format_path(rest)} renamed from {change.before.text}".strip()
            service = change.path[0] == "services"
            yield Line("service", name, text) if service else Line("", "", f"{name}: {text}")
