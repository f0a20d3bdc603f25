"""How a text is written where the choice is free: indentation, dashes, quotes, block or flow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from composevariant.tree import Alias, Mapping, Scalar, Sequence, WrittenNode
from composevariant.yamltext.lines import column, starts_line
from composevariant.yamltext.quotes import chosen_style

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAMPLE: Final = 4000
"""Nodes to look at: a file's habits show early."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The ways of one text. New text follows them."""

    newline: str = "\n"
    step: int = 2
    """Columns by which the keys of a mapping stand right of the key that holds it."""
    dash_offset: int = 2
    """Columns by which dashes stand right of the key that holds the list; 0 is common."""
    gap: int = 1
    """Blanks after a dash."""
    flow_keys: frozenset[str] = frozenset()
    """Keys whose value is mostly written in flow style, such as `test: [CMD, …]`."""
    block_keys: frozenset[str] = frozenset()
    quotes: tuple[tuple[str, str], ...] = ()
    """The quotes in which the items of the list under a key are written, where they all are."""

    def quote_of(self, key: str) -> str:
        return dict(self.quotes).get(key, "")


def habits_of(text: str, root: WrittenNode | None) -> Habits:
    """Read the habits off the text; what it does not show is as most files have it."""
    steps: Counter[int] = Counter()
    offsets: Counter[int] = Counter()
    gaps: Counter[int] = Counter()
    flows: dict[str, Counter[bool]] = {}
    quotes: dict[str, Counter[str]] = {}
    for key, key_column, value in _keyed_collections(text, root):
        flows.setdefault(key, Counter())[value.flow] += 1
        if isinstance(value, Sequence):
            quotes.setdefault(key, Counter()).update(
                style for style in map(chosen_style, value.items) if style is not None
            )
        if value.flow or value.span is None:
            continue
        offset = column(text, value.span.start) - key_column
        if isinstance(value, Sequence):
            offsets[offset] += 1
            gaps.update(_gaps(value))
        elif starts_line(text, value.span.start):
            steps[offset] += 1
    step = _usual(steps, 2)
    return Habits(
        newline="\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n",
        step=step,
        dash_offset=_usual(offsets, min(step, 2)),
        gap=_usual(gaps, 1),
        flow_keys=frozenset(key for key, seen in flows.items() if seen[True] > seen[False]),
        block_keys=frozenset(key for key, seen in flows.items() if seen[False] > seen[True]),
        quotes=tuple((key, next(iter(seen))) for key, seen in quotes.items() if len(seen) == 1),
    )


def _usual(seen: Counter[int], default: int) -> int:
    common = [value for value, _ in seen.most_common(1)]
    return common[0] if common else default


def _gaps(sequence: Sequence) -> Iterator[int]:
    for dash, item in zip(sequence.dashes, sequence.items, strict=False):
        span = item.span
        if span is not None and span.end > span.begin and span.source.text.find("\n", dash, span.begin) < 0:
            yield span.begin - dash - 1


def _keyed_collections(text: str, root: WrittenNode | None) -> Iterator[tuple[str, int, Mapping | Sequence]]:
    """The non-empty collections that are values of keys, each with its key and the key's column."""
    stack: list[WrittenNode] = [] if root is None else [root]
    seen = 0
    while stack and seen < _SAMPLE:
        node = stack.pop()
        seen += 1
        if isinstance(node, Sequence):
            stack.extend(node.items)
        elif isinstance(node, Mapping):
            for entry in node.entries:
                value: WrittenNode = entry.value
                if isinstance(value, (Scalar, Alias)):
                    continue
                stack.append(value)
                if entry.key.span is not None and (value.items if isinstance(value, Sequence) else value.entries):
                    yield entry.name, column(text, entry.key.span.begin), value
