"""What the base files mean together, and the text that their variants are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.identity import item_key
from composevariant.errors import UnusableInput
from composevariant.tree import Mapping
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.operations.outcome import Note
    from composevariant.source import Source
    from composevariant.tree import Node
    from composevariant.yamltext import Document


class Model(NamedTuple):
    """The base: one text, and what it is to mean before the first operation."""

    document: Document
    """The first file. Every byte of it stays that neither the other files nor an overlay touch."""
    tree: Node | None
    """What all files mean together. With one file, the very root of the document."""
    notes: tuple[Note, ...] = ()

    @property
    def text(self) -> str:
        """The base as one file: the first file's text with what the others say worked in.

        Raises:
            InternalError: the edited text does not mean what the files do.
        """
        tree = self.tree
        return self.document.source.text if tree is None else edit(self.document, tree, item_key)


def read_model(sources: Sequence[Source]) -> Model:
    """The files merged as `docker compose -f first -f second` merges them.

    Raises:
        UnusableInput: a file is not YAML or no Compose file, or Compose could not merge it.
    """
    first, *others = map(parse, sources)
    if not others:
        return Model(first, first.root)
    from composevariant.compose.merge import merge

    tree = _mapping(first)
    for document in others:
        tree = merge(tree, _mapping(document), vain_tags=True)
    return Model(first, tree)


def _mapping(document: Document) -> Mapping:
    if not isinstance(document.root, Mapping):
        raise UnusableInput(f"{document.source.name} has no services", None, "a base is made of Compose files")
    return document.root
