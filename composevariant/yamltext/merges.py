"""Keeps `<<` where it still brings what is wanted, and takes it out where it would bring too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.tree import Alias, Entry, Mapping, Node, WrittenNode
from composevariant.yamltext.aliases import merge_sources, written_value
from composevariant.yamltext.values import Place, place_of_entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.yamltext.anchors import Anchors
    from composevariant.yamltext.parse import Document
    from composevariant.yamltext.values import ValueEditor


class MergeEditor:
    """Settles the `<<` entries of mappings. A mapping cannot lose an inherited key, other than by losing its `<<`."""

    def __init__(self, document: Document, anchors: Anchors, values: ValueEditor) -> None:
        self._text = document.source.text
        self._meaning = document.resolver.resolve
        self._anchors = anchors
        self._values = values

    def settle(
        self, entry: Entry, final: Mapping, visit: Callable[[WrittenNode, Node, Place], None], *, flow: bool
    ) -> list[Mapping | None]:
        """What each source of a `<<` entry brings in the new text; None for one that must go.

        Args:
            entry: The `<<` entry as written.
            final: What the mapping that holds it is to mean.
            visit: Settles the anchors inside a source that is written out in place.
            flow: Whether that mapping is written in flow style.
        """
        return [
            self._settle_source(source, entry, final, visit, flow=flow) for source in merge_sources(Mapping((entry,)))
        ]

    def _settle_source(
        self,
        source: WrittenNode,
        entry: Entry,
        final: Mapping,
        visit: Callable[[WrittenNode, Node, Place], None],
        *,
        flow: bool,
    ) -> Mapping | None:
        old = self._meaning(source)
        in_list = written_value(entry) is not source
        place = Place(-1, 0, "", flow=True) if in_list else place_of_entry(self._text, entry, flow=flow)
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
