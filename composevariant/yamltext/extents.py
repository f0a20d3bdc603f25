"""Where the entries of a written collection begin and end."""

from __future__ import annotations

from composevariant.tree import Entry, Mapping, Scalar, Sequence, WrittenNode
from composevariant.yamltext.aliases import written_value
from composevariant.yamltext.lines import Extent, line_end


def entry_extents(mapping: Mapping) -> list[Extent]:
    """The extents of a mapping's entries: from the key to the end of the value."""
    return [_entry_extent(entry) for entry in mapping.entries]


def _entry_extent(entry: Entry) -> Extent:
    value = written_value(entry)
    begin = entry.key.span.begin if entry.key.span else 0
    key_end = entry.key.span.end if entry.key.span else 0
    return Extent(begin, max(_end(value), entry.colon + 1, key_end), keeps_blank_lines(value))


def item_extents(sequence: Sequence) -> list[Extent]:
    """The extents of a list's items: from the dash, or in flow style from the value, to the end of the value."""
    if sequence.flow:
        return [Extent(item.span.begin if item.span else 0, _end(item)) for item in sequence.items]
    pairs = zip(sequence.dashes, sequence.items, strict=True)
    return [Extent(dash, max(_end(item), dash + 1), keeps_blank_lines(item)) for dash, item in pairs]


def _end(node: WrittenNode) -> int:
    return node.span.end if node.span else 0


def keeps_blank_lines(node: WrittenNode) -> bool:
    """Whether a value ends in a block scalar such as `|+`, which takes in all blank lines below it."""
    last = last_leaf(node)
    return isinstance(last, Scalar) and last.style in ("|", ">") and "+" in block_header(last)


def last_leaf(node: WrittenNode) -> WrittenNode:
    """The value that stands last in the text of `node`."""
    while True:
        if isinstance(node, Mapping) and node.entries:
            node = written_value(node.entries[-1])
        elif isinstance(node, Sequence) and node.items:
            node = node.items[-1]
        else:
            return node


def block_header(scalar: Scalar) -> str:
    """The indicators of a block scalar, such as `|2-`."""
    if scalar.span is None:
        return ""
    text, start = scalar.span.source.text, scalar.span.start
    return text[start : line_end(text, start)].partition("#")[0].rstrip()
