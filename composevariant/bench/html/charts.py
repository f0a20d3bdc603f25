"""Bar charts as SVG: a pair of bars for each line, base above variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.preview.html.markup import tag, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.bench.plan import Side

_LABEL, _BARS, _VALUE = 150, 420, 180
_BAR, _GAP, _GROUP = 16, 3, 14
_WIDTH: Final = _LABEL + _BARS + _VALUE


class Part(NamedTuple):
    """A piece of a bar."""

    value: float
    name: str
    """Of the style and, where the pointer rests, of the piece."""


class Bar(NamedTuple):
    """One bar with what is written behind it."""

    side: Side
    parts: tuple[Part, ...]
    shown: str
    low: float | None = None
    high: float | None = None
    """The range, drawn as a line through the end."""

    @property
    def length(self) -> float:
        return sum(part.value for part in self.parts)


class Group(NamedTuple):
    """The bars of one line."""

    label: str
    bars: tuple[Bar, ...]


def chart(title: str, groups: Sequence[Group]) -> str:
    """All groups on one scale."""
    longest = max((max(bar.length, bar.high or 0) for group in groups for bar in group.bars), default=0) or 1
    drawn, top = [], 2
    for group in groups:
        height = len(group.bars) * (_BAR + _GAP)
        drawn.append(tag("text", text(group.label), x="0", y=str(top + height // 2 + 4), class_="label"))
        for number, bar in enumerate(group.bars):
            drawn.append(_bar(group.label, bar, top + number * (_BAR + _GAP), _BARS / longest))
        top += height + _GROUP
    told = "; ".join(f"{group.label}: {', '.join(f'{bar.side} {bar.shown}' for bar in group.bars)}" for group in groups)
    svg = tag(
        "svg", "".join(drawn), viewBox=f"0 0 {_WIDTH} {top}", role="img", aria_label=f"{title}. {told}", class_="bars"
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
