"""The page: for each comparison a summary, the services, what changed in words and in lines, and what to look at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from composevariant.preview.html.lines import folded_diff
from composevariant.preview.html.markup import document, tag, text
from composevariant.preview.html.services import drawing, shown_services, table
from composevariant.preview.html.style import DIFF_STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from composevariant.findings import Note
    from composevariant.preview.comparison import Comparison, Told

_TOLD: Final = ("warning", "kept", "repaired", "note")
"""The notes that say more than the differences do, the most important first."""


def page(comparisons: Sequence[Comparison]) -> str:
    """One self-contained page, usable without scripts and by keyboard."""
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
        _section("What changes", _in_words(comparison.told)),
        _section("What to know", _notes(comparison.notes)),
        _section("The lines", folded_diff(comparison.before.text, comparison.after.text)),
        *(_section(new.name, folded_diff(old.text, new.text)) for old, new in comparison.beside),
    )
    return tag("article", "".join(parts), id=name)


def _section(title: str, content: str) -> str:
    return tag("section", tag("h2", text(title)) + content) if content else ""


def _in_words(told: Sequence[Told]) -> str:
    groups: dict[tuple[str, str], list[Told]] = {}
    for each in told:
        groups.setdefault((each.section if each.section != "services" else "", each.owner), []).append(each)
    found = "".join(_group(owner, group) for (_, owner), group in groups.items())
    return found or tag("p", "Nothing in meaning: at most comments, order, layout and notation differ.")


def _group(owner: str, group: Sequence[Told]) -> str:
    count = "1 change" if len(group) == 1 else f"{len(group)} changes"
    summary = tag("summary", f"{text(owner)} {tag('span', f'({count})', class_='dim')}")
    return tag("details", summary + tag("ul", "".join(map(_item, group))), open="")


def _item(told: Told) -> str:
    if not told.operation:
        return tag("li", text(told.sentence), class_=told.kind)
    why = tag("small", text(f"{told.operation}, {told.location}"), role="note")
    return tag("li", tag("span", text(told.sentence) + why, class_="why", tabindex="0"), class_=told.kind)


def _notes(notes: Iterable[Note]) -> str:
    told = sorted((note for note in notes if note.kind in _TOLD), key=lambda note: _TOLD.index(note.kind))
    items = "".join(tag("li", _note(note), class_=note.kind) for note in dict.fromkeys(told))
    return tag("ul", items) if items else ""


def _note(note: Note) -> str:
    place = tag("small", text(f" ({note.location})")) if note.location else ""
    return f"{tag('strong', note.kind)}: {text(f'{note.about}{note.message}')}{place}"
