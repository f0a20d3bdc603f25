"""The semantic format: the differences in words, first by service and then by top-level key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import keyed_data_of
from composevariant.preview.attribute_phrases import meaning_differences, owner, sentence
from composevariant.preview.unified_form import paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from composevariant.preview.attribute_phrases import Difference
    from composevariant.preview.unified_form import Color
    from composevariant.source import Location
    from composevariant.tree import Change, Node, Path

SAME: Final = "No difference in meaning: at most comments, order, layout and notation differ.\n"

_REFERENCES: Final = {
    "depends_on": ("no longer depends on it", "no longer depend on it"),
    "links": ("no longer links to it", "no longer link to it"),
}
"""The phrases for one service and for several services that referred to a removed service."""


def semantic(before: Node, after: Node, changes: Iterable[Change], *, color: bool) -> str:
    """Return the differences in meaning, one per line, with services first and then top-level keys, in file order.

    Both trees are resolved. Each line names the operation that made the difference if `changes` has its location.
    """
    found = meaning_differences(before, after)
    if not found:
        return SAME
    causes, dropped = CauseIndex(changes), _removed_references(found)
    listed = [each for each in found if each not in dropped.get(_referred(each), ())]
    lines = []
    for difference in sorted(listed, key=lambda each: each.path[:1] != ("services",)):
        text = "; ".join((sentence(difference), *_former_users(dropped.get(_removed(difference), ()))))
        cause = causes.of(difference)
        name = paint(f"{owner(difference.path)[0]}:", "bold", wanted=color)
        origin = f"  {paint(f'({cause})', 'dim', wanted=color)}" if cause else ""
        lines.append(f"{name} {paint(text, _color(difference), wanted=color)}{origin}\n")
    return "".join(lines)


def _removed_references(found: Sequence[Difference]) -> dict[str, list[Difference]]:
    """Return the references that were removed together with each removed service, whose line mentions them."""
    dropped: dict[str, list[Difference]] = {name: [] for name in map(_removed, found) if name}
    for difference in found:
        if _referred(difference) in dropped:
            dropped[_referred(difference)].append(difference)
    return dropped


def _removed(difference: Difference) -> str:
    """Return the name of the removed service, or an empty string for any other difference."""
    section, *rest = difference.path or ("",)
    return str(rest[0]) if section == "services" and len(rest) == 1 and difference.after is None else ""


def _referred(difference: Difference) -> str:
    """Return the service that a removed reference named, or an empty string for any other difference."""
    match difference.path:
        case ("services", _, "depends_on" | "links", str(name)) if difference.after is None:
            return name.partition(":")[0]
    return ""


def _former_users(references: Iterable[Difference]) -> list[str]:
    users: dict[str, list[str]] = {kind: [] for kind in _REFERENCES}
    for difference in references:
        users[str(difference.path[2])].append(str(difference.path[1]))
    return [
        f"{' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))} {_REFERENCES[kind][len(names) > 1]}"
        for kind, names in users.items()
        if names
    ]


def _color(difference: Difference) -> Color:
    if difference.before is None:
        return "green"
    return "red" if difference.after is None else "cyan"


# The operation of the overlay that made a difference.


class Origin(NamedTuple):
    """An operation, the path that it changed, and the location of the operation in the overlay."""

    path: Path
    operation: str
    location: Location


class CauseIndex:
    """An index of operations by the path that they changed. Changes without a location are left out."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._under: dict[Path, list[Origin]] = {}
        for change in changes:
            node = change.after if change.before is None else change.before
            if change.location is not None and node is not None:
                path, _ = keyed_data_of(node, change.path)
                self._under.setdefault(path[:2], []).append(Origin(path, change.operation, change.location))

    def of(self, difference: Difference) -> str:
        """Return the operation that made a difference and its location as text, or an empty string if unknown."""
        found = self.origin(difference)
        return f"{found.operation}, {found.location}" if found else ""

    def origin(self, difference: Difference) -> Origin | None:
        """Return the last operation that changed this path or a parent of it, or otherwise a path inside it."""
        path = difference.path
        known = [*self._under.get(path[:1], ()), *(self._under.get(path[:2], ()) if len(path) > 1 else ())]
        around = [cause for cause in known if path[: len(cause.path)] == cause.path]
        inside = [cause for cause in known if cause.path[: len(path)] == path]
        return next(reversed(around or inside), None)
