"""The semantic form: what differs, in words, by service and then by top-level key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import Comparable
from composevariant.preview.attribute_phrases import apart, differences, owner, sentence
from composevariant.preview.unified_form import painted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from composevariant.compose import ItemKey
    from composevariant.preview.attribute_phrases import Difference
    from composevariant.preview.unified_form import Color
    from composevariant.source import Location
    from composevariant.tree import Change, Node, Path

SAME: Final = "No difference in meaning: at most comments, order, layout and notation differ.\n"


_REFERENCES: Final = {
    "depends_on": ("no longer depends on it", "no longer depend on it"),
    "links": ("no longer links to it", "no longer link to it"),
}
"""What is said of one service, and of several, whose reference went with a removed service."""


def semantic(before: Node, after: Node, changes: Iterable[Change], item_key: ItemKey, *, color: bool) -> str:
    """What `after` says differently, a line each: services first, then the top level, in the order of the file.

    Both trees are resolved. `changes` may be empty; those that have a location tell which operation made a difference.
    `item_key` is the key by which Compose makes the list at a path unique.
    """
    found = [part for each in differences(*Comparable(item_key).both(before, after)) for part in apart(each)]
    if not found:
        return SAME
    causes, dropped = Causes(changes, item_key), _dropped(found)
    told = [each for each in found if each not in dropped.get(_referred(each), ())]
    lines = []
    for difference in sorted(told, key=lambda each: each.path[:1] != ("services",)):
        text = "; ".join((sentence(difference), *_farewells(dropped.get(_removed(difference), ()))))
        cause = causes.of(difference)
        name = painted(f"{owner(difference.path)[0]}:", "bold", wanted=color)
        origin = f"  {painted(f'({cause})', 'dim', wanted=color)}" if cause else ""
        lines.append(f"{name} {painted(text, _color(difference), wanted=color)}{origin}\n")
    return "".join(lines)


def _dropped(found: Sequence[Difference]) -> dict[str, list[Difference]]:
    """For each removed service the references to it that went along; these are told with it."""
    dropped: dict[str, list[Difference]] = {name: [] for name in map(_removed, found) if name}
    for difference in found:
        if _referred(difference) in dropped:
            dropped[_referred(difference)].append(difference)
    return dropped


def _removed(difference: Difference) -> str:
    """The name of the service that was removed; empty when it is something else that differs."""
    section, *rest = difference.path or ("",)
    return str(rest[0]) if section == "services" and len(rest) == 1 and difference.after is None else ""


def _referred(difference: Difference) -> str:
    """The name of the service of which a reference was removed; empty when it is something else that differs."""
    match difference.path:
        case ("services", _, "depends_on" | "links", str(name)) if difference.after is None:
            return name.partition(":")[0]
    return ""


def _farewells(references: Iterable[Difference]) -> list[str]:
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


# Which operation of the overlay made a difference.


class Origin(NamedTuple):
    """An operation, what it changed, and where the overlay asks for it."""

    path: Path
    operation: str
    location: Location


class Causes:
    """The operations by what they changed. Changes that do not say where they were asked for are left out."""

    def __init__(self, changes: Iterable[Change], item_key: ItemKey) -> None:
        model = Comparable(item_key)
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
