"""How a text is written where the choice is free: indentation, dashes, quotes, block or flow."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.tree import Alias, Mapping, Scalar, Sequence, WrittenNode, plain_meaning
from composevariant.yamltext.lines import column, starts_line
from composevariant.yamltext.scalar_style import is_plain_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SAMPLE: Final = 4000
"""Nodes to look at: a file's habits show early."""


class _Read(NamedTuple):
    step: int
    dash_offset: int
    gap: int
    flow_keys: frozenset[str]
    block_keys: frozenset[str]
    quotes: dict[str, str]


class Habits:
    """The ways of one text; new text follows them. They are read off it when something new is first written."""

    def __init__(self, text: str, root: WrittenNode | None) -> None:
        self._text = text
        self._root = root
        self.newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"

    @property
    def step(self) -> int:
        """Columns by which the keys of a mapping stand right of the key that holds it."""
        return self._read.step

    @property
    def dash_offset(self) -> int:
        """Columns by which dashes stand right of the key that holds the list; 0 is common."""
        return self._read.dash_offset

    @property
    def gap(self) -> int:
        """Blanks after a dash."""
        return self._read.gap

    @property
    def flow_keys(self) -> frozenset[str]:
        """Keys whose value is mostly written in flow style, such as `test: [CMD, …]`."""
        return self._read.flow_keys

    @property
    def block_keys(self) -> frozenset[str]:
        """Keys whose value mostly is not."""
        return self._read.block_keys

    def quote_of(self, key: str) -> str:
        """The quotes in which the items of the list under a key are written, where they all are; else ""."""
        return self._read.quotes.get(key, "")

    @cached_property
    def _read(self) -> _Read:
        return _read(self._text, self._root)


def _read(text: str, root: WrittenNode | None) -> _Read:
    """What the text does not show is as most files have it."""
    steps: Counter[int] = Counter()
    offsets: Counter[int] = Counter()
    gaps: Counter[int] = Counter()
    flows: dict[str, Counter[bool]] = {}
    quotes: dict[str, set[str]] = {}
    for key, key_column, value in _keyed_collections(text, root):
        flows.setdefault(key, Counter())[value.flow] += 1
        if isinstance(value, Sequence):
            quotes.setdefault(key, set()).update(style for style in map(chosen_style, value.items) if style is not None)
        if value.flow or value.span is None:
            continue
        offset = column(text, value.span.start) - key_column
        if isinstance(value, Sequence):
            offsets[offset] += 1
            gaps.update(_gaps(value))
        elif starts_line(text, value.span.start):
            steps[offset] += 1
    step = _usual(steps, 2)
    return _Read(
        step,
        dash_offset=_usual(offsets, min(step, 2)),
        gap=_usual(gaps, 1),
        flow_keys=frozenset(key for key, seen in flows.items() if seen[True] > seen[False]),
        block_keys=frozenset(key for key, seen in flows.items() if seen[False] > seen[True]),
        quotes={key: next(iter(seen)) for key, seen in quotes.items() if len(seen) == 1},
    )


def _usual(seen: Counter[int], default: int) -> int:
    return max(seen, key=seen.__getitem__) if seen else default


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


# Which quotes the strings of a collection are written in, where they are a matter of taste.

_READ_OTHERWISE = frozenset(("y", "n", "yes", "no", "on", "off"))
"""Strings to Docker, booleans to YAML 1.1: careful people quote them."""


def quotes_around(nodes: Iterable[WrittenNode]) -> str:
    """The quotes that all strings among `nodes` are written in; "" when these are plain or mixed."""
    styles = {chosen_style(node) for node in nodes} - {None}
    return next(iter(styles)) or "" if len(styles) == 1 else ""


def chosen_style(node: WrittenNode) -> str | None:
    """The quotes around a string ("" for none) when they could be others; None for all else."""
    if not isinstance(node, Scalar) or node.style in ("|", ">") or not node.text or node.tag:
        return None
    if plain_meaning(node.text).kind != "str":
        return None
    if node.style and (node.text.lower() in _READ_OTHERWISE or not is_plain_safe(node.text)):
        return None
    return node.style
