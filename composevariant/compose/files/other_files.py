"""Services of other files that one extends, and projects that one includes, as compose-go 2.9.1 reads them.

All paths that are given back count from the folder of the base, and so do those that are asked for.
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
    """What other files gave."""

    unclear: tuple[Scalar, ...]
    """Paths that begin with a variable: they count from another folder now, where their value is relative."""
    sources: frozenset[Source]
    """The files that were read."""


class OtherFiles:
    """What one reading of a project has read of them, and where it is."""

    def __init__(self, files: ComposeFiles) -> None:
        self._files = files
        self._unclear: dict[int, Scalar] = {}
        self._sources: set[Source] = set()
        self._under_way: list[str] = []

    def files_read(self) -> FilesRead:
        """What has been read until now."""
        return FilesRead(tuple(self._unclear.values()), frozenset(self._sources))

    def read(self, path: str) -> Source | None:
        """A file that is not YAML, such as one of variables."""
        return self._files.read(path)

    @contextmanager
    def enter(self, step: str, by: str, named: Node) -> Iterator[None]:
        """Go to another file, `named` by `extends` or `include`.

        Raises:
            UnusableInput: this is the way by which one came here.
        """
        if step in self._under_way:
            circle = " -> ".join((*self._under_way[self._under_way.index(step) :], step))
            raise OtherFileError(by, f"{by} goes in a circle: {circle}", location_of(named))
        self._under_way.append(step)
        try:
            yield
        finally:
            self._under_way.pop()

    def documents(
        self, path: str, named: Node, folder: str, variables: IncludedVariables, by: str
    ) -> tuple[Mapping, ...]:
        """The documents of a Compose file that is `named` by `extends` or `include`.

        Its paths, which count from `folder`, count from the folder of the base afterwards.

        Raises:
            UnusableInput: there is no such file, it cannot be read, or it is no Compose file.
        """
        read: list[Mapping] = []
        for document in self._written(path, named, by):
            moved = relocate_paths(variables.apply(document), folder)
            self._unclear.update((id(node), node) for node in moved.unclear)
            read.append(moved.tree)
        return tuple(read)

    def _written(self, path: str, named: Node, by: str) -> tuple[Mapping, ...]:
        place = location_of(named)
        if is_remote(path):
            wrong = f"{path} is not on this disk, and composevariant reads nothing else"
            raise UnknownFileError(wrong, place, "make a local copy and name that")
        documents = self._files.documents(path)
        if not documents:
            raise OtherFileError(by, f"{by} names {path}, which does not exist", place)
        self._sources.update(document.source for document in documents)
        roots = [document.root for document in documents]
        if not all(isinstance(root, Mapping) for root in roots):
            raise OtherFileError(by, f"{by} names {path}, which is no Compose file", place)
        return tuple(root for root in roots if isinstance(root, Mapping))


# What `include` brings into a project: resources under names, each of which may be defined once.


def with_resources(tree: Mapping, brought: Mapping) -> Mapping:
    """The tree with the services, volumes and so on of another one.

    Raises:
        UnusableInput: both define a name, and not the same.
    """
    errors: list[ComposeVariantError] = []
    for section in SECTIONS.values():
        members, own = mapping_at(brought, section), tree.get(section)
        there = own if isinstance(own, Mapping) else Mapping(origin=own)
        new: list[Entry] = []
        for entry in members.entries:
            known = there.get(entry.name)
            if known is None:
                new.append(entry)
            elif not same(known, entry.value):
                errors.append(_conflict(section, entry, there))
        if new:
            tree = tree.with_value(section, there.with_entries((*there.entries, *new)), string(section))
    raise_all(errors)
    return tree


def _conflict(section: str, entry: Entry, there: Mapping) -> UnusableInput:
    mine = there.entry(entry.name)
    other = location_of(entry.key)
    message = f"{section}.{entry.name} is defined here and, differently, by an included file ({other})"
    place: Location | None = location_of(mine.key) if mine else None
    return UnusableInput(message, place, "Docker Compose refuses that; rename one of them")
