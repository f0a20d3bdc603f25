"""Resolve a tree as written in the text: follow aliases and apply `<<` merges."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from composevariant.errors import UnusableInput
from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, WrittenNode, location_of
from composevariant.yamltext.full_scanner import MAX_DEPTH, MAX_MERGED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingABC

    from composevariant.yamltext.parser import Document

MAX_EXPANDED: Final = 2_000_000
"""The maximum number of nodes in a document after every alias is followed. An alias bomb has billions."""

_SCALAR: Final = (1, 0)
"""The size and depth of a scalar."""


def resolve(root: WrittenNode, instead: MappingABC[int, Node] | None = None) -> Node:
    """Return the resolved tree of `root`. Parts without an alias or `<<` are the same objects as in `root`.

    Args:
        root: A tree as written.
        instead: Replacements for written nodes, by the `id` of the written node.

    Raises:
        UnusableInput: `<<` merges something other than a mapping, or the aliases expand beyond the limits.
    """
    return Resolver(instead).resolve(root)


class Resolver:
    """Resolves the nodes of one tree. Each node is resolved only once, and the results are cached."""

    def __init__(self, instead: MappingABC[int, Node] | None = None, sharing: frozenset[int] | None = None) -> None:
        """Prepare a resolver.

        Args:
            instead: Replacements for written nodes, by the `id` of the written node.
            sharing: The `id` of each node that contains an anchor, an alias or a `<<`. Pass this only for a tree whose
                aliases cannot exceed the limits, because sizes are then not measured.
        """
        self._sharing = sharing
        self._known: dict[int, Node] = dict(instead or {})
        self._sizes: dict[int, tuple[int, int]] = {}
        """The number of nodes and the depth of each resolved collection, by its `id`."""
        self._merged = 0

    def resolve(self, node: WrittenNode) -> Node:
        """Return the resolved node of `node`. Every call returns the same object."""
        if self._sharing is not None and id(node) not in self._sharing:
            return cast("Node", node)  # the node contains no alias
        known = self._known.get(id(node))
        if known is not None:
            return known
        resolved = self._resolved(node)
        if not isinstance(node, Scalar):
            self._known[id(node)] = resolved
            if self._sharing is None:
                self._measure(node, resolved)
        return resolved

    def _resolved(self, node: WrittenNode) -> Node:
        if isinstance(node, Scalar):
            return node
        if isinstance(node, Alias):
            return self.resolve(node.target)
        if isinstance(node, Sequence):
            items = tuple(map(self.resolve, node.items))
            same = all(new is old for new, old in zip(items, node.items, strict=True))
            return node if same else node.with_items(items)
        return self._resolved_mapping(node)

    def _resolved_mapping(self, node: Mapping) -> Mapping:
        entries: list[Entry] = []
        merged = False
        changed = False
        for entry in node.entries:
            if is_merge(entry):
                merged = True
                continue
            value = self.resolve(entry.value)
            changed = changed or value is not entry.value
            entries.append(entry if value is entry.value else Entry(entry.key, value, False, entry.colon))  # noqa: FBT003
        if merged:
            own = {entry.name for entry in entries}
            inherited = [entry for entry in self._inherited(node) if entry.name not in own]
            return node.with_entries((*inherited, *entries))
        return node.with_entries(tuple(entries)) if changed else node

    def _inherited(self, node: Mapping) -> Iterator[Entry]:
        """Yield the entries merged by `<<`. If several mappings have the same key, the earliest mapping wins."""
        seen: set[str] = set()
        for source in merge_sources(node):
            entries = self._merged_mapping(source).entries
            self._merged += len(entries)
            if self._merged > MAX_MERGED:
                raise _multiplied(source)
            for entry in entries:
                if entry.name not in seen:
                    seen.add(entry.name)
                    yield Entry(entry.key, entry.value, inherited=True)

    def _merged_mapping(self, source: WrittenNode) -> Mapping:
        resolved = self.resolve(source)
        if not isinstance(resolved, Mapping):
            raise UnusableInput(
                "`<<` merges mappings only", location_of(source), "point it to a mapping, or a list of mappings"
            )
        return resolved

    def _measure(self, node: WrittenNode, resolved: Node) -> None:
        """Compute the expanded size from the children's sizes, which detects an alias bomb without expanding it."""
        if id(resolved) in self._sizes or isinstance(resolved, Scalar):
            return
        children = resolved.items if isinstance(resolved, Sequence) else [entry.value for entry in resolved.entries]
        size, depth = 1, 0
        for child in children:
            child_size, child_depth = self._sizes.get(id(child), _SCALAR)
            size += child_size
            depth = max(depth, child_depth)
        depth += 1
        if size > MAX_EXPANDED:
            raise _multiplied(node)
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep once aliases are followed"
            raise UnusableInput(message, location_of(node))
        self._sizes[id(resolved)] = size, depth


def _multiplied(node: WrittenNode) -> UnusableInput:
    return UnusableInput("the aliases in this file multiply to millions of settings", location_of(node))


def is_merge(entry: Entry) -> bool:
    """Return whether a written entry is a `<<` merge."""
    return entry.key.text == "<<" and entry.key.style == ""


def merge_sources(node: Mapping) -> Iterator[WrittenNode]:
    """Yield the written nodes that the `<<` entries of a mapping merge, in order."""
    for entry in node.entries:
        if is_merge(entry):
            value = written_value(entry)
            if isinstance(value, Sequence):
                yield from value.items
            else:
                yield value


def written_value(entry: Entry) -> WrittenNode:
    """Return the written value of an entry, which may be an `Alias`."""
    return entry.value


def nodes_inside(node: WrittenNode) -> Iterator[WrittenNode]:
    """Yield the keys, values and items of a written collection."""
    if isinstance(node, Mapping):
        yield from (child for entry in node.entries for child in (entry.key, entry.value))
    elif isinstance(node, Sequence):
        yield from node.items


# The values of anchors in the new text.


class Anchors:
    """The value of each anchor in the new text, recorded in text order.

    When an anchored node is removed, its anchor moves to the first remaining alias.
    """

    def __init__(self, document: Document) -> None:
        self._values: dict[int, Node] = {}
        self._written = document.written
        self._sharing: frozenset[int] = frozenset()
        if document.written is not None and document.written is not document.root:
            self._sharing = document.sharing

    @cached_property
    def _uses(self) -> Counter[int]:
        """The number of aliases of each anchored node, by its `id`."""
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
        """Return whether `node` contains anchors or aliases and must therefore be visited even if it is unchanged."""
        return id(node) in self._sharing

    def record(self, node: Scalar | Mapping | Sequence, final: Node) -> None:
        """Record that `node` stays in place and has the value `final`, if the node has an anchor."""
        if node.anchor is not None:
            self._values[id(node)] = final

    def value_of(self, alias: Alias) -> Node | None:
        """Return the value of the alias in the new text, or None if the anchor was removed."""
        return self._values.get(id(alias.target))

    def move(self, alias: Alias, final: Node) -> str:
        """Move the anchor of a removed node to `alias`.

        Return the name of the anchor, or an empty string if no other alias uses it.
        """
        self._values[id(alias.target)] = final
        return alias.name if self._uses[id(alias.target)] > 1 else ""
