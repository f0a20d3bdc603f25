"""The summary that `migrate` prints for a variant: changes, repairs, kept settings, warnings and next commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import keyed_data_of
from composevariant.findings import may_be_secret, within
from composevariant.preview.attribute_phrases import Difference, one_line, owner, sentence, split_difference
from composevariant.preview.unified_form import paint
from composevariant.tree import Scalar, format_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.findings import Note, NoteKind
    from composevariant.tree import Change, Path

Outcome = Literal["written", "dry run", "up to date"]


class Report(NamedTuple):
    """The data of one variant's summary."""

    variant: str
    output: str
    """The path of the file, as shown to the user."""
    changes: tuple[Change, ...]
    """The changes made by all operations, in the order in which they were applied."""
    notes: tuple[Note, ...]
    """The notes of all operations, in the same order."""
    env: tuple[tuple[str, str], ...]
    """The environment variables that the variant needs."""
    outcome: Outcome
    files: tuple[str, ...] = ()
    """The files for `docker compose -f`. If empty, only the output is passed."""
    options: tuple[str, ...] = ()
    """Additional options for `docker compose`."""


_OUTCOMES: Final[dict[Outcome, str]] = {
    "written": "written",
    "dry run": "dry run, nothing written",
    "up to date": "up to date, nothing written",
}

_NOTHING: Final = "nothing: the variant is identical to its base"

_MARGIN: Final = 10


def summary(report: Report, *, color: bool) -> str:
    """Return the summary of one variant. For an up-to-date file, it contains only warnings and the next commands."""
    effects = net_effects(report.changes)
    notes = current_notes(report.notes, effects)
    sections: dict[str, Iterable[str]] = {}
    if report.outcome != "up to date":
        sections["changed"] = [*group_lines(change_lines(report.changes, effects, notes))] or [_NOTHING]
        sections["repaired"] = group_lines(note_lines(notes, "repaired"))
        sections["kept"] = group_lines(note_lines(notes, "kept"))
        sections["note"] = group_lines(note_lines(notes, "note"))
    sections["warning"] = map(format_warning, (note for note in notes if note.kind == "warning"))
    sections["next"] = _next_steps(report)
    headline = f"{report.output} (variant {report.variant}): {_OUTCOMES[report.outcome]}\n"
    return paint(headline, "bold", wanted=color) + "".join(
        f"{_label(name, color=color) if not number else ' ' * _MARGIN}{one_line(text)}\n"
        for name, texts in sections.items()
        for number, text in enumerate(texts)
    )


def _label(name: str, *, color: bool) -> str:
    return paint(name, "yellow" if name == "warning" else "cyan", wanted=color) + " " * (_MARGIN - len(name))


def _next_steps(report: Report) -> list[str]:
    from shlex import quote

    steps = ["run this again without --dry-run, then"] if report.outcome == "dry run" else []
    public = [f"{name}={quote(value)}" for name, value in report.env if not may_be_secret((name,))]
    secret = [name for name, _ in report.env if may_be_secret((name,))]
    if public:
        steps.append(f"export {' '.join(public)}")
    if secret:
        steps.append(f"export {' '.join(secret)} too, with the values from the overlay")
    files = (word for name in report.files or (report.output,) for word in ("-f", name))
    return [*steps, f"docker compose {' '.join(map(quote, (*report.options, *files)))} up -d --build --remove-orphans"]


# Equal lines about several services are grouped into one.

_NAMED: Final = 4
"""The maximum number of names to list. Any further names are replaced by their number."""

_ALIKE: Final = 3
"""The minimum number of lines that must be equal except for the name in order to be grouped."""


class Line(NamedTuple):
    """A line about a service, volume or similar object. `sort` and `name` are empty for the whole project."""

    sort: str
    name: str
    text: str


def group_lines(lines: Iterable[Line]) -> Iterator[str]:
    """Return the lines as texts, with equal lines grouped at the position of the first.

    For example, `12 services: Dockerfile -> Dockerfile.fast`, or `a, b, c: container_name shop-<service> removed`.
    """
    groups: dict[tuple[str, str], list[Line]] = {}
    for line, pattern in _patterns(lines):
        groups.setdefault((line.sort, pattern), []).append(line)
    for (_, text), group in groups.items():
        yield _group_line(group, text)


def _patterns(lines: Iterable[Line]) -> list[tuple[Line, str]]:
    """Pair each line with the text by which to group it.

    This text is the pattern of the line if enough lines share the pattern, or otherwise the text of the line.
    """
    patterns = [(line, _pattern(line)) for line in lines]
    names: dict[tuple[str, str], set[str]] = {}
    for line, pattern in patterns:
        names.setdefault((line.sort, pattern), set()).add(line.name)
    return [(line, pattern if len(names[line.sort, pattern]) >= _ALIKE else line.text) for line, pattern in patterns]


def _group_line(group: Sequence[Line], text: str) -> str:
    sort, names = group[0].sort, list(dict.fromkeys(line.name for line in group))
    if not sort:
        return text
    if len(names) > _NAMED:
        return f"{len(names)} {sort}s: {text}"
    prefix = "" if sort == "service" else f"{sort} " if len(names) == 1 else f"{sort}s "
    return f"{prefix}{', '.join(names)}: {text}"


def _pattern(line: Line) -> str:
    """Return the text with the name of the service replaced by `<service>` wherever it occurs as a whole word."""
    if not line.name or line.name not in line.text:
        return line.text
    first, *rest = line.text.split(line.name)
    written = first
    for part in rest:
        is_word = not written[-1:].isalnum() and not part[:1].isalnum()
        written += f"<{line.sort}>{part}" if is_word else f"{line.name}{part}"
    return written


# The net effect of all operations, because a later operation may undo an earlier one.


class Effect(NamedTuple):
    """The net change to one setting, and the last operation that changed the setting."""

    difference: Difference
    operation: str


def net_effects(changes: Iterable[Change]) -> list[Effect]:
    """Return the net effects of all changes except renames, in the order in which each path first changed."""
    by_owner: dict[Path, dict[Path, list[Effect]]] = {}
    for change in changes:
        for difference in _differences(change):
            if difference.after is None and _forget_below(by_owner, difference):
                continue
            places = by_owner.setdefault(difference.path[:2], {})
            _add(places.setdefault(difference.path, []), difference, change.operation)
    return [effect for places in by_owner.values() for effects in places.values() for effect in effects]


def _add(effects: list[Effect], difference: Difference, operation: str) -> None:
    """Add an effect at a path. Join it with the previous effect if the previous result is the new starting value.

    Otherwise positions in a list have shifted, and the two effects are about different items.
    """
    if effects and effects[-1].difference.after == difference.before:
        difference = difference._replace(before=effects.pop().difference.before)
    if difference.before != difference.after:
        effects.append(Effect(difference, operation))


def _forget_below(by_owner: dict[Path, dict[Path, list[Effect]]], removed: Difference) -> bool:
    """Remove the effects below a removed path, and return whether any effects were kept.

    If the removed value was empty, the effects are kept, because they list the removal of its contents.
    """
    path, length = removed.path, len(removed.path)
    groups = [by_owner.get(path[:2], {})] if length > 1 else list(by_owner.values())
    kept = False
    for places in groups:
        for place in [place for place in places if len(place) > length and place[:length] == path]:
            if removed.before:
                del places[place]
            else:
                kept = True
    return kept


def _differences(change: Change) -> Iterator[Difference]:
    """Yield the differences that a change makes. There are two if an item is replaced by an item with another key."""
    if change.kind == "rename":
        return
    old_place, old = keyed_data_of(change.before, change.path) if change.before else (change.path, None)
    place, new = keyed_data_of(change.after, change.path) if change.after else (old_place, None)
    if old is not None and old_place != place:
        yield Difference(old_place, old, None)
        old = None
    yield from split_difference(Difference(place, old, new))


# Changes and notes as summary lines, each fact once, without facts that a later operation made obsolete.

_NOTED_OPERATIONS: Final = ("strip", "dockerfiles", "remove")
"""Operations that add a note for nearly every change they make."""

_SETTLED_BY_REMOVAL: Final = ("remove.host", "rename.host", "rename.container")
"""Warnings about the value of a setting, which become obsolete if a later operation removes the setting."""


def current_notes(notes: Sequence[Note], effects: Iterable[Effect]) -> list[Note]:
    """Return the notes, except for those on a service or setting that a later operation removed."""
    gone = {effect.difference.path for effect in effects if effect.difference.after is None}
    removed: set[Path] = set()
    left: list[Note] = []
    for note in reversed(notes):
        obsolete = ("services", note.service) in removed
        obsolete |= note.kind == "kept" and note.path in removed
        obsolete |= note.id in _SETTLED_BY_REMOVAL and any(within(note.path, path) for path in gone)
        if note.kind == "removed" and not obsolete:
            removed.add(note.path)
        if not obsolete:
            left.append(note)
    return left[::-1]


def note_lines(notes: Iterable[Note], *kinds: NoteKind) -> list[Line]:
    """Return the notes of these kinds as lines."""
    return [_line(note) for note in notes if note.kind in kinds]


def _line(note: Note) -> Line:
    section, name = note.owner
    return Line(section.removesuffix("s"), name, note.line if name else note.message)


def format_warning(note: Note) -> str:
    """Return a warning with its location."""
    place = f"{note.location}: " if note.location else ""
    return f"{place}{note.about}{note.message}"


def change_lines(changes: Sequence[Change], effects: Iterable[Effect], notes: Sequence[Note]) -> list[Line]:
    """Return the lines that describe changes.

    A change with a note is described by the note, because the note includes the reason. Other changes are described by
    their effect.
    """
    noted = {(note.path, note.kind == "changed") for note in notes if note.kind in ("changed", "removed", "repaired")}
    found = [*note_lines(notes, "changed", "removed"), *_renames(changes)]
    found += [_line_of(effect) for effect in effects if not _is_noted(effect, noted)]
    order = {name: place for place, name in enumerate(dict.fromkeys(_changed_services(changes)))}
    return sorted(
        found, key=lambda line: order.get(line.name, len(order)) if line.sort == "service" else len(order) + 1
    )


def _is_noted(effect: Effect, noted: set[tuple[Path, bool]]) -> bool:
    """Return whether a note from the operation already reports the effect."""
    path, before, after = effect.difference
    return effect.operation in _NOTED_OPERATIONS and before is not None and (path, after is not None) in noted


def _changed_services(changes: Iterable[Change]) -> Iterator[str]:
    """Return the services in the order in which they changed. For a single operation, this is the order of the file."""
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
