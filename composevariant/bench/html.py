"""The HTML report, with the checks, build times, avoided work and resulting images of each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.plan import MEANINGS, SIDES, format_size
from composevariant.bench.table import (
    about_lines,
    format_change,
    format_figure,
    format_seconds,
    format_share,
    layers_of,
    rows,
)
from composevariant.bench.text_form import files_line, machine_lines
from composevariant.preview import document, tag, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.bench.plan import Scenario, Side
    from composevariant.bench.results import Report, ServiceResult
    from composevariant.bench.table import Row


def bench_page(report: Report) -> str:
    """Return the report as one self-contained page without scripts."""
    title = f"Builds of {report.variant} against the base"
    legend = "".join(
        tag("li", tag("span", class_=f"key {side}") + text(name))
        for side, name in (("base", "base"), ("variant", f"variant {report.variant}"))
    )
    machine = tag("ul", "".join(tag("li", text(line)) for line in machine_lines(report)))
    articles = "".join(_article(report, result) for result in report.services)
    about = tag("section", tag("h2", "How it was measured") + machine)
    main = tag("main", tag("h1", text(title)) + tag("ul", legend, class_="legend") + articles + about)
    return document(f"composevariant bench: {title}", BENCH_STYLE, main)


def _article(report: Report, result: ServiceResult) -> str:
    wrong = tag("p", "An image ships an old program. How fast it is built does not matter.", class_="banner")
    parts = (
        tag("h2", text(result.service)),
        wrong if result.is_wrong else "",
        tag("h3", "Does it ship the same?"),
        tag("ul", "".join(tag("li", text(words), class_=kind) for kind, words in _findings(result))),
        chart("Build time, median and range", list(_times(result))),
        chart("Share of the cold build's work that was avoided", list(_avoided(result))),
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
        shown = {side: format_figure(figure) for side, figure in figures.items()}
        shown["variant"] += f", {format_change(change)}" if change.percent is not None or result.is_wrong else ""
        bars = [
            Bar(side, (Segment(figure.median, MEANINGS[scenario]),), shown[side], figure.low, figure.high)
            for side, figure in figures.items()
        ]
        yield Group(scenario, tuple(bars))


def _avoided(result: ServiceResult) -> Iterator[Group]:
    for scenario in result.scenarios:
        shares = {side: result.sides[side].avoided(scenario) for side in SIDES}
        if scenario != "cold":
            bars = [Bar(side, (Segment(share or 0, "avoided"),), format_share(share)) for side, share in shares.items()]
            yield Group(scenario, tuple(bars))


def _kinds(result: ServiceResult) -> Iterator[Group]:
    for scenario in result.scenarios:
        bars = [_kind_bar(result, side, scenario) for side in SIDES]
        if any(bar.parts for bar in bars):
            yield Group(scenario, tuple(bars))


def _kind_bar(result: ServiceResult, side: Side, scenario: Scenario) -> Bar:
    kinds = result.sides[side].kinds(scenario)
    largest = max(kinds, key=lambda kind: kinds[kind], default="")
    total = format_seconds(sum(kinds.values()))
    parts = tuple(Segment(seconds, kind) for kind, seconds in kinds.items())
    return Bar(side, parts, f"{total}, most: {largest}" if largest else total)


def _sizes(result: ServiceResult) -> Group:
    bars = [
        Bar(
            side,
            tuple(Segment(layer.size, "layer") for layer in reversed(result.sides[side].image.layers) if layer.size),
            format_size(result.sides[side].image.size),
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


# Bar charts as SVG, with a pair of bars for each line: base above variant.

_LABEL, _BARS, _VALUE = 150, 420, 180

_BAR, _GAP, _GROUP = 16, 3, 14

_WIDTH: Final = _LABEL + _BARS + _VALUE


class Segment(NamedTuple):
    """A segment of a bar."""

    value: float
    name: str
    """The name of the segment's style, which is also shown in its tooltip."""


class Bar(NamedTuple):
    """A bar, with a label on the right."""

    side: Side
    parts: tuple[Segment, ...]
    shown: str
    low: float | None = None
    high: float | None = None
    """The upper end of the range, which is drawn as a line through the end of the bar."""

    @property
    def length(self) -> float:
        return sum(part.value for part in self.parts)


class Group(NamedTuple):
    """The bars in one line of a chart."""

    label: str
    bars: tuple[Bar, ...]


def chart(title: str, groups: Sequence[Group]) -> str:
    """Return a chart with all groups on one scale."""
    longest = max((max(bar.length, bar.high or 0) for group in groups for bar in group.bars), default=0) or 1
    drawn, top = [], 2
    for group in groups:
        height = len(group.bars) * (_BAR + _GAP)
        drawn.append(tag("text", text(group.label), x="0", y=str(top + height // 2 + 4), class_="label"))
        for number, bar in enumerate(group.bars):
            drawn.append(_bar(group.label, bar, top + number * (_BAR + _GAP), _BARS / longest))
        top += height + _GROUP
    shown = "; ".join(f"{each.label}: {', '.join(f'{bar.side} {bar.shown}' for bar in each.bars)}" for each in groups)
    svg = tag(
        "svg",
        "".join(drawn),
        viewBox=f"0 0 {_WIDTH} {top}",
        role="img",
        aria_label=f"{title}. {shown}",
        class_="bars",
    )
    return tag("figure", tag("figcaption", text(title)) + tag("div", svg, class_="scroll"))


def _bar(label: str, bar: Bar, top: int, scale: float) -> str:
    at, drawn = float(_LABEL), []
    for part in bar.parts:
        width = part.value * scale
        hint = tag("title", text(f"{label}, {bar.side}: {part.name}"))
        box = {"x": f"{at:.1f}", "y": str(top), "width": f"{max(width, 1):.1f}", "height": str(_BAR)}
        drawn.append(tag("rect", hint, class_=f"{bar.side} {_style(part.name)}", **box))
        at += width
    end = max(at, _LABEL + (bar.high or 0) * scale)
    if bar.low is not None and bar.high is not None and bar.high > bar.low:
        middle = top + _BAR // 2
        left, right = (f"{_LABEL + value * scale:.1f}" for value in (bar.low, bar.high))
        drawn.append(tag("path", d=f"M{left} {middle}H{right}M{left} {top + 4}v8M{right} {top + 4}v8", class_="range"))
    drawn.append(tag("text", text(bar.shown), x=f"{end + 8:.1f}", y=str(top + 13)))
    return "".join(drawn)


def _style(name: str) -> str:
    return "k-" + "".join(char if char.isalnum() else "-" for char in name.lower())


# The styles of this page in addition to those of all pages.

BENCH_STYLE: Final = """
:root { --base: #8c959f; --variant: #0969da; }
@media (prefers-color-scheme: dark) { :root { --base: #7d8590; --variant: #4493f8; } }
figure { margin: 1.25rem 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg.bars { width: 100%; min-width: 34rem; margin: .25rem 0; } svg.bars text { font-size: 13px; }
svg.bars text.label { font-weight: 600; }
svg.bars rect.base { fill: var(--base); stroke: none; } svg.bars rect.variant { fill: var(--variant); stroke: none; }
svg.bars rect + rect { stroke: var(--paper); stroke-width: 1; }
svg.bars .k-dependencies { opacity: .55; } svg.bars .k-copy { opacity: .4; } svg.bars .k-other { opacity: .7; }
svg.bars .k-context, svg.bars .k-base-images, svg.bars .k-export { opacity: .3; }
svg.bars .range { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.key { display: inline-block; width: .9em; height: .9em; border-radius: 2px; vertical-align: -.1em;
  margin-right: .35em; }
.key.base { background: var(--base); } .key.variant { background: var(--variant); }
.legend { display: flex; gap: 1.5rem; list-style: none; padding: 0; }
td.number, th.number { text-align: right; } tr.under th { font-weight: 400; padding-left: 1.25rem; color: var(--dim); }
td.faster { color: var(--green); font-weight: 600; } td.slower { color: var(--red); font-weight: 600; }
li.ok::marker { content: "\\2713\\20"; color: var(--green); } li.doubt::marker { content: "? "; color: var(--amber); }
li.WRONG { color: var(--red); font-weight: 600; } li.WRONG::marker { content: "\\2717\\20"; }
.banner { border: 2px solid var(--red); border-radius: 6px; padding: .5rem 1rem; background: var(--red-soft);
  color: var(--red); font-weight: 600; }
"""
