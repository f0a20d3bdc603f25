"""What each anchor means in the text that is being made, and which uses it has left."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from composevariant.tree import Alias, Mapping, Node, Scalar, Sequence, WrittenNode
from composevariant.yamltext.aliases import nodes_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.yamltext.parse import Document


class Anchors:
    """Anchors are settled in the order of the text. One whose node is gone moves to its first remaining use."""

    def __init__(self, document: Document) -> None:
        self._values: dict[int, Node] = {}
        self._written = document.written
        self._sharing: frozenset[int] = frozenset()
        if document.written is not None and document.written is not document.root:
            self._sharing = document.sharing

    @cached_property
    def _uses(self) -> Counter[int]:
        """How many aliases an anchored node has, by its `id`."""
        aliases = self._aliases(self._written) if self._written is not None else ()
        return Counter(id(alias.target) for alias in aliases)

    def _aliases(self, node: WrittenNode) -> Iterator[Alias]:
        if isinstance(node, Alias):
            yield node
            return
        for child in nodes_inside(node):
            if id(child) in self._sharing:
                yield from self._aliases(child)

    def inside(self, node: WrittenNode) -> bool:
        """Whether `node` holds anchors or aliases, so that it must be visited even when it does not change itself."""
        return id(node) in self._sharing

    def settle(self, node: Scalar | Mapping | Sequence, final: Node) -> None:
        """The anchored `node` stays where it is and now means `final`."""
        if node.anchor is not None:
            self._values[id(node)] = final

    def value_of(self, alias: Alias) -> Node | None:
        """What the alias means in the new text; None when its anchor is gone."""
        return self._values.get(id(alias.target))

    def move(self, alias: Alias, final: Node) -> str:
        """The anchor's node is gone and `alias` takes its place. Gives the anchor's name; "" without other uses."""
        self._values[id(alias.target)] = final
        return alias.name if self._uses[id(alias.target)] > 1 else ""
