"""Which lines of a text a change of its tree may touch. All others must come through as they are, in their order.

A changed entry may touch its own lines: from its key to the comments inside it. One that goes may also touch the
comment above it and the blank lines around it. A new entry may touch no line, it only comes between two. A flow
collection, and a collection of which nothing stays, count as one entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.tree.changes import align
from composevariant.tree.nodes import Mapping, Node, Scalar, Sequence, same
from composevariant.yamltext.lines import (
    Extent,
    blanks_after,
    blanks_before,
    head_start,
    line_start,
    next_line,
    starts_line,
    tail_end,
)
from composevariant.yamltext.partial_proof import entry_extents, item_extents, last_leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree.nodes import Entry, Path
    from composevariant.yamltext.parser import Document

Region = tuple[int, int]
"""A part of the text, from one offset to another; with two equal ones, a place between two lines."""


def untouched_pieces(document: Document, final: Node, item_key: Callable[[Path, Node], str | None]) -> list[str]:
    """The pieces of the text that may not change. The document has no aliases, and ends with a newline."""
    assert document.root is not None
    assert document.written is document.root
    text = document.source.text
    pieces: list[str] = []
    done = 0
    for start, end in sorted(_Touched(text, item_key).of(document.root, final, (0, len(text)), ())):
        if start >= done:
            pieces.append(text[done:start])
        done = max(done, end)
    return [*pieces, text[done:]]


def come_in_order(pieces: list[str], text: str) -> bool:
    """Whether `text` is made of the pieces, with anything between them."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    at = len(first) if text.startswith(first) else -1
    for piece in middle:
        at = text.find(piece, at) + len(piece) if at >= 0 and piece in text[at:] else -1
    return 0 <= at <= len(text) - len(last) and text.endswith(last)


class _Touched:
    def __init__(self, text: str, item_key: Callable[[Path, Node], str | None]) -> None:
        self._text = text
        self._item_key = item_key

    def of(self, node: Node, final: Node, own: Region, path: Path) -> Iterator[Region]:
        """The regions that the change from `node` to `final` may touch; `own` is the entry that holds the node."""
        if isinstance(node, Scalar) or node.flow or node.tag != getattr(final, "tag", None):
            if not same(node, final):
                yield own
        elif isinstance(node, Mapping):
            new = final.entries if isinstance(final, Mapping) else ()
            yield from self._entries(node, new, own, path)
        else:
            yield from self._items(node, final.items if isinstance(final, Sequence) else (), own, path)

    def _entries(self, node: Mapping, new: tuple[Entry, ...], own: Region, path: Path) -> Iterator[Region]:
        found = [_counterpart(entry, node, new) for entry in node.entries]
        extents = entry_extents(node)
        if not any(found):
            yield own
            return
        for entry, other, extent in zip(node.entries, found, extents, strict=True):
            if other is None:
                yield self._going(extent)
                continue
            if other.name != entry.name:
                yield line_start(self._text, extent.start), next_line(self._text, extent.start)
            yield from self.of(entry.value, other.value, self._lines(extent), (*path, other.name))
        yield from self._moved_up(extents, [index for index, other in enumerate(found) if other])
        if len(new) > len([other for other in found if other]):
            yield from self._between(extents)

    def _items(self, node: Sequence, new: tuple[Node, ...], own: Region, path: Path) -> Iterator[Region]:
        found = align(node.items, new, lambda item: self._item_key(path, item))
        extents = item_extents(node)
        if all(index is None for index in found):
            yield own
            return
        for place, (item, index) in enumerate(zip(new, found, strict=True)):
            if index is not None:
                yield from self.of(node.items[index], item, self._lines(extents[index]), (*path, place))
        for index in set(range(len(extents))) - set(found):
            yield self._going(extents[index])
        yield from self._moved_up(extents, [index for index in found if index is not None])
        if None in found:
            yield from self._between(extents)

    def _lines(self, extent: Extent) -> Region:
        return line_start(self._text, extent.start), tail_end(self._text, extent)

    def _going(self, extent: Extent) -> Region:
        text = self._text
        start = head_start(text, extent) if starts_line(text, extent.start) else line_start(text, extent.start)
        end = blanks_after(text, tail_end(text, extent))
        return blanks_before(text, start), end

    def _moved_up(self, extents: list[Extent], kept: list[int]) -> Iterator[Region]:
        """Where the first entry stands behind a dash and goes, the first that stays moves up to the dash."""
        if kept[0] > 0 and not starts_line(self._text, extents[0].start):
            start = extents[kept[0]].start
            yield line_start(self._text, start), next_line(self._text, start)

    def _between(self, extents: list[Extent]) -> Iterator[Region]:
        """The places between entries; where the first stands behind a dash, its line moves down."""
        text = self._text
        for extent in extents:
            for place in (
                head_start(text, extent),
                blanks_before(text, head_start(text, extent)),
                tail_end(text, extent),
            ):
                yield place, place
        if not starts_line(text, extents[0].start):
            yield line_start(text, extents[0].start), next_line(text, extents[0].start)


def _counterpart(entry: Entry, node: Mapping, new: tuple[Entry, ...]) -> Entry | None:
    keys = {id(entry.key) for entry in node.entries}
    for other in new:
        if _first(other.key) is entry.key:
            return other
    return next((other for other in new if other.name == entry.name and id(_first(other.key)) not in keys), None)


def _first(node: Node) -> Node:
    while node.origin is not None:
        node = node.origin
    return node


def ends_in_block_scalar(node: Node) -> bool:
    """Whether the text ends in a block scalar, which has a say on the newline behind it."""
    leaf = last_leaf(node)
    return isinstance(leaf, Scalar) and leaf.style in ("|", ">")
