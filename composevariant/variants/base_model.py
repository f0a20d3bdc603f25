"""The merged base files, and the text that variants edit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from composevariant.compose import item_key
from composevariant.errors import UnusableInput
from composevariant.findings import Note, NoteKind, note
from composevariant.tree import Mapping, location_of
from composevariant.yamltext import Editor, parse_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.compose.files import ComposeFiles, MergeNote, ReferenceResolver
    from composevariant.errors import ComposeVariantError
    from composevariant.source import Location, Source
    from composevariant.tree import Node
    from composevariant.yamltext import Document


@dataclass(frozen=True, eq=False, repr=False)
class BaseModel:
    """The base, which consists of one document to edit and the merged tree of all base files."""

    document: Document
    """The first file. Bytes that neither other files nor an overlay change are preserved."""
    tree: Node | None
    """The merged tree of all files. With only one file, this is the root of `document`."""
    notes: tuple[Note, ...] = ()
    others: frozenset[Source] = frozenset()
    """The other files. Settings from these files keep their comments."""
    merged: tuple[Mapping, ...] = ()
    """The documents of all files in merge order."""
    only_flat: tuple[ComposeVariantError, ...] = ()
    """Errors for variants that are not flat, because one file cannot change what an included file defines."""

    @cached_property
    def editor(self) -> Editor:
        """The editor that generates the texts of the variants."""
        return Editor(self.document, item_key, self.others)

    @property
    def text(self) -> str:
        """The base as one file, which is the text of the first file with the other files merged in.

        Raises:
            InternalError: The edited text differs from the merged files.
        """
        return self.document.source.text if self.tree is None else self.editor.text_of(self.tree)


def read_model(sources: Sequence[Source], files: ComposeFiles | None = None) -> BaseModel:
    """Merge the files, and the documents of each file, as `docker compose -f first -f second` does.

    `files` gives access to files named by `extends`. Without `files`, a service that a later file changes is merged
    without the settings inherited from other files.

    Raises:
        UnusableInput: A file is not YAML or not a Compose file, or Compose could not merge it.
    """
    documents = [parse_documents(source) for source in sources]
    (first, *_), *_ = documents
    if len(documents) == 1 and len(documents[0]) == 1:
        return BaseModel(first, first.root, merged=(first.root,) if isinstance(first.root, Mapping) else ())
    from composevariant.compose.files import merge_documents

    notes = [each for group in documents for each in _document_notes(group)]
    trees = _trees(documents)
    others = _others(trees, files)
    merged = merge_documents(trees, others)
    notes += _notes(merged.remarks)
    only_flat = tuple(_only_flat(trees, others)) if others else ()
    return BaseModel(first, merged.tree, tuple(notes), _other_sources(documents), tuple(trees), only_flat)


def read_flat_model(sources: Sequence[Source], files: ComposeFiles) -> BaseModel:
    """Merge the files and resolve their `extends` and `include` with `files`.

    Raises:
        UnusableInput: The files cannot be merged (see `read_model`), or another file is missing, invalid or unreadable.
    """
    from composevariant.compose.files import flatten_project

    documents = [parse_documents(source) for source in sources]
    flat = flatten_project(_trees(documents), files)
    notes = [each for group in documents for each in _document_notes(group)]
    notes += (*_notes(flat.remarks), *_notes(flat.warnings, "warning"))
    return BaseModel(documents[0][0], flat.tree, tuple(notes), _other_sources(documents) | flat.sources)


def _only_flat(trees: Sequence[Mapping], others: ReferenceResolver) -> Iterator[ComposeVariantError]:
    """Yield an error for each setting that comes from an include in one file and is changed by a later file."""
    from composevariant.compose import SECTIONS

    included: dict[tuple[str, str], Location | None] = {}
    for tree in trees:
        for section in SECTIONS.values():
            members = tree.get(section)
            for entry in members.entries if isinstance(members, Mapping) else ():
                where = included.get((section, entry.name))
                if where:
                    wrong = f"{section}.{entry.name} comes from an included file ({where}): one file cannot change it"
                    hint = "resolve the includes: `flatten: true` in the variant, or --flatten"
                    yield UnusableInput(wrong, location_of(entry.key), hint)
        brought = others.read_included(tree)
        for section in SECTIONS.values():
            members = brought.get(section)
            new = members.entries if isinstance(members, Mapping) else ()
            included |= {(section, entry.name): location_of(entry.key) for entry in new}


def _trees(documents: Sequence[list[Document]]) -> list[Mapping]:
    trees = [_mapping(document) for group in documents if not _is_blank(group) for document in group]
    if not trees:
        name = documents[0][0].source.name
        raise UnusableInput(f"{name} has no services", None, "a base is made of Compose files")
    return trees


def _other_sources(documents: Sequence[list[Document]]) -> frozenset[Source]:
    first = documents[0][0]
    return frozenset(document.source for group in documents for document in group if document is not first)


def _others(trees: Sequence[Mapping], files: ComposeFiles | None) -> ReferenceResolver | None:
    from composevariant.compose.merge import names_other_files

    if files is None or not any(map(names_other_files, trees)):
        return None
    from composevariant.compose.files import OtherFiles, ReferenceResolver

    return ReferenceResolver(OtherFiles(files))


def _notes(remarks: Iterable[MergeNote], kind: NoteKind = "note") -> Iterator[Note]:
    for service, message, location in remarks:
        yield note("base.merged", kind, ("services", service) if service else (), location, reason=message)


def _document_notes(documents: list[Document]) -> Iterator[Note]:
    name = documents[0].source.name
    if _is_blank(documents):
        yield note("base.empty", "note", (), file=name)
    if len(documents) > 1:
        yield note("base.documents", "note", (), file=name, count=str(len(documents)))


def _is_blank(documents: list[Document]) -> bool:
    return len(documents) == 1 and documents[0].written is None


def _mapping(document: Document) -> Mapping:
    root, name = document.root, document.source.name
    if not isinstance(root, Mapping):
        wrong = "is not a mapping" if root else "is empty, which Docker Compose rejects in a file of several documents"
        text = document.source.text
        place = location_of(root) or document.source.location(len(text) - len(text.lstrip("\n")))
        raise UnusableInput(f"this document of {name} {wrong}", place, "a base is made of Compose files")
    return root
