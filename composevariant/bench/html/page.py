"""The page: for each service whether it is right, how long its builds take, what they avoid, and what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.bench.html.charts import Bar, Group, Part, chart
from composevariant.bench.html.style import STYLE
from composevariant.bench.plan import MEANINGS, SIDES
from composevariant.bench.sizes import shown_size
from composevariant.bench.table import (
    about_lines,
    layers_of,
    rows,
    shown_change,
    shown_figure,
    shown_seconds,
    shown_share,
)
from composevariant.bench.text import files_line, machine_lines
from composevariant.preview.html.markup import document, tag, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.bench.plan import Scenario, Side
    from composevariant.bench.results import Report, ServiceResult
    from composevariant.bench.table import Row


def page(report: Report) -> str:
    """One self-contained page, usable without scripts."""
    title = f"Builds of {report.variant} against the base"
    legend = "".join(
        tag("li", tag("span", class_=f"key {side}") + text(name))
        for side, name in (("base", "base"), ("variant", f"variant {report.variant}"))
    )
    machine = tag("ul", "".join(tag("li", text(line)) for line in machine_lines(report)))
    articles = "".join(_article(report, result) for result in report.services)
    about = tag("section", tag("h2", "How it was measured") + machine)
    main = tag("main", tag("h1", text(title)) + tag("ul", legend, class_="legend") + articles + about)
    return document(f"composevariant bench: {title}", STYLE, main)


def _article(report: Report, result: ServiceResult) -> str:
    wrong = tag("p", "An image ships an old program. How fast it is built does not matter.", class_="banner")
    parts = (
        tag("h2", text(result.service)),
        wrong if result.is_wrong else "",
        tag("h3", "Does it ship the same?"),
        tag("ul", "".join(tag("li", text(words), class_=kind) for kind, words in _findings(result))),
        chart("Build time, median and range", list(_times(result))),
        chart("Work of the cold build that was not done again", list(_avoided(result))),
        chart("Seconds by kind of step", list(_kinds(result))),
        chart("Size of the image", [_sizes(result)]),
        tag("details", tag("summary", "All figures") + tag("div", _table(report, result), class_="scroll")),
        tag("details", tag("summary", "Layers") + _layers(result)),
        tag("p", text(" ".join((*about_lines(result), *result.notes))), class_="dim"),
    )
    return tag("article", "".join(parts))


def _times(result: ServiceResult) -> Iterator[Group]:
    for scenario in result.scenarios:
        change = result.change(scenario)
        figures = {side: result.sides[side].seconds(scenario) for side in SIDES}
        shown = {side: shown_figure(figure) for side, figure in figures.items()}
        shown["variant"] += f", {shown_change(change)}" if change.percent is not None or result.is_wrong else ""
        bars = [
            Bar(side, (Part(figure.median, MEANINGS[scenario]),), shown[side], figure.low, figure.high)
            for side, figure in figures.items()
        ]
        yield Group(scenario, tuple(bars))


def _avoided(result: ServiceResult) -> Iterator[Group]:
    for scenario in result.scenarios:
        shares = {side: result.sides[side].avoided(scenario) for side in SIDES}
        if scenario != "cold":
            bars = [Bar(side, (Part(share or 0, "avoided"),), shown_share(share)) for side, share in shares.items()]
            yield Group(scenario, tuple(bars))


def _kinds(result: ServiceResult) -> Iterator[Group]:
    for scenario in result.scenarios:
        bars = [_kind_bar(result, side, scenario) for side in SIDES]
        if any(bar.parts for bar in bars):
            yield Group(scenario, tuple(bars))


def _kind_bar(result: ServiceResult, side: Side, scenario: Scenario) -> Bar:
    kinds = result.sides[side].kinds(scenario)
    largest = max(kinds, key=lambda kind: kinds[kind], default="")
    total = shown_seconds(sum(kinds.values()))
    parts = tuple(Part(seconds, kind) for kind, seconds in kinds.items())
    return Bar(side, parts, f"{total}, most: {largest}" if largest else total)


def _sizes(result: ServiceResult) -> Group:
    bars = [
        Bar(
            side,
            tuple(Part(layer.size, "layer") for layer in reversed(result.sides[side].image.layers) if layer.size),
            shown_size(result.sides[side].image.size),
        )
        for side in SIDES
    ]
    return Group("image", tuple(bars))


def _findings(result: ServiceResult) -> Iterator[tuple[str, str]]:
    for finding in sorted(result.findings, key=lambda each: ("WRONG", "doubt", "ok").index(each.kind)):
        word = "WRONG: " if finding.kind == "WRONG" else ""
        yield finding.kind, f"{word}{f'{finding.side}: ' if finding.side else ''}{finding.message}"
    yield "files", files_line(result)


def _table(report: Report, result: ServiceResult) -> str:
    names = ("", "base", report.variant, "change")
    head = "".join(tag("th", text(name), scope="col", class_="number" if name else "name") for name in names)
    lines = "".join(_row(row) for row in rows(result))
    return tag("table", tag("thead", tag("tr", head)) + tag("tbody", lines))


def _row(row: Row) -> str:
    kind = "faster" if row.change.startswith("-") else "slower" if row.change.startswith("+") else "number"
    cells = (
        tag("th", text(row.label), scope="row"),
        tag("td", text(row.base), class_="number"),
        tag("td", text(row.variant), class_="number"),
        tag("td", text(row.change), class_=f"number {kind}"),
    )
    return tag("tr", "".join(cells), class_="under" if row.under else "over")


def _layers(result: ServiceResult) -> str:
    found: Sequence[str] = [
        tag("p", f"{side}:") + tag("ul", "".join(tag("li", text(line)) for line in layers_of(result.sides[side])))
        for side in SIDES
    ]
    return "".join(found)
