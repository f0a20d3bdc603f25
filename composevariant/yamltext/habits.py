"""Detect the style of a text, which includes indentation, dashes, quotes, and block or flow style."""

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
"""The maximum number of nodes to inspect. The first ones show the style of a file."""


class _Read(NamedTuple):
    step: int
    dash_offset: int
    gap: int
    flow_keys: frozenset[str]
    block_keys: frozenset[str]
    quotes: dict[str, str]


class Habits:
    """The style of a text, to apply to new parts of that text. The style is detected at first use."""

    def __init__(self, text: str, root: WrittenNode | None) -> None:
        self._text = text
        self._root = root
        self.newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"

    @property
    def step(self) -> int:
        """The indentation of a nested mapping, in columns."""
        return self._read.step

    @property
    def dash_offset(self) -> int:
        """The indentation of dashes below the key of their list, in columns, which is often 0."""
        return self._read.dash_offset

    @property
    def gap(self) -> int:
        """The number of spaces after a dash."""
        return self._read.gap

    @property
    def flow_keys(self) -> frozenset[str]:
        """Keys whose values are mostly in flow style, such as `test: [CMD, …]`."""
        return self._read.flow_keys

    @property
    def block_keys(self) -> frozenset[str]:
        """Keys whose values are mostly in block style."""
        return self._read.block_keys

    def quote_of(self, key: str) -> str:
        """Return the quotes that all list items under a key share, or an empty string if they differ or are plain."""
        return self._read.quotes.get(key, "")

    @cached_property
    def _read(self) -> _Read:
        return _read(self._text, self._root)


def _read(text: str, root: WrittenNode | None) -> _Read:
    """Detect the style. If the text has no example of a habit, use the most common style."""
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
    """Yield the non-empty collections that are values of keys, as (key, column of the key, collection)."""
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


# The quotes of strings that do not need any.

_READ_OTHERWISE = frozenset(("y", "n", "yes", "no", "on", "off"))
"""Words that are strings to Docker but booleans in YAML 1.1, so many files quote them."""


def quotes_around(nodes: Iterable[WrittenNode]) -> str:
    """Return the quotes that all strings among `nodes` share, or an empty string if the strings are plain or mixed."""
    styles = {chosen_style(node) for node in nodes} - {None}
    return next(iter(styles)) or "" if len(styles) == 1 else ""


def chosen_style(node: WrittenNode) -> str | None:
    """Return the quotes of a string ("" if plain) if its style is a free choice, or None for any other node."""
    if not isinstance(node, Scalar) or node.style in ("|", ">") or not node.text or node.tag:
        return None
    if plain_meaning(node.text).kind != "str":
        return None
    if node.style and (node.text.lower() in _READ_OTHERWISE or not is_plain_safe(node.text)):
        return None
    return node.style
