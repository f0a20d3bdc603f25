"""What became of each service, and what depends on what: a table, and a drawing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.references import service_references
from composevariant.compose.services import services_of, text_of
from composevariant.preview.html.markup import tag, text
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as Table

    from composevariant.preview.comparison import Comparison

State = Literal["same", "changed", "removed", "added"]

_MOST: Final = 60
"""A drawing of more services is no help; the table has the same."""
_WIDTH, _HEIGHT, _ACROSS, _DOWN, _LETTERS = 170, 34, 240, 50, 20


class Shown(NamedTuple):
    """A service in the report."""

    name: str
    state: State
    runs: str
    """Its image, or what it is built from."""
    needs: tuple[tuple[str, State], ...]
    """The services that it refers to, and whether the reference stays, goes or is new."""


def shown_services(comparison: Comparison) -> list[Shown]:
    """All services of both sides: those of the first in its order, then those that are new."""
    before, after = (services_of(side.tree) if isinstance(side.tree, Mapping) else {} for side in comparison[:2])
    changed = {told.owner for told in comparison.told if told.section == "services"}
    return [_shown(name, before, after, changed) for name in dict.fromkeys((*before, *after))]


def _shown(name: str, before: Table[str, Mapping], after: Table[str, Mapping], changed: Iterable[str]) -> Shown:
    state: State = "changed" if name in changed else "same"
    if name not in after or name not in before:
        state = "removed" if name not in after else "added"
    service = after[name] if name in after else before[name]
    old = _needs(name, before[name]) if name in before else []
    new = _needs(name, after[name]) if name in after else []
    needs: list[tuple[str, State]] = [
        (other, "same" if other in old and other in new else "removed" if other in old else "added")
        for other in dict.fromkeys((*old, *new))
    ]
    return Shown(name, state, _runs(service), tuple(needs))


def _needs(name: str, service: Mapping) -> list[str]:
    return list(dict.fromkeys(found.name for found in service_references(name, service, "service")))


def _runs(service: Mapping) -> str:
    build = service.get("build")
    if build is None:
        return text_of(service.get("image")).replace("\0", "…")
    if not isinstance(build, Mapping):
        return f"built from {text_of(build)}"
    dockerfile = text_of(build.get("dockerfile")) or "Dockerfile"
    return f"built from {text_of(build.get('context')) or '.'}, {dockerfile}"


def table(services: Sequence[Shown]) -> str:
    """The services, a row each."""
    head = "".join(tag("th", name, scope="col") for name in ("Service", "State", "Runs", "Depends on"))
    rows = "".join(_row(service) for service in services)
    return tag("table", tag("thead", tag("tr", head)) + tag("tbody", rows))


def _row(service: Shown) -> str:
    needs = ", ".join(tag("span", text(name), class_=state) for name, state in service.needs) or "nothing"
    cells = (
        tag("th", text(service.name), scope="row"),
        tag("td", tag("span", service.state, class_=f"badge {service.state}")),
        tag("td", text(service.runs)),
        tag("td", needs),
    )
    return tag("tr", "".join(cells), class_=service.state)


def drawing(services: Sequence[Shown]) -> str:
    """The services as boxes, each to the left of what it depends on; empty where there are too many or no lines."""
    if len(services) > _MOST or not any(service.needs for service in services):
        return ""
    places = _places(services)
    lines = "".join(
        _line(places[service.name], places[name], state)
        for service in services
        for name, state in service.needs
        if name in places
    )
    boxes = "".join(_box(service, *places[service.name]) for service in services)
    width = max(left for left, _ in places.values()) + _WIDTH + 4
    height = max(top for _, top in places.values()) + _HEIGHT + 4
    label = "What depends on what: each service is to the left of those that it depends on"
    return tag("svg", lines + boxes, viewBox=f"0 0 {width} {height}", width=str(width), role="img", aria_label=label)


def _places(services: Sequence[Shown]) -> dict[str, tuple[int, int]]:
    """The corner of each box. A column holds what has an equally long way to the last dependency."""
    needs = {service.name: [name for name, _ in service.needs] for service in services}
    depths: dict[str, int] = {}

    def depth(name: str, trail: tuple[str, ...]) -> int:
        if name not in depths:
            below = [depth(other, (*trail, name)) for other in needs[name] if other in needs and other not in trail]
            depths[name] = max(below, default=-1) + 1
        return depths[name]

    deepest = max(depth(name, ()) for name in needs)
    rows: dict[int, int] = {}
    places = {}
    for name in needs:
        column = deepest - depths[name]
        row = rows.get(column, 0)
        rows[column] = row + 1
        places[name] = (2 + column * _ACROSS, 2 + row * _DOWN)
    return places


def _line(start: tuple[int, int], end: tuple[int, int], state: State) -> str:
    (left, top), (right, bottom) = start, end
    x, y, to_y = left + _WIDTH, top + _HEIGHT // 2, bottom + _HEIGHT // 2
    bend = max((right - x) // 2, 30)
    return tag("path", d=f"M{x} {y} C{x + bend} {y} {right - bend} {to_y} {right} {to_y}", class_=f"line {state}")


def _box(service: Shown, left: int, top: int) -> str:
    name = service.name if len(service.name) <= _LETTERS else f"{service.name[: _LETTERS - 1]}…"
    box = tag("rect", x=str(left), y=str(top), width=str(_WIDTH), height=str(_HEIGHT), rx="6", class_=service.state)
    label = tag("text", text(name), x=str(left + 10), y=str(top + 22), class_=service.state)
    return tag("g", f"{tag('title', text(f'{service.name}: {service.state}'))}{box}{label}")
