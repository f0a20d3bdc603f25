"""What the changes of all operations come to: a later one may undo an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.preview.differences import Difference
from composevariant.preview.words import apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.changes import Change
    from composevariant.preview.model import Model, Path


class Effect(NamedTuple):
    """What became of one setting, and the operation that touched it last."""

    difference: Difference
    operation: str


def net(changes: Iterable[Change], model: Model) -> list[Effect]:
    """The effects of the changes together, in the order in which their places were first touched. Without renames."""
    told: dict[Path, dict[Path, list[Effect]]] = {}
    for change in changes:
        for difference in _differences(change, model):
            if difference.after is None and _forget_below(told, difference):
                continue
            places = told.setdefault(difference.path[:2], {})
            _add(places.setdefault(difference.path, []), difference, change.operation)
    return [effect for places in told.values() for effects in places.values() for effect in effects]


def _add(effects: list[Effect], difference: Difference, operation: str) -> None:
    """Join an effect with the one before it in the same place, if it goes on from there: list positions shift."""
    if effects and effects[-1].difference.after == difference.before:
        difference = difference._replace(before=effects.pop().difference.before)
    if difference.before != difference.after:
        effects.append(Effect(difference, operation))


def _forget_below(told: dict[Path, dict[Path, list[Effect]]], gone: Difference) -> bool:
    """Forget what was done inside of something that is gone now. Whether that was empty: then all of it was told."""
    path, length = gone.path, len(gone.path)
    groups = [told.get(path[:2], {})] if length > 1 else list(told.values())
    emptied = False
    for places in groups:
        for place in [place for place in places if len(place) > length and place[:length] == path]:
            if gone.before:
                del places[place]
            else:
                emptied = True
    return emptied


def _differences(change: Change, model: Model) -> Iterator[Difference]:
    """What a change did, setting by setting. An item that took the place of one with another key is told as two."""
    if change.kind == "rename":
        return
    old_place, old = model.placed(change.before, change.path) if change.before else (change.path, None)
    place, new = model.placed(change.after, change.path) if change.after else (old_place, None)
    if old is not None and old_place != place:
        yield Difference(old_place, old, None)
        old = None
    yield from apart(Difference(place, old, new))
