"""Verify only the parts of an edited text that differ from the text verified before.

Only the entries of the largest section are considered, which are the services in nearly every file. If the lines of an
entry were already verified to have the value of the entry, the value is left out. The key stays, with an empty value.
The rest parses as in the whole text, because each key begins at the column of the section, where every value above has
ended. A value that does not end, such as an open quote, would absorb an expected key, so the verification would fail. A
value that ends with a block scalar is always parsed, because blank lines below may belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.errors import InternalError
from composevariant.text import pattern
from composevariant.tree import Alias, Entry, Mapping, Scalar, Sequence, WrittenNode
from composevariant.yamltext.aliases import is_merge, nodes_inside, written_value
from composevariant.yamltext.lines import Extent, line_end, tail_end
from composevariant.yamltext.parser import end_of

if TYPE_CHECKING:
    from composevariant.text import Splice, Splices
    from composevariant.tree import Node, Path
    from composevariant.yamltext.aliases import Anchors
    from composevariant.yamltext.parser import Document

_NOTHING: Final = Scalar("")

_BLOCK_SCALAR: Final = pattern(r"[|>][-+\d]*[ \t]*(?:[ \t]#[^\n]*)?\r?\n")

_WORTHWHILE: Final = 4
"""Verifying parts is faster if at least one character in this many can be left out."""


class EntryEdit(NamedTuple):
    """The splices that an edit makes for the value of one entry."""

    path: Path
    final: Node
    splices: tuple[Splice, ...] = ()
    numbers: range = range(0)
    """The indices of these splices in the edit."""

    def is_of(self, path: Path, final: Node) -> bool:
        """Return whether the path and the final node are the same. The identity of list items depends on the path."""
        return self.final is final and self.path == path


class EntriesEdit(NamedTuple):
    """The entries that an edit removed from a mapping and added to it, and the splices for them."""

    path: Path
    """The path of the mapping."""
    removed: set[int]
    added: list[tuple[int, Entry]]
    """The added entries, each with the index of the entry before it."""
    splices: tuple[Splice, ...]

    def is_of(self, path: Path, removed: set[int], added: list[tuple[int, Entry]]) -> bool:
        """Return whether the same entries are removed and the identical entries added, at the same path."""
        return (
            path == self.path
            and removed == self.removed
            and len(added) == len(self.added)
            and all(
                after == there and new.key is old.key and new.value is old.value
                for (after, new), (there, old) in zip(added, self.added, strict=True)
            )
        )


class EditRecord(NamedTuple):
    """The splices of an edit for services and their settings, which the next edit may reuse."""

    values: dict[int, EntryEdit]
    """Edits by the `id` of the written value of the entry."""
    mappings: dict[int, EntriesEdit]
    """Edits by the `id` of the written mapping."""


class Edited(NamedTuple):
    """A new text before its verification, and the splices that made it."""

    text: str
    splices: Splices
    record: EditRecord
    anchors: Anchors


class VerifiedText(NamedTuple):
    """A verified text of the document."""

    record: EditRecord
    head: tuple[Splice, ...] = ()
    """The splices above the section, where the anchors are."""
    has_new_anchors: bool = False


class Remainder(NamedTuple):
    """The part of a text that is left to verify, and the tree to which this part must parse."""

    text: str
    final: Node


class Section(NamedTuple):
    """The largest section of a document."""

    entry: Entry
    value: Mapping
    document: Document

    @property
    def start(self) -> int:
        """The offset of the key of the section."""
        return self.entry.key.span.begin if self.entry.key.span else 0

    def as_read(self) -> VerifiedText:
        """Return the unchanged document as a verified text."""
        resolve = self.document.resolver.resolve
        values = {
            id(each.value): EntryEdit((self.entry.name, each.name), resolve(written_value(each)))
            for each in self.value.entries
        }
        return VerifiedText(EditRecord(values, {}))

    def verified(self, edited: Edited) -> VerifiedText:
        """Return a verified text for an edit."""
        every = edited.splices.since(0)
        head = tuple(each for each in every if each[0] < self.start)
        return VerifiedText(edited.record, head, any("&" in new for _, _, new in every))

    def remainder(self, edited: Edited, known: VerifiedText, final: Node) -> Remainder | None:
        """Return the part of an edit to verify, or None if that is all or nearly all of the text."""
        members = final.get(self.entry.name) if isinstance(final, Mapping) else None
        if not isinstance(final, Mapping) or not isinstance(members, Mapping):
            return None
        new = self.verified(edited)
        shares = new.head == known.head and not new.has_new_anchors and not known.has_new_anchors
        same: list[EntryEdit] = []
        regions: list[tuple[int, int]] = []
        for entry, extent in zip(self.value.entries, entry_extents(self.value), strict=True):
            edit, old = edited.record.values.get(id(entry.value)), known.record.values.get(id(entry.value))
            if edit is None or old is None or not _is_same(edit, old):
                continue
            region = self._region(entry, extent)
            value = written_value(entry)
            if region and self._stays_inside(edit, region) and self._stands_alone(value, edited.anchors, shares=shares):
                same.append(edit)
                regions.append(region)
        if sum(end - start for start, end in regions) * _WORTHWHILE < len(self.document.source.text):
            return None
        try:
            text = edited.splices.with_blank(regions, {number for edit in same for number in edit.numbers})
        except InternalError:  # another splice is inside a region to leave out
            return None
        names = {edit.path[-1] for edit in same}
        kept = (Entry(entry.key, _NOTHING) if entry.name in names else entry for entry in members.entries)
        return Remainder(text, final.with_value(self.entry.name, members.with_entries(tuple(kept))))

    def _region(self, entry: Entry, extent: Extent) -> tuple[int, int] | None:
        """Return the start and end of the lines of an entry's value, or None if the end depends on the lines below."""
        text = self.document.source.text
        last = last_leaf(written_value(entry))
        ends_in_block = isinstance(last, Scalar) and last.style in ("|", ">")
        if entry.colon < 0 or ends_in_block or text.find("\n", extent.start, entry.colon) >= 0:
            return None
        return entry.colon + 1, tail_end(text, extent)

    def _stays_inside(self, edit: EntryEdit, region: tuple[int, int]) -> bool:
        """Return whether all splices are in the region and none of them can leave a block scalar at its end."""
        start, end = region
        if edit.splices and _BLOCK_SCALAR.search(self.document.source.text, start, end):
            return False
        return all(
            first >= start and last <= end and "|" not in new and ">" not in new for first, last, new in edit.splices
        )

    def _stands_alone(self, node: WrittenNode, anchors: Anchors, *, shares: bool) -> bool:
        """Return whether a value is independent of the other entries: it has no anchor, and its aliases are safe.

        An alias is safe if its anchor is above the section and nothing changed there (`shares`).
        """
        if isinstance(node, Alias):
            return shares and node.target.span is not None and node.target.span.begin < self.start
        if not anchors.inside(node):
            return True
        if node.anchor is not None:
            return False
        return all(self._stands_alone(each, anchors, shares=shares) for each in nodes_inside(node))


def largest_section(document: Document) -> Section | None:
    """Return the largest block mapping under a key of the root, or None if the text has no suitable mapping."""
    root = document.written
    if not isinstance(root, Mapping) or root.flow or not document.source.text.endswith("\n"):
        return None
    found = [(entry, value) for entry in root.entries if isinstance(value := written_value(entry), Mapping)]
    entry, value = max(found, key=lambda each: len(each[1].entries), default=(None, Mapping()))
    plain = not value.flow and value.anchor is None and not any(map(is_merge, (*root.entries, *value.entries)))
    return Section(entry, value, document) if entry is not None and plain else None


def _is_same(edit: EntryEdit, old: EntryEdit) -> bool:
    return edit.is_of(old.path, old.final) and edit.splices == old.splices


# The extents of written entries.


def entry_extents(mapping: Mapping) -> list[Extent]:
    """Return the extents of a mapping's entries, from the key to the end of the value."""
    return [_entry_extent(entry) for entry in mapping.entries]


def _entry_extent(entry: Entry) -> Extent:
    value = written_value(entry)
    begin = entry.key.span.begin if entry.key.span else 0
    key_end = entry.key.span.end if entry.key.span else 0
    return Extent(begin, max(end_of(value), entry.colon + 1, key_end), keeps_blank_lines(value))


def item_extents(sequence: Sequence) -> list[Extent]:
    """Return the extents of a list's items, from the dash (in flow style, the value) to the end of the value."""
    if sequence.flow:
        return [Extent(item.span.begin if item.span else 0, end_of(item)) for item in sequence.items]
    pairs = zip(sequence.dashes, sequence.items, strict=True)
    return [Extent(dash, max(end_of(item), dash + 1), keeps_blank_lines(item)) for dash, item in pairs]


def keeps_blank_lines(node: WrittenNode) -> bool:
    """Return whether a value ends with a block scalar such as `|+`, which includes all blank lines below."""
    last = last_leaf(node)
    return isinstance(last, Scalar) and last.style in ("|", ">") and "+" in block_header(last)


def last_leaf(node: WrittenNode) -> WrittenNode:
    """Return the value inside `node` that comes last in the text."""
    while True:
        if isinstance(node, Mapping) and node.entries:
            node = written_value(node.entries[-1])
        elif isinstance(node, Sequence) and node.items:
            node = node.items[-1]
        else:
            return node


def block_header(scalar: Scalar) -> str:
    """Return the indicators of a block scalar, such as `|2-`."""
    if scalar.span is None:
        return ""
    text, start = scalar.span.source.text, scalar.span.start
    return text[start : line_end(text, start)].partition("#")[0].rstrip()
