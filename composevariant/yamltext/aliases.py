"""From the tree as written to the tree as meant: aliases followed, `<<` applied."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from composevariant.errors import UnusableInput
from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, WrittenNode
from composevariant.yamltext.full_scanner import MAX_DEPTH, MAX_MERGED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingABC

    from composevariant.yamltext.parser import Document

MAX_EXPANDED: Final = 2_000_000
"""Nodes that a document may have once every alias is followed; an alias bomb has billions."""


_SCALAR: Final = (1, 0)
"""Size and depth of a scalar."""


def resolve(root: WrittenNode, instead: MappingABC[int, Node] | None = None) -> Node:
    """The tree that `root` means. Parts without an alias or `<<` are the same objects as in `root`.

    Args:
        root: A tree as written.
        instead: Nodes to take in place of written ones, by the written node's `id`.

    Raises:
        UnusableInput: `<<` on something else than mappings, or aliases that multiply beyond reason.
    """
    return Resolver(instead).resolve(root)


class Resolver:
    """Resolves the nodes of one tree, each once, and remembers which became what."""

    def __init__(self, instead: MappingABC[int, Node] | None = None, sharing: frozenset[int] | None = None) -> None:
        """`sharing` are the nodes that may mean something else than themselves; None where that is to be found out.

        It is for trees whose aliases are known to be harmless: then nothing is measured.
        """
        self._sharing = sharing
        self._known: dict[int, Node] = dict(instead or {})
        self._sizes: dict[int, tuple[int, int]] = {}
        """How many nodes a resolved collection has, and how deep it is."""
        self._merged = 0

    def resolve(self, node: WrittenNode) -> Node:
        """The node that `node` means; the same object each time."""
        if self._sharing is not None and id(node) not in self._sharing:
            return cast("Node", node)  # no alias is among them
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
        """What `<<` brings; of several mappings the earlier one wins."""
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
            place = source.span.location() if source.span else None
            raise UnusableInput("`<<` merges mappings only", place, "point it to a mapping, or a list of mappings")
        return resolved

    def _measure(self, node: WrittenNode, resolved: Node) -> None:
        """Count the expanded size from the children's known sizes, so that a bomb is found without exploding it."""
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
            place = node.span.location() if node.span else None
            raise UnusableInput(f"nested more than {MAX_DEPTH} levels deep once aliases are followed", place)
        self._sizes[id(resolved)] = size, depth


def _multiplied(node: WrittenNode) -> UnusableInput:
    place = node.span.location() if node.span else None
    return UnusableInput("the aliases in this file multiply to millions of settings", place)


def is_merge(entry: Entry) -> bool:
    """Whether an entry as written is a `<<` merge."""
    return entry.key.text == "<<" and entry.key.style == ""


def merge_sources(node: Mapping) -> Iterator[WrittenNode]:
    """The nodes as written that the `<<` entries of a mapping merge, in order."""
    for entry in node.entries:
        if is_merge(entry):
            value = written_value(entry)
            if isinstance(value, Sequence):
                yield from value.items
            else:
                yield value


def written_value(entry: Entry) -> WrittenNode:
    """The value of an entry as written, which may be an `Alias`."""
    return entry.value


def nodes_inside(node: WrittenNode) -> Iterator[WrittenNode]:
    """The keys, values and items of a collection as written."""
    if isinstance(node, Mapping):
        yield from (child for entry in node.entries for child in (entry.key, entry.value))
    elif isinstance(node, Sequence):
        yield from node.items


# What each anchor means in the text that is being made, and which uses it has left.


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
