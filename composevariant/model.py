"""What the base files mean together, and the text that their variants are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.identity import item_key
from composevariant.errors import UnusableInput
from composevariant.operations.outcome import Note
from composevariant.tree import Mapping, location_of
from composevariant.yamltext import edit, parse_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    others: frozenset[Source] = frozenset()
    """The other texts. What is new comes with the comments that it has there."""

    @property
    def text(self) -> str:
        """The base as one file: the first file's text with what the others say worked in.

        Raises:
            InternalError: the edited text does not mean what the files do.
        """
        tree = self.tree
        return self.document.source.text if tree is None else edit(self.document, tree, item_key, self.others)


def read_model(sources: Sequence[Source]) -> Model:
    """The files merged as `docker compose -f first -f second` merges them, and so are the documents of each file.

    Raises:
        UnusableInput: a file is not YAML or no Compose file, or Compose could not merge it.
    """
    documents = [parse_documents(source) for source in sources]
    (first, *_), *_ = documents
    if len(documents) == 1 and len(documents[0]) == 1:
        return Model(first, first.root)
    from composevariant.compose.several import merge_documents

    notes = [note for group in documents for note in _about(group)]
    trees = [_mapping(document) for group in documents if not _is_blank(group) for document in group]
    if not trees:
        raise UnusableInput(f"{first.source.name} has no services", None, "a base is made of Compose files")
    merged = merge_documents(trees)
    notes += (Note("note", service, message, location) for service, message, location in merged.remarks)
    others = frozenset(document.source for group in documents for document in group if document is not first)
    return Model(first, merged.tree, tuple(notes), others)


def _about(documents: list[Document]) -> Iterator[Note]:
    name = documents[0].source.name
    if _is_blank(documents):
        yield Note("note", "", f"{name} is empty, which changes nothing, as with Docker Compose")
    if len(documents) > 1:
        yield Note("note", "", f"{name} holds {len(documents)} YAML documents: a variant is one, merged from them")


def _is_blank(documents: list[Document]) -> bool:
    return len(documents) == 1 and documents[0].written is None


def _mapping(document: Document) -> Mapping:
    root, name = document.root, document.source.name
    if not isinstance(root, Mapping):
        wrong = "is no mapping" if root else "is empty, which Docker Compose refuses of one document of several"
        text = document.source.text
        place = location_of(root) or document.source.location(len(text) - len(text.lstrip("\n")))
        raise UnusableInput(f"this document of {name} {wrong}", place, "a base is made of Compose files")
    return root
