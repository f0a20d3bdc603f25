"""What an edit leaves as an earlier one had it, or as it was read: that needs no second proof.

Only the entries of the largest section count, which are the services of nearly every file. The value of an entry is
left out of the proof where its lines are those that were proved to mean what it is to mean. Its key stays, with nothing
below it: so all that is above and below is read as it is in the whole text, where each key begins at the column of the
section and every value above it has ended. What would not end, such as an open quote, takes in a key that is to be
there, and the proof fails. A value that ends in a block scalar is always read, as blank lines below may belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.errors import InternalError
from composevariant.text import pattern
from composevariant.tree import Alias, Entry, Mapping, Scalar, Sequence, WrittenNode
from composevariant.yamltext.aliases import is_merge, nodes_inside, written_value
from composevariant.yamltext.lines import Extent, line_end, tail_end

if TYPE_CHECKING:
    from composevariant.text import Splice, Splices
    from composevariant.tree import Node, Path
    from composevariant.yamltext.aliases import Anchors
    from composevariant.yamltext.parser import Document

_NOTHING: Final = Scalar("")


_BLOCK_SCALAR: Final = pattern(r"[|>][-+\d]*[ \t]*(?:[ \t]#[^\n]*)?\r?\n")


_WORTHWHILE: Final = 4
"""A proof by parts pays when more than one in this many characters needs none."""


class Part(NamedTuple):
    """What one edit made of an entry of a section."""

    path: Path
    final: Node
    splices: tuple[Splice, ...] = ()
    numbers: range = range(0)
    """Which of the edit's splices these are."""

    def is_of(self, path: Path, final: Node) -> bool:
        """Whether the very same is to stand there; what its items are to each other depends on the place."""
        return self.final is final and self.path == path


class Entries(NamedTuple):
    """Which entries of a mapping went, which came, and what that took."""

    path: Path
    """Of the mapping."""
    removed: set[int]
    added: list[tuple[int, Entry]]
    """Each with the index of the entry that it follows."""
    splices: tuple[Splice, ...]

    def is_of(self, path: Path, removed: set[int], added: list[tuple[int, Entry]]) -> bool:
        """Whether the same go, and the very same come, at the same place."""
        return (
            path == self.path
            and removed == self.removed
            and len(added) == len(self.added)
            and all(
                after == there and new.key is old.key and new.value is old.value
                for (after, new), (there, old) in zip(added, self.added, strict=True)
            )
        )


class Made(NamedTuple):
    """What an edit made of the sections' entries and their settings, which the next one may make again."""

    parts: dict[int, Part]
    """By the `id` of the entry's value as written."""
    entries: dict[int, Entries]
    """By the `id` of the mapping as written."""


class Edited(NamedTuple):
    """A new text that is still to be proved, and how it came about."""

    text: str
    splices: Splices
    made: Made
    anchors: Anchors


class Proved(NamedTuple):
    """A text of the document that means what it is to mean."""

    made: Made
    head: tuple[Splice, ...] = ()
    """What was changed above the section, where anchors are."""
    has_new_anchors: bool = False


class Rest(NamedTuple):
    """What of a text is to be proved, and what it is to mean."""

    text: str
    final: Node


class Section(NamedTuple):
    """The largest section of a document."""

    entry: Entry
    value: Mapping
    document: Document

    @property
    def start(self) -> int:
        """The offset of its key."""
        return self.entry.key.span.begin if self.entry.key.span else 0

    def as_read(self) -> Proved:
        """The document itself, which means what was read in it."""
        resolve = self.document.resolver.resolve
        parts = {
            id(each.value): Part((self.entry.name, each.name), resolve(written_value(each)))
            for each in self.value.entries
        }
        return Proved(Made(parts, {}))

    def proved(self, edited: Edited) -> Proved:
        """An edit whose text was found to mean what was asked."""
        every = edited.splices.since(0)
        head = tuple(each for each in every if each[0] < self.start)
        return Proved(edited.made, head, any("&" in new for _, _, new in every))

    def rest(self, edited: Edited, known: Proved, final: Node) -> Rest | None:
        """What of an edit is to be proved; None where it is all, or nearly."""
        members = final.get(self.entry.name) if isinstance(final, Mapping) else None
        if not isinstance(final, Mapping) or not isinstance(members, Mapping):
            return None
        new = self.proved(edited)
        shares = new.head == known.head and not new.has_new_anchors and not known.has_new_anchors
        same: list[Part] = []
        regions: list[tuple[int, int]] = []
        for entry, extent in zip(self.value.entries, entry_extents(self.value), strict=True):
            part, old = edited.made.parts.get(id(entry.value)), known.made.parts.get(id(entry.value))
            if part is None or old is None or not _is_same(part, old):
                continue
            region = self._region(entry, extent)
            value = written_value(entry)
            if region and self._stays_inside(part, region) and self._stands_alone(value, edited.anchors, shares=shares):
                same.append(part)
                regions.append(region)
        if sum(end - start for start, end in regions) * _WORTHWHILE < len(self.document.source.text):
            return None
        try:
            text = edited.splices.with_blank(regions, {number for part in same for number in part.numbers})
        except InternalError:  # something else is put into what would be left out
            return None
        names = {part.path[-1] for part in same}
        kept = (Entry(entry.key, _NOTHING) if entry.name in names else entry for entry in members.entries)
        return Rest(text, final.with_value(self.entry.name, members.with_entries(tuple(kept))))

    def _region(self, entry: Entry, extent: Extent) -> tuple[int, int] | None:
        """From behind the colon to the end of the value's lines; None where these depend on what follows."""
        text = self.document.source.text
        last = last_leaf(written_value(entry))
        ends_in_block = isinstance(last, Scalar) and last.style in ("|", ">")
        if entry.colon < 0 or ends_in_block or text.find("\n", extent.start, entry.colon) >= 0:
            return None
        return entry.colon + 1, tail_end(text, extent)

    def _stays_inside(self, part: Part, region: tuple[int, int]) -> bool:
        """Whether all its splices are in the region, and no block scalar may have come to stand last by them."""
        start, end = region
        if part.splices and _BLOCK_SCALAR.search(self.document.source.text, start, end):
            return False
        return all(
            first >= start and last <= end and "|" not in new and ">" not in new for first, last, new in part.splices
        )

    def _stands_alone(self, node: WrittenNode, anchors: Anchors, *, shares: bool) -> bool:
        """Whether it means the same whatever becomes of the other entries: it has no anchor, and its aliases are safe.

        Anchors above the section are those that an alias had before where `shares` says that nothing changed there.
        """
        if isinstance(node, Alias):
            return shares and node.target.span is not None and node.target.span.begin < self.start
        if not anchors.inside(node):
            return True
        if node.anchor is not None:
            return False
        return all(self._stands_alone(each, anchors, shares=shares) for each in nodes_inside(node))


def largest_section(document: Document) -> Section | None:
    """The largest block mapping that is the value of a key of the root; None for a text that is written otherwise."""
    root = document.written
    if not isinstance(root, Mapping) or root.flow or not document.source.text.endswith("\n"):
        return None
    found = [(entry, value) for entry in root.entries if isinstance(value := written_value(entry), Mapping)]
    entry, value = max(found, key=lambda each: len(each[1].entries), default=(None, Mapping()))
    plain = not value.flow and value.anchor is None and not any(map(is_merge, (*root.entries, *value.entries)))
    return Section(entry, value, document) if entry is not None and plain else None


def _is_same(part: Part, old: Part) -> bool:
    return part.is_of(old.path, old.final) and part.splices == old.splices


# Where the entries of a written collection begin and end.


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
