"""Services of other files that one extends, and projects that one includes, as compose-go 2.9.1 reads them.

All paths that are given back count from the folder of the base, and so do those that are asked for.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.compose.fallbacks import Fallbacks
from composevariant.compose.heirs import Heirs
from composevariant.compose.inclusions import UnknownFileError, inclusions, path_of
from composevariant.compose.moved_paths import is_here, is_remote, moved_path, moved_paths, with_contexts
from composevariant.compose.resources import with_resources
from composevariant.compose.scattered_tags import without_tags
from composevariant.compose.services import services_of, with_services
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.tree import Mapping, Scalar, location_of
from composevariant.yamltext import parse_documents

if TYPE_CHECKING:
    from composevariant.compose.inclusions import Inclusion
    from composevariant.source import Source
    from composevariant.tree import Node


class Files(Protocol):
    """Read-only sight of files, by paths that count from the folder of the base."""

    def read(self, path: str, /) -> Source | None:
        """A file; None when there is none.

        Raises:
            UnusableInput: it cannot be read.
        """


class Brought(NamedTuple):
    """What other files gave."""

    unclear: tuple[Scalar, ...]
    """Paths that begin with a variable: they count from another folder now, where their value is relative."""
    sources: frozenset[Source]
    """The files that were read."""


class OtherFiles:
    """Reads what a base names, each file once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._texts: dict[str, tuple[Mapping, ...]] = {}
        self._unclear: dict[int, Scalar] = {}
        self._sources: set[Source] = set()

    def brought(self) -> Brought:
        """What has been read until now."""
        return Brought(tuple(self._unclear.values()), frozenset(self._sources))

    def read(self, path: str) -> Source | None:
        """A file that is not YAML, such as one of variables."""
        return self._files.read(path)

    def documents(self, path: str, named: Node, folder: str, fallbacks: Fallbacks, by: str) -> tuple[Mapping, ...]:
        """The documents of a Compose file that is `named` by `extends` or `include`.

        Its paths, which count from `folder`, count from the folder of the base afterwards.

        Raises:
            UnusableInput: there is no such file, it cannot be read, or it is no Compose file.
        """
        if path not in self._texts:
            self._texts[path] = self._parsed(path, named, by)
        read: list[Mapping] = []
        for document in self._texts[path]:
            moved = moved_paths(fallbacks.applied(document), folder)
            self._unclear.update((id(node), node) for node in moved.unclear)
            read.append(moved.tree)
        return tuple(read)

    def _parsed(self, path: str, named: Node, by: str) -> tuple[Mapping, ...]:
        place = location_of(named)
        if is_remote(path):
            wrong = f"{path} is not on this disk, and composevariant reads nothing else"
            raise UnknownFileError(wrong, place, "make a local copy and name that")
        source = self._files.read(path)
        if source is None:
            raise UnusableInput(f"{by} names {path}, which does not exist", place)
        self._sources.add(source)
        roots = [document.root for document in parse_documents(source)]
        if not all(isinstance(root, Mapping) for root in roots):
            raise UnusableInput(f"{by} names {path}, which is no Compose file", place)
        return tuple(root for root in roots if isinstance(root, Mapping))


class Others:
    """Other files as one document sees them; `trail` is what led to it."""

    def __init__(self, files: OtherFiles, fallbacks: Fallbacks | None = None, trail: tuple[str, ...] = ()) -> None:
        self.files = files
        self._fallbacks = fallbacks or Fallbacks()
        self._trail = trail

    def extended(self, service: Mapping) -> Mapping | None:
        """What a service extends in another file, written out itself; None where it extends nothing there.

        Raises:
            UnusableInput: there is no such file or service, or it extends itself by way of others.
        """
        extends = service.get("extends")
        file = extends.get("file") if isinstance(extends, Mapping) else None
        wanted = extends.get("service") if isinstance(extends, Mapping) else None
        if not isinstance(file, Scalar) or not isinstance(wanted, Scalar):
            return None
        path, name = _plain(path_of(file)), path_of(wanted)
        step = f"{name} of {path}"
        if step in self._trail:
            circle = " -> ".join((*self._trail[self._trail.index(step) :], step))
            raise UnusableInput(f"extends goes in a circle: {circle}", location_of(wanted))
        documents = self.files.documents(path, file, posixpath.dirname(path), self._fallbacks, "extends")
        document = _joined(documents)
        heirs = Heirs(document, Others(self.files, self._fallbacks, (*self._trail, step)))
        if name not in heirs.services:
            hint = did_you_mean(name, heirs.services)
            raise UnusableInput(f'extends names "{name}", which is not a service of {path}{hint}', location_of(wanted))
        return heirs.whole(name)

    def included(self, document: Mapping) -> Mapping:
        """All that a document includes: its services, volumes and so on, written out.

        Raises:
            UnusableInput: a file is missing or wrong, includes itself, or two of them define a name differently.
        """
        whole = Mapping()
        errors: list[ComposeVariantError] = []
        for inclusion in inclusions(document):
            try:
                whole = with_resources(whole, self._project(inclusion))
            except ComposeVariantError as error:
                errors.append(error)
        raise_all(errors)
        return whole

    def _project(self, inclusion: Inclusion) -> Mapping:
        """An included project with all that it extends and includes."""
        from composevariant.compose.several import whole_project

        step = _plain(inclusion.paths[0][0])
        if step in self._trail:
            circle = " -> ".join((*self._trail[self._trail.index(step) :], step))
            raise UnusableInput(f"include goes in a circle: {circle}", location_of(inclusion.paths[0][1]))
        fallbacks = self._fallbacks.of(inclusion, self.files)
        documents = [
            document
            for path, node in inclusion.paths
            for document in self.files.documents(_plain(path), node, inclusion.folder, fallbacks, "include")
        ]
        others = Others(self.files, fallbacks, (*self._trail, step))
        whole = whole_project(documents, others)
        plain = with_services(whole, {name: without_tags(service) for name, service in services_of(whole).items()})
        if not is_here(inclusion.folder):
            plain = with_contexts(plain, moved_path(".", inclusion.folder))
        return fallbacks.settled(plain)


def _joined(documents: tuple[Mapping, ...]) -> Mapping:
    from composevariant.compose.merge import merge

    first, *others = documents
    for document in others:
        first = merge(first, document, vain_tags=[])
    return first


def _plain(path: str) -> str:
    """A path in its shortest form; an address as it is."""
    return path if is_remote(path) else posixpath.normpath(path)
