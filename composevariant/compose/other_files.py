"""Services of other files that one extends, and projects that one includes, as compose-go 2.9.1 reads them.

All paths that are given back count from the folder of the base, and so do those that are asked for.
"""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.extends import extends_of
from composevariant.compose.fallbacks import Fallbacks
from composevariant.compose.heirs import Heirs
from composevariant.compose.inclusions import OtherFileError, UnknownFileError, inclusions, path_of
from composevariant.compose.moved_paths import is_here, is_remote, moved_path, moved_paths, with_contexts
from composevariant.compose.placing import value_at
from composevariant.compose.resources import with_resources
from composevariant.compose.scattered_tags import without_tags
from composevariant.compose.services import services_of, with_services
from composevariant.errors import ComposeVariantError, did_you_mean, raise_all
from composevariant.tree import Mapping, Scalar, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose.compose_files import ComposeFiles
    from composevariant.compose.inclusions import Inclusion
    from composevariant.source import Source
    from composevariant.tree import Node


class Brought(NamedTuple):
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

    def brought(self) -> Brought:
        """What has been read until now."""
        return Brought(tuple(self._unclear.values()), frozenset(self._sources))

    def read(self, path: str) -> Source | None:
        """A file that is not YAML, such as one of variables."""
        return self._files.read(path)

    @contextmanager
    def step(self, step: str, by: str, named: Node) -> Iterator[None]:
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

    def documents(self, path: str, named: Node, folder: str, fallbacks: Fallbacks, by: str) -> tuple[Mapping, ...]:
        """The documents of a Compose file that is `named` by `extends` or `include`.

        Its paths, which count from `folder`, count from the folder of the base afterwards.

        Raises:
            UnusableInput: there is no such file, it cannot be read, or it is no Compose file.
        """
        read: list[Mapping] = []
        for document in self._written(path, named, by):
            moved = moved_paths(fallbacks.applied(document), folder)
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


class Others:
    """Other files as one project sees them: with the variables that it has."""

    def __init__(self, files: OtherFiles, fallbacks: Fallbacks | None = None) -> None:
        self.files = files
        self._fallbacks = fallbacks or Fallbacks()
        self._heirs: dict[str, Heirs] = {}

    def extended(self, service: Mapping) -> Mapping | None:
        """What a service extends in another file, written out itself; None where it extends nothing there.

        Raises:
            UnusableInput: there is no such file or service, or it extends itself by way of others.
        """
        extends = extends_of(service)
        file, wanted = value_at(extends, "file"), value_at(extends, "service")
        if not isinstance(file, Scalar) or not isinstance(wanted, Scalar):
            return None
        path, name = _plain(path_of(file)), path_of(wanted)
        with self.files.step(f"{name} of {path}", "extends", wanted):
            heirs = self._heirs_in(path, file)
            if name not in heirs.services:
                hint = did_you_mean(name, heirs.services)
                wrong = f'extends names "{name}", which is not a service of {path}{hint}'
                raise OtherFileError("extends", wrong, location_of(wanted))
            return heirs.whole(name)

    def _heirs_in(self, path: str, named: Scalar) -> Heirs:
        if path not in self._heirs:
            documents = self.files.documents(path, named, posixpath.dirname(path), self._fallbacks, "extends")
            self._heirs[path] = Heirs(_joined(documents), self)
        return self._heirs[path]

    def included(self, document: Mapping) -> Mapping:
        """All that a document includes: its services, volumes and so on, written out.

        Raises:
            UnusableInput: a file is missing or wrong, includes itself, or two of them define a name differently.
        """
        whole = Mapping()
        errors: list[ComposeVariantError] = []
        for inclusion in inclusions(document):
            try:
                path, named = inclusion.paths[0]
                with self.files.step(_plain(path), "include", named):
                    whole = with_resources(whole, self._project(inclusion))
            except ComposeVariantError as error:
                errors.append(error)
        raise_all(errors)
        return whole

    def _project(self, inclusion: Inclusion) -> Mapping:
        """An included project with all that it extends and includes."""
        from composevariant.compose.several import whole_project

        fallbacks = self._fallbacks.of(inclusion, self.files)
        documents = [
            document
            for path, node in inclusion.paths
            for document in self.files.documents(_plain(path), node, inclusion.folder, fallbacks, "include")
        ]
        whole = whole_project(documents, Others(self.files, fallbacks))
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
