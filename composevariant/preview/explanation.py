"""The history of a setting: the value in the base, each operation that changed it, and the value in the variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import data_of_both, flow, identity, leaf
from composevariant.findings import keyed, within
from composevariant.preview.attribute_phrases import differences, one_line, sentence, shorten, split_difference
from composevariant.preview.secrets import masked
from composevariant.tree import Mapping, Scalar, Sequence, find, format_path, get, location_of, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.compose import Data
    from composevariant.findings import Note
    from composevariant.operations import AppliedOperation
    from composevariant.source import Location
    from composevariant.tree import Node, Path, PathPattern


_REDUNDANT_NOTES: Final = ("strip.trace", "dockerfiles.swapped", "dockerfiles.image")
"""Notes that only repeat the change, which the event already shows unless the setting was removed."""


class Value(NamedTuple):
    """A value on one line, and its location."""

    shown: str
    location: Location | None


class Event(NamedTuple):
    """An operation that changed the setting. `after` is None if the operation removed the setting."""

    operation: str
    location: Location | None
    after: Value | None
    details: tuple[str, ...]
    """The changes inside a mapping or list, in words."""
    reasons: tuple[str, ...]
    """The messages of the operation's notes on this setting."""


class SettingHistory(NamedTuple):
    """The history of one setting. `base` or `variant` is None if the setting is missing there."""

    path: str
    base: Value | None
    events: tuple[Event, ...]
    variant: Value | None


class _Found(NamedTuple):
    path: Path
    node: Node
    keys: Path
    """The path with list items given by their keys, as in the paths of notes."""


def explain(
    base: Mapping, history: Iterable[AppliedOperation], pattern: PathPattern, *, hide: bool = False
) -> list[SettingHistory]:
    """Return the history of every setting that the pattern matches in the base, the variant or a step between them.

    With `hide`, values that look like secrets are masked.
    """
    history = tuple(history)
    trees = [base, *(applied.tree for applied in history)]
    stages = [_named(_without_secrets(tree) if hide else tree, pattern) for tree in trees]
    places = dict.fromkeys(place for stage in stages for place in stage)
    return [_history(place, [stage.get(place) for stage in stages], history) for place in places]


def _without_secrets(tree: Mapping) -> Mapping:
    hidden = masked(tree)
    return hidden if isinstance(hidden, Mapping) else tree


def _named(tree: Mapping, pattern: PathPattern) -> dict[str, _Found]:
    return {
        format_path(path, tree, identity): _Found(path, get(tree, path), _keys(tree, path))
        for path in find(tree, pattern, identity)
    }


def _keys(tree: Mapping, path: Path) -> Path:
    above = (path[:depth] for depth in range(1, len(path) + 1))
    return tuple(keyed(each, get(tree, each))[-1] for each in above)


def _history(place: str, stages: list[_Found | None], history: tuple[AppliedOperation, ...]) -> SettingHistory:
    events = tuple(
        _event(applied, before, after)
        for applied, before, after in zip(history, stages, stages[1:], strict=False)
        if not _is_same(before, after)
    )
    return SettingHistory(place, _value(stages[0]), events, _value(stages[-1]))


def _is_same(before: _Found | None, after: _Found | None) -> bool:
    if before is None or after is None:
        return before is after
    return same(before.node, after.node)


def _value(found: _Found | None) -> Value | None:
    return None if found is None else Value(shorten(one_line(flow(_plain(found.node)))), location_of(found.node))


def _plain(node: Node) -> Data:
    """Convert a node to plain data without normalizing lists, so that they are shown as written."""
    if isinstance(node, Mapping):
        return {name: _plain(value) for name, value in node.items()}
    return [_plain(item) for item in node.items] if isinstance(node, Sequence) else leaf(node)


def _event(applied: AppliedOperation, before: _Found | None, after: _Found | None) -> Event:
    there, value = before or after, _value(after)
    details = tuple(_details(before, after)) if before and after else ()
    relevant = [note for note in applied.notes if not (before and after and note.id in _REDUNDANT_NOTES)]
    reasons = dict.fromkeys(_reasons(relevant, there.keys)) if there else {}
    return Event(applied.operation, _request_location(applied, after), value, details, tuple(reasons))


def _request_location(applied: AppliedOperation, after: _Found | None) -> Location | None:
    """Return the location of the new value if the value is in the overlay, or of the operation otherwise."""
    place = location_of(after.node) if after else None
    return place if place and applied.location and place.file == applied.location.file else applied.location


def _details(before: _Found, after: _Found) -> Iterator[str]:
    if isinstance(before.node, Scalar) or isinstance(after.node, Scalar):
        return
    for difference in differences(*data_of_both(before.node, after.node, before.path)):
        yield from map(sentence, split_difference(difference._replace(path=(*before.path, *difference.path))))


def _reasons(notes: Iterable[Note], path: Path) -> Iterator[str]:
    """Yield the messages of the notes on the setting, its contents and its parents."""
    for note in notes:
        if note.path and (within(note.path, path) or within(path, note.path)):
            yield one_line(note.message)
