"""Which operation of the overlay made a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.preview.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.changes import Change
    from composevariant.preview.differences import Difference
    from composevariant.preview.model import ItemKey, Path
    from composevariant.source import Location


class Origin(NamedTuple):
    """An operation, what it changed, and where the overlay asks for it."""

    path: Path
    operation: str
    location: Location


class Causes:
    """The operations by what they changed. Changes that do not say where they were asked for are left out."""

    def __init__(self, changes: Iterable[Change], item_key: ItemKey) -> None:
        model = Model(item_key)
        self._under: dict[Path, list[Origin]] = {}
        for change in changes:
            node = change.after if change.before is None else change.before
            if change.location is not None and node is not None:
                path, _ = model.placed(node, change.path)
                self._under.setdefault(path[:2], []).append(Origin(path, change.operation, change.location))

    def of(self, difference: Difference) -> str:
        """The operation that made a difference, and where it is asked for; empty when none is known."""
        found = self.origin(difference)
        return f"{found.operation}, {found.location}" if found else ""

    def origin(self, difference: Difference) -> Origin | None:
        """The last operation that changed this place or one around it, else one in it."""
        path = difference.path
        known = [*self._under.get(path[:1], ()), *(self._under.get(path[:2], ()) if len(path) > 1 else ())]
        around = [cause for cause in known if path[: len(cause.path)] == cause.path]
        inside = [cause for cause in known if cause.path[: len(path)] == path]
        return next(reversed(around or inside), None)
