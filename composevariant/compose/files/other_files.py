"""Read the files that `extends` and `include` name, as compose-go 2.9.1 does.

All paths, in arguments and in results, are relative to the folder of the base.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import SECTIONS
from composevariant.compose.files.include import IncludedVariables, OtherFileError, UnknownFileError
from composevariant.compose.files.relocated_paths import is_remote, relocate_paths
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import Entry, Mapping, Scalar, location_of, mapping_at, same, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose.files.compose_files import ComposeFiles
    from composevariant.source import Location, Source
    from composevariant.tree import Node


class FilesRead(NamedTuple):
    """The result of reading other files."""

    unclear: tuple[Scalar, ...]
    """Paths that begin with a variable.

    If the variable's value is relative, the path is now relative to another folder.
    """
    sources: frozenset[Source]
    """The files that were read."""


class OtherFiles:
    """Reads the other files of one project, and tracks the chain of references to detect cycles."""

    def __init__(self, files: ComposeFiles) -> None:
        self._files = files
        self._unclear: dict[int, Scalar] = {}
        self._sources: set[Source] = set()
        self._chain: list[str] = []

    def files_read(self) -> FilesRead:
        """Return the files read so far."""
        return FilesRead(tuple(self._unclear.values()), frozenset(self._sources))

    def read(self, path: str) -> Source | None:
        """Return a file that is not YAML, such as an env file."""
        return self._files.read(path)

    @contextmanager
    def enter(self, step: str, by: str, named: Node) -> Iterator[None]:
        """Enter another file or service, which `by` (`extends` or `include`) names at the node `named`.

        Raises:
            UnusableInput: The chain of references has already entered this file or service.
        """
        if step in self._chain:
            cycle = " -> ".join((*self._chain[self._chain.index(step) :], step))
            raise OtherFileError(by, f"{by} is circular: {cycle}", location_of(named))
        self._chain.append(step)
        try:
            yield
        finally:
            self._chain.pop()

    def documents(
        self, path: str, named: Node, folder: str, variables: IncludedVariables, by: str
    ) -> tuple[Mapping, ...]:
        """Return the documents of a Compose file that `by` (`extends` or `include`) names at the node `named`.

        Paths in the documents, which are relative to `folder`, become relative to the folder of the base.

        Raises:
            UnusableInput: The file does not exist, cannot be read, or is not a Compose file.
        """
        read: list[Mapping] = []
        for document in self._read_roots(path, named, by):
            moved = relocate_paths(variables.apply(document), folder)
            self._unclear.update((id(node), node) for node in moved.unclear)
            read.append(moved.tree)
        return tuple(read)

    def _read_roots(self, path: str, named: Node, by: str) -> tuple[Mapping, ...]:
        place = location_of(named)
        if is_remote(path):
            wrong = f"{path} is not a local file, and composevariant reads only local files"
            raise UnknownFileError(wrong, place, "copy it to the project and name the copy")
        documents = self._files.documents(path)
        if not documents:
            raise OtherFileError(by, f"{by} names {path}, which does not exist", place)
        self._sources.update(document.source for document in documents)
        roots = [document.root for document in documents]
        if not all(isinstance(root, Mapping) for root in roots):
            raise OtherFileError(by, f"{by} names {path}, which is not a Compose file", place)
        return tuple(root for root in roots if isinstance(root, Mapping))


def with_resources(tree: Mapping, brought: Mapping) -> Mapping:
    """Return the tree with the services, volumes and so on of an included project added.

    Raises:
        UnusableInput: Both projects define the same name differently.
    """
    errors: list[ComposeVariantError] = []
    for section in SECTIONS.values():
        members, own = mapping_at(brought, section), tree.get(section)
        existing = own if isinstance(own, Mapping) else Mapping(origin=own)
        new: list[Entry] = []
        for entry in members.entries:
            known = existing.get(entry.name)
            if known is None:
                new.append(entry)
            elif not same(known, entry.value):
                errors.append(_conflict(section, entry, existing))
        if new:
            tree = tree.with_value(section, existing.with_entries((*existing.entries, *new)), string(section))
    raise_all(errors)
    return tree


def _conflict(section: str, entry: Entry, existing: Mapping) -> UnusableInput:
    mine = existing.entry(entry.name)
    other = location_of(entry.key)
    message = f"{section}.{entry.name} is defined here and, differently, by an included file ({other})"
    place: Location | None = location_of(mine.key) if mine else None
    return UnusableInput(message, place, "Docker Compose refuses that; rename one of them")
