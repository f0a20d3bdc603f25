"""Walk a written tree and its final tree together, and add the splices for each difference."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from composevariant.tree import Alias, Entry, Mapping, Node, Sequence, WrittenNode, align, same
from composevariant.yamltext.aliases import Anchors, is_merge, merge_sources, written_value
from composevariant.yamltext.collection_edits import BlockEditor, FlowEditor
from composevariant.yamltext.habits import quotes_around
from composevariant.yamltext.lines import Neighbours, column
from composevariant.yamltext.partial_proof import EditRecord, EntriesEdit, EntryEdit, entry_extents, item_extents
from composevariant.yamltext.render import ValueEditor, ValuePlace, place_of_entry, place_of_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.text import Splices
    from composevariant.tree import Path
    from composevariant.yamltext.parser import Document
    from composevariant.yamltext.render import Renderer

_REMEMBERED: Final = (1, 2)
"""The depths of the entries whose splices are recorded for reuse: services and their settings."""


class Sync:
    """A pass over a document in text order, so that the value of an anchor is known before its aliases are visited."""

    def __init__(
        self,
        document: Document,
        splices: Splices,
        renderer: Renderer,
        item_key: Callable[[Path, Node], str | None],
        known: EditRecord,
    ) -> None:
        """Prepare a pass. `known` contains the splices of an earlier edit, and `record` collects those of this pass."""
        self.record = EditRecord({}, {})
        self._known = known
        self._quotes: dict[int, str] = {}
        self._splices = splices
        self._root = document.written
        self._text = document.source.text
        self._meaning = document.resolver.resolve
        self._item_key = item_key
        self._renderer = renderer
        self.anchors = Anchors(document)
        self._values = ValueEditor(self._text, splices, renderer)
        self._merges = MergeEditor(document, self.anchors, self._values)
        self._blocks = BlockEditor(self._text, splices, renderer.habits.newline)
        self._flows = FlowEditor(self._text, splices, self._blocks)

    def node(self, written: WrittenNode, final: Node, place: ValuePlace, path: Path) -> None:
        """Add the splices that change the text of `written`, at `place`, to `final`."""
        if isinstance(written, Alias):
            self._alias(written, final, place)
            return
        self.anchors.record(written, final)
        if self._meaning(written) is final and not self.anchors.inside(written):
            return
        if isinstance(written, Mapping) and isinstance(final, Mapping) and self._stays(written, final):
            self._mapping(written, final, place, path)
        elif isinstance(written, Sequence) and isinstance(final, Sequence) and self._stays(written, final):
            self._sequence(written, final, place, path)
        elif not same(self._meaning(written), final):
            self._values.replace(written, final, place, anchor=written.anchor or "")

    def _stays(self, written: Mapping | Sequence, final: Mapping | Sequence) -> bool:
        """Return whether a collection is edited in place, which requires the same tag and children in both."""
        if written.tag != final.tag or not _children(written) or not _children(final):
            return False
        is_pair = isinstance(written, Mapping) and written.flow and not self._text.startswith("{", _start(written))
        return not is_pair or len(_children(final)) == 1

    def _alias(self, alias: Alias, final: Node, place: ValuePlace) -> None:
        now = self.anchors.value_of(alias)
        if now is None:
            self._values.replace(alias, final, place, anchor=self.anchors.move(alias, final))
        elif not same(now, final):
            self._values.replace(alias, final, place)

    def _mapping(self, written: Mapping, final: Mapping, place: ValuePlace, path: Path) -> None:
        pairs = pair_entries(written, final)
        inherited: dict[str, Node] = {}
        removed: set[int] = set()
        for index, entry in enumerate(written.entries):
            new = pairs.get(id(entry))
            if is_merge(entry):
                if not self._merge(entry, final, path, inherited, flow=written.flow):
                    removed.add(index)
            elif new is None:
                removed.add(index)
            else:
                self._entry(entry, new, written, path)
        if len(removed) == len(written.entries):
            self._values.replace(written, final, place, anchor=written.anchor or "")
            return
        added = added_entries(written, final, pairs, inherited)
        self._edit_entries(written, removed, added, path)

    def _edit_entries(self, written: Mapping, removed: set[int], added: list[tuple[int, Entry]], path: Path) -> None:
        if not removed and not added:
            return
        known = self._known.mappings.get(id(written))
        before = len(self._splices)
        if known is not None and known.is_of(path, removed, added):
            self._splices.repeat(known.splices)
        else:
            self._new_entries(written, removed, added, path)
        if len(path) in _REMEMBERED:
            self.record.mappings[id(written)] = EntriesEdit(path, removed, added, self._splices.since(before))

    def _new_entries(self, written: Mapping, removed: set[int], added: list[tuple[int, Entry]], path: Path) -> None:
        extents = entry_extents(written)
        quote = self._quote(written) if added else ""
        key_quote = quotes_around(entry.key for entry in written.entries) if added else ""
        if written.flow:
            inline = self._renderer.inline
            texts = [(after, f"{inline(e.key, key_quote)}: {inline(e.value, quote)}") for after, e in added]
            self._flows.edit(extents, removed, texts)
            return
        indent = column(self._text, extents[0].start)
        blocks = [(after, self._renderer.new_entry(e.key, e.value, indent, quote, key_quote)) for after, e in added]
        self._blocks.edit(extents, removed, blocks, spaced=bool(added) and self._spaced(written, path))

    def _entry(self, old: Entry, new: Entry, parent: Mapping, path: Path) -> None:
        before, value, here = len(self._splices), written_value(old), (*path, new.name)
        renamed = old.name != new.name
        self.anchors.record(old.key, new.key if renamed else old.key)
        known = (
            self._known.values.get(id(value)) if len(path) in _REMEMBERED and not self.anchors.inside(value) else None
        )
        if known is not None and not renamed and known.is_of(here, new.value):
            self._splices.repeat(known.splices)
        else:
            self._changed_entry(old, new, parent, path)
        if len(path) == 1 or (len(path) in _REMEMBERED and before < len(self._splices)):
            numbers = range(before, len(self._splices))
            self.record.values[id(value)] = EntryEdit(here, new.value, self._splices.since(before), numbers)

    def _changed_entry(self, old: Entry, new: Entry, parent: Mapping, path: Path) -> None:
        value = written_value(old)
        if old.name != new.name:
            self._values.rename_key(old, new, flow=parent.flow)
        if isinstance(value, Alias) or self._meaning(value) is not new.value or self.anchors.inside(value):
            place = place_of_entry(self._text, old, flow=parent.flow, quote=self._quote(parent))
            self.node(value, new.value, place, (*path, new.name))
        else:
            self.anchors.record(value, new.value)

    def _quote(self, mapping: Mapping) -> str:
        """Return the quotes that all values of a mapping share. They are detected when the first value changes."""
        if id(mapping) not in self._quotes:
            self._quotes[id(mapping)] = quotes_around(map(written_value, mapping.entries))
        return self._quotes[id(mapping)]

    def _merge(self, entry: Entry, final: Mapping, path: Path, inherited: dict[str, Node], *, flow: bool) -> bool:
        """Add the entries merged by a `<<` to `inherited`, and return whether the `<<` stays."""

        def visit(source: WrittenNode, now: Node, place: ValuePlace) -> None:
            self.node(source, now, place, path)

        brings = self._merges.update_sources(entry, final, visit, flow=flow)
        gone = {index for index, mapping in enumerate(brings) if mapping is None}
        sources = written_value(entry)
        if gone and len(gone) < len(brings) and isinstance(sources, Sequence):
            self._edit_items(sources, gone, [], "")
        for mapping in brings:
            for name, value in mapping.items() if mapping is not None else ():
                inherited.setdefault(name, value)
        return len(gone) < len(brings)

    def _sequence(self, written: Sequence, final: Sequence, place: ValuePlace, path: Path) -> None:
        old = [self._meaning(item) for item in written.items]
        found = align(old, final.items, lambda item: self._item_key(path, item))
        if all(index is None for index in found):
            self._values.replace(written, final, place, anchor=written.anchor or "")
            return
        quote = quotes_around(written.items)
        added: list[tuple[int, Node]] = []
        last = -1
        for place_in_final, (index, item) in enumerate(zip(found, final.items, strict=True)):
            if index is None:
                added.append((last, item))
                continue
            last = index
            item_place = place_of_item(self._text, written, index, quote)
            self.node(written.items[index], item, item_place, (*path, place_in_final))
        removed = set(range(len(old))) - {index for index in found if index is not None}
        if added and not quote:
            quote = self._renderer.habits.quote_of(str(path[-1]) if path else "")
        self._edit_items(written, removed, added, quote)

    def _edit_items(self, written: Sequence, removed: set[int], added: list[tuple[int, Node]], quote: str) -> None:
        if not removed and not added:
            return
        extents = item_extents(written)
        if written.flow:
            self._flows.edit(extents, removed, [(after, self._renderer.inline(item, quote)) for after, item in added])
            return
        indent = column(self._text, extents[0].start)
        gap = _gap(self._text, written)
        lines = [(after, self._renderer.new_item(item, indent, gap, quote)) for after, item in added]
        self._blocks.edit(extents, removed, lines, spaced=False)

    def _spaced(self, written: Mapping, path: Path) -> bool:
        """Return whether blank lines separate entries if there is only one, as is common for sections and services."""
        only = written_value(written.entries[0])
        is_section = isinstance(only, (Mapping, Sequence)) and bool(_children(only)) and not only.flow
        return is_section and len(path) <= 1 and self._sections_spaced

    @cached_property
    def _sections_spaced(self) -> bool:
        """Whether blank lines separate the entries of the root."""
        if not isinstance(self._root, Mapping) or self._root.flow:
            return False
        return Neighbours(self._text, entry_extents(self._root)).spaced is not False


def _children(node: Mapping | Sequence) -> tuple[object, ...]:
    return node.entries if isinstance(node, Mapping) else node.items


def _gap(text: str, sequence: Sequence) -> int:
    """Return the number of spaces after the dash of the first item that starts on the line of its dash."""
    for dash, item in zip(sequence.dashes, sequence.items, strict=False):
        if item.span is not None and item.span.end > item.span.begin and "\n" not in text[dash : item.span.begin]:
            return item.span.begin - dash - 1
    return 1


def _start(node: WrittenNode) -> int:
    return node.span.start if node.span else 0


def pair_entries(written: Mapping, final: Mapping) -> dict[int, Entry]:
    """Return the final entry of each written entry, by the `id` of the written entry.

    Entries are matched by the origin of the key or by name.
    """
    written_keys = {id(entry.key) for entry in written.entries}
    by_key = {id(_first_key(entry.key)): entry for entry in final.entries}
    pairs: dict[int, Entry] = {}
    for entry in written.entries:
        if is_merge(entry):
            continue
        new = by_key.get(id(entry.key)) or final.entry(entry.name)
        if new is not None and (id(first := _first_key(new.key)) not in written_keys or first is entry.key):
            pairs[id(entry)] = new
    return pairs


def _first_key(key: Node) -> Node:
    """Return the original key of a key that was renamed, perhaps several times."""
    while key.origin is not None:
        key = key.origin
    return key


def added_entries(
    written: Mapping, final: Mapping, pairs: dict[int, Entry], inherited: dict[str, Node]
) -> list[tuple[int, Entry]]:
    """Return the entries to insert, each with the index of the written entry before it."""
    places = {id(pairs[id(entry)]): index for index, entry in enumerate(written.entries) if id(entry) in pairs}
    merge_at = next((index for index, entry in enumerate(written.entries) if is_merge(entry)), -1)
    added: list[tuple[int, Entry]] = []
    last = -1
    for entry in final.entries:
        if id(entry) in places:
            last = max(last, places[id(entry)])
        elif entry.name not in inherited or not same(inherited[entry.name], entry.value):
            added.append((merge_at if entry.inherited else last, entry))
        else:
            last = max(last, merge_at)
    return added


class MergeEditor:
    """Keeps or removes `<<` entries. A key that a `<<` merges can only be removed by removing the `<<`."""

    def __init__(self, document: Document, anchors: Anchors, values: ValueEditor) -> None:
        self._text = document.source.text
        self._meaning = document.resolver.resolve
        self._anchors = anchors
        self._values = values

    def update_sources(
        self, entry: Entry, final: Mapping, visit: Callable[[WrittenNode, Node, ValuePlace], None], *, flow: bool
    ) -> list[Mapping | None]:
        """Return the mapping that each source of a `<<` entry merges in the new text, or None for a source to remove.

        Args:
            entry: The `<<` entry as written.
            final: The final value of the mapping that contains the entry.
            visit: Visits a source that is written in place, to record its anchors.
            flow: Whether that mapping is in flow style.
        """
        return [
            self._update_source(source, entry, final, visit, flow=flow) for source in merge_sources(Mapping((entry,)))
        ]

    def _update_source(
        self,
        source: WrittenNode,
        entry: Entry,
        final: Mapping,
        visit: Callable[[WrittenNode, Node, ValuePlace], None],
        *,
        flow: bool,
    ) -> Mapping | None:
        old = self._meaning(source)
        in_list = written_value(entry) is not source
        place = ValuePlace(-1, 0, "", flow=True) if in_list else place_of_entry(self._text, entry, flow=flow)
        now: Node | None = old
        if isinstance(source, Alias):
            now = self._anchors.value_of(source)
            if now is None and isinstance(old, Mapping) and _has_all(final, old):
                name = self._anchors.move(source, old)
                if not name:
                    return None
                self._values.replace(source, old, place, anchor=name)
                now = old
        if not isinstance(now, Mapping) or not _has_all(final, now):
            return None
        if not isinstance(source, Alias):
            visit(source, now, place)
        return now


def _has_all(final: Mapping, mapping: Mapping) -> bool:
    return all(final.entry(name) is not None for name in mapping.names())
