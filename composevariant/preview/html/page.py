"""The diff page, which shows a summary, services, differences, notes and changed lines for each comparison."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import service_references, services_of, text_of
from composevariant.preview.html.markup import DIFF_STYLE, document, tag, text
from composevariant.preview.unified_form import headings
from composevariant.preview.word_diff import LinePart, split_words
from composevariant.text import edits, hunks
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Table

    from composevariant.findings import Note
    from composevariant.preview.comparison import Comparison, DescribedDifference
    from composevariant.text import Hunk, LineEdit

_NOTE_KINDS: Final = ("warning", "kept", "repaired", "note")
"""The kinds of notes that add information to the differences, with the most important first."""


def html_page(comparisons: Sequence[Comparison]) -> str:
    """Return one self-contained page for all comparisons, which is usable without scripts and by keyboard."""
    title = ", ".join(comparison.after.name for comparison in comparisons)
    names = [f"variant-{number}" for number, _ in enumerate(comparisons)]
    links = "".join(
        tag("li", tag("a", text(comparison.after.name), href=f"#{name}"))
        for name, comparison in zip(names, comparisons, strict=True)
    )
    menu = tag("nav", tag("ul", links), aria_label="Variants") if len(comparisons) > 1 else ""
    articles = "".join(map(_article, names, comparisons))
    return document(f"composevariant: {title}", DIFF_STYLE, menu + tag("main", articles))


def _article(name: str, comparison: Comparison) -> str:
    services = shown_services(comparison)
    variant = f"Variant {comparison.variant} of {comparison.before.name}." if comparison.variant else ""
    states = Counter(service.state for service in services)
    counted = [f"{states[state]} services {state}" for state in ("removed", "added", "changed") if states[state]]
    counted = [words.replace("services", "service") if words.startswith("1 ") else words for words in counted]
    numbers = "".join(tag("li", text(words)) for words in (*counted, f"{states['same']} unchanged"))
    parts = (
        tag("h1", f"{text(comparison.before.name)} → {text(comparison.after.name)}"),
        tag("p", text(variant), class_="dim"),
        tag("ul", numbers, class_="numbers"),
        _section(
            "Services", tag("div", drawing(services), class_="scroll") + tag("div", table(services), class_="scroll")
        ),
        _section("What changes", _in_words(comparison.differences)),
        _section("What to know", _notes(comparison.notes)),
        _section("The lines", folded_diff(comparison.before.text, comparison.after.text)),
        *(_section(new.name, folded_diff(old.text, new.text)) for old, new in comparison.beside),
    )
    return tag("article", "".join(parts), id=name)


def _section(title: str, content: str) -> str:
    return tag("section", tag("h2", text(title)) + content) if content else ""


def _in_words(differences: Sequence[DescribedDifference]) -> str:
    groups: dict[tuple[str, str], list[DescribedDifference]] = {}
    for each in differences:
        groups.setdefault((each.section if each.section != "services" else "", each.owner), []).append(each)
    found = "".join(_group(owner, group) for (_, owner), group in groups.items())
    return found or tag("p", "Nothing in meaning: at most comments, order, layout and notation differ.")


def _group(owner: str, group: Sequence[DescribedDifference]) -> str:
    count = "1 change" if len(group) == 1 else f"{len(group)} changes"
    summary = tag("summary", f"{text(owner)} {tag('span', f'({count})', class_='dim')}")
    return tag("details", summary + tag("ul", "".join(map(_item, group))), open="")


def _item(found: DescribedDifference) -> str:
    if not found.operation:
        return tag("li", text(found.sentence), class_=found.kind)
    why = tag("small", text(f"{found.operation}, {found.location}"), role="note")
    return tag("li", tag("span", text(found.sentence) + why, class_="why", tabindex="0"), class_=found.kind)


def _notes(notes: Iterable[Note]) -> str:
    found = sorted((note for note in notes if note.kind in _NOTE_KINDS), key=lambda note: _NOTE_KINDS.index(note.kind))
    items = "".join(tag("li", _note(note), class_=note.kind) for note in dict.fromkeys(found))
    return tag("ul", items) if items else ""


def _note(note: Note) -> str:
    place = tag("small", text(f" ({note.location})")) if note.location else ""
    return f"{tag('strong', note.kind)}: {text(f'{note.about}{note.message}')}{place}"


# The unified diff: one fold per hunk, with the changed words marked.


def folded_diff(before: str, after: str) -> str:
    """Return all hunks, or a sentence if the texts are equal."""
    old, new = before.splitlines(), after.splitlines()
    above = headings(old)
    found = [_fold(hunk, old, new, above) for hunk in hunks(edits(old, new), len(old), len(new))]
    return "".join(found) or tag("p", "The texts do not differ.")


def _fold(hunk: Hunk, old: Sequence[str], new: Sequence[str], above: Sequence[str]) -> str:
    first = hunk.edits[0].before_start
    heading = above[min(first, len(above) - 1)] if above else ""
    summary = tag("summary", text(f"{heading or 'the file'}, line {hunk.span.before_start + 1}"))
    return tag("details", summary + tag("pre", "".join(_lines(hunk, old, new))), open="")


def _lines(hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    at = hunk.span.before_start
    for edit in hunk.edits:
        yield from (_line(" ", [LinePart(line, differs=False)]) for line in old[at : edit.before_start])
        yield from _changed(edit, old, new)
        at = edit.before_end
    yield from (_line(" ", [LinePart(line, differs=False)]) for line in old[at : hunk.span.before_end])


def _changed(edit: LineEdit, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    removed, added = old[edit.before_start : edit.before_end], new[edit.after_start : edit.after_end]
    pairs = [
        split_words(left, right)
        if len(removed) == len(added) and left is not None and right is not None
        else ([LinePart(left or "", differs=False)], [LinePart(right or "", differs=False)])
        for left, right in zip_longest(removed, added)
    ]
    yield from (_line("-", pair[0]) for pair in pairs[: len(removed)])
    yield from (_line("+", pair[1]) for pair in pairs[: len(added)])


def _line(sign: str, found: Iterable[LinePart]) -> str:
    words = "".join(tag("mark", text(part.text)) if part.differs else text(part.text) for part in found)
    name = {"-": "del", "+": "ins", " ": "span"}[sign]
    return tag(name, f"{sign}{words}") + "\n"


# The state and dependencies of each service, as a table and a drawing.

State = Literal["same", "changed", "removed", "added"]

_MOST: Final = 60
"""The maximum number of services in the drawing. A larger one is unreadable, and the table has the same content."""

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _LETTERS = 170, 34, 240, 50, 20


class ServiceRow(NamedTuple):
    """A service on the page."""

    name: str
    state: State
    runs: str
    """The image of the service, or its build context and Dockerfile."""
    needs: tuple[tuple[str, State], ...]
    """The services to which the service refers, each with the state of the reference."""


def shown_services(comparison: Comparison) -> list[ServiceRow]:
    """Return all services of both sides: first those of the first side in their order, then the new services."""
    before, after = (services_of(side.tree) if isinstance(side.tree, Mapping) else {} for side in comparison[:2])
    changed = {found.owner for found in comparison.differences if found.section == "services"}
    return [_shown(name, before, after, changed) for name in dict.fromkeys((*before, *after))]


def _shown(name: str, before: Table[str, Mapping], after: Table[str, Mapping], changed: Iterable[str]) -> ServiceRow:
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
    return ServiceRow(name, state, _runs(service), tuple(needs))


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


def table(services: Sequence[ServiceRow]) -> str:
    """Return a table with one row per service."""
    head = "".join(tag("th", name, scope="col") for name in ("Service", "State", "Runs", "Depends on"))
    rows = "".join(_row(service) for service in services)
    return tag("table", tag("thead", tag("tr", head)) + tag("tbody", rows))


def _row(service: ServiceRow) -> str:
    needs = ", ".join(tag("span", text(name), class_=state) for name, state in service.needs) or "nothing"
    cells = (
        tag("th", text(service.name), scope="row"),
        tag("td", tag("span", service.state, class_=f"badge {service.state}")),
        tag("td", text(service.runs)),
        tag("td", needs),
    )
    return tag("tr", "".join(cells), class_=service.state)


def drawing(services: Sequence[ServiceRow]) -> str:
    """Return a drawing with the services as boxes to the left of their dependencies.

    The drawing is empty if there are too many services or no dependencies.
    """
    if len(services) > _MOST or not any(service.needs for service in services):
        return ""
    places = _places(services)
    lines = "".join(
        _service_line(places[service.name], places[name], state)
        for service in services
        for name, state in service.needs
        if name in places
    )
    boxes = "".join(_box(service, *places[service.name]) for service in services)
    width = max(left for left, _ in places.values()) + _WIDTH + 4
    height = max(top for _, top in places.values()) + _HEIGHT + 4
    label = "What depends on what: each service is to the left of those that it depends on"
    return tag("svg", lines + boxes, viewBox=f"0 0 {width} {height}", width=str(width), role="img", aria_label=label)


def _places(services: Sequence[ServiceRow]) -> dict[str, tuple[int, int]]:
    """Return the top left corner of each box. Services in one column have equally long dependency chains."""
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


def _service_line(start: tuple[int, int], end: tuple[int, int], state: State) -> str:
    (left, top), (right, bottom) = start, end
    x, y, to_y = left + _WIDTH, top + _HEIGHT // 2, bottom + _HEIGHT // 2
    bend = max((right - x) // 2, 30)
    return tag("path", d=f"M{x} {y} C{x + bend} {y} {right - bend} {to_y} {right} {to_y}", class_=f"line {state}")


def _box(service: ServiceRow, left: int, top: int) -> str:
    name = service.name if len(service.name) <= _LETTERS else f"{service.name[: _LETTERS - 1]}…"
    box = tag("rect", x=str(left), y=str(top), width=str(_WIDTH), height=str(_HEIGHT), rx="6", class_=service.state)
    label = tag("text", text(name), x=str(left + 10), y=str(top + 22), class_=service.state)
    return tag("g", f"{tag('title', text(f'{service.name}: {service.state}'))}{box}{label}")
