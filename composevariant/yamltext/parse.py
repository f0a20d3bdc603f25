"""A YAML text as a tree whose nodes know exactly where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from composevariant.errors import raise_all
from composevariant.source import Location
from composevariant.yamltext.aliases import Resolver
from composevariant.yamltext.builder import Builder
from composevariant.yamltext.quick import quick_tokens
from composevariant.yamltext.tokens import scan

if TYPE_CHECKING:
    from composevariant.source import Source
    from composevariant.tree import Node, WrittenNode


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML document: its text, its tree as written, and the same tree resolved (None for an empty document)."""

    source: Source
    written: WrittenNode | None
    root: Node | None
    resolver: Resolver
    """Tells what a node as written means."""
    sharing: frozenset[int] = frozenset()
    """The `id` of each node as written that has an anchor, an alias or a `<<`, or that holds such a node."""


def parse(source: Source, anchors: dict[str, WrittenNode] | None = None) -> Document:
    """Read one document. `anchors` are those of the documents above it in its file, to which its own are added.

    Raises:
        UnusableInput: Not YAML, several documents, duplicate keys (all of them), unknown aliases, nesting or
            aliases beyond what any real file needs.
    """
    builder = Builder(source, quick_tokens(source.text) or scan(source), anchors)
    written = builder.document()
    raise_all(sorted(builder.errors, key=lambda error: error.location or Location("", 0, 0)))
    sharing = frozenset(builder.sharing)
    resolver = Resolver(sharing=sharing if builder.is_harmless else None)
    return Document(source, written, None if written is None else resolver.resolve(written), resolver, sharing)
