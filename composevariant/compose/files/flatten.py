"""Resolve `extends` and `include` in a whole project, for `--flatten` and for checks."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import SECTIONS, services_of, with_services
from composevariant.compose.files.documents import (
    MergeNote,
    ResolvedServices,
    extends_errors,
    readable_document,
    resolve_document,
)
from composevariant.compose.files.include import IncludedVariables, OtherFileError, inclusions, path_of
from composevariant.compose.files.other_files import OtherFiles, with_resources
from composevariant.compose.files.relocated_paths import is_here, is_remote, relocate_path, with_contexts
from composevariant.compose.merge import ListForms, extends_of, merge, names_other_files, without_tags
from composevariant.errors import ComposeVariantError, did_you_mean, raise_all
from composevariant.tree import Mapping, Scalar, location_of, mapping_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Sequence as List

    from composevariant.compose.files.compose_files import ComposeFiles
    from composevariant.compose.files.include import Inclusion
    from composevariant.source import Source


class FlatProject(NamedTuple):
    """The project as one tree, which shares all unchanged nodes with the original."""

    tree: Mapping
    sources: frozenset[Source] = frozenset()
    """The other files that were read."""
    remarks: tuple[MergeNote, ...] = ()
    """The notes on services and definitions that were inlined."""
    warnings: tuple[MergeNote, ...] = ()


def flatten_project(documents: List[Mapping], files: ComposeFiles) -> FlatProject:
    """Merge the documents into one project without `extends` and `include`.

    Raises:
        UnusableInput: Compose would refuse the project, or the project needs a file that is not on this disk.
    """
    others = OtherFiles(files)
    tree = resolve_documents(documents, ReferenceResolver(others))
    read = others.files_read()
    warnings = (
        MergeNote(
            "",
            f"{node.text} is relative to another folder in one file, unless it is an absolute path",
            location_of(node),
        )
        for node in read.unclear
    )
    return FlatProject(tree, read.sources, tuple(_written_out_notes(documents, tree)), tuple(warnings))


def resolve_project(tree: Mapping, files: ComposeFiles) -> Mapping:
    """Return the project with `extends` and `include` resolved.

    Raises:
        UnusableInput: See `flatten_project`.
    """
    return resolve_documents([tree], ReferenceResolver(OtherFiles(files)))


def _written_out_notes(documents: List[Mapping], tree: Mapping) -> Iterator[MergeNote]:
    for document in documents:
        for name, service in services_of(document).items():
            if service.entry("extends"):
                message = f"extends {_parent_text(service)} is written out"
                yield MergeNote(name, message, location_of(service.get("extends")))
    if not any(document.entry("include") for document in documents):
        return
    known = {
        (section, name)
        for document in documents
        for section in SECTIONS.values()
        for name in mapping_at(document, section).names()
    }
    for section in SECTIONS.values():
        for entry in mapping_at(tree, section).entries:
            place = location_of(entry.key)
            if (section, entry.name) not in known and place:
                what = "is" if section == "services" else f"{section} {entry.name} is"
                about = entry.name if section == "services" else ""
                yield MergeNote(about, f"{what} included from {place.file} and written out", place)


def _parent_text(service: Mapping) -> str:
    """Return the service that `extends` names, such as `web of common.yml`."""
    extends, settings = service.get("extends"), mapping_at(service, "extends")
    words = [getattr(node, "text", "") for node in (settings.get("service") or extends, settings.get("file"))]
    return " of ".join(filter(None, words))


def resolve_project_if_possible(tree: Mapping, files: ComposeFiles | None) -> Mapping:
    """Return the project with `extends` and `include` resolved, or the tree itself if that is not needed or fails."""
    if files is None or not names_other_files(tree):
        return tree
    try:
        return resolve_project(tree, files)
    except ComposeVariantError:
        return tree


class ReferenceResolver:
    """Resolves the `extends` and `include` of one project, with the variables of that project."""

    def __init__(self, files: OtherFiles, variables: IncludedVariables | None = None) -> None:
        self.files = files
        self._variables = variables or IncludedVariables()
        self._services: dict[str, ResolvedServices] = {}

    def find_extended(self, service: Mapping) -> Mapping | None:
        """Return the resolved service from another file that `service` extends, or None if there is none.

        Raises:
            UnusableInput: The file or the service does not exist, or the service extends itself through other services.
        """
        extends = extends_of(service)
        file, parent = value_at(extends, "file"), value_at(extends, "service")
        if not isinstance(file, Scalar) or not isinstance(parent, Scalar):
            return None
        path, name = _normalize(path_of(file)), path_of(parent)
        with self.files.enter(f"{name} of {path}", "extends", parent):
            services = self._services_of_file(path, file)
            if name not in services.services:
                hint = did_you_mean(name, services.services)
                wrong = f'extends names "{name}", which is not a service of {path}{hint}'
                raise OtherFileError("extends", wrong, location_of(parent))
            return services.resolved(name)

    def _services_of_file(self, path: str, named: Scalar) -> ResolvedServices:
        if path not in self._services:
            documents = self.files.documents(path, named, posixpath.dirname(path), self._variables, "extends")
            self._services[path] = ResolvedServices(_join(documents), self)
        return self._services[path]

    def read_included(self, document: Mapping) -> Mapping:
        """Return the resolved services, volumes and other definitions from all projects that a document includes.

        Raises:
            UnusableInput: A file is missing or invalid, includes itself, or two files define a name differently.
        """
        whole = Mapping()
        errors: list[ComposeVariantError] = []
        for inclusion in inclusions(document):
            try:
                path, named = inclusion.paths[0]
                with self.files.enter(_normalize(path), "include", named):
                    whole = with_resources(whole, self._project(inclusion))
            except ComposeVariantError as error:
                errors.append(error)
        raise_all(errors)
        return whole

    def _project(self, inclusion: Inclusion) -> Mapping:
        """Return an included project with its own `extends` and `include` resolved."""
        variables = self._variables.with_those_of(inclusion, self.files)
        documents = [
            document
            for path, node in inclusion.paths
            for document in self.files.documents(_normalize(path), node, inclusion.folder, variables, "include")
        ]
        whole = resolve_documents(documents, ReferenceResolver(self.files, variables))
        plain = with_services(whole, {name: without_tags(service) for name, service in services_of(whole).items()})
        if not is_here(inclusion.folder):
            plain = with_contexts(plain, relocate_path(".", inclusion.folder))
        return variables.fill_in_environment(plain)


def _join(documents: tuple[Mapping, ...]) -> Mapping:
    first, *others = documents
    for document in others:
        first = merge(first, document, ignored_tags=[])
    return first


def _normalize(path: str) -> str:
    """Return a path in its shortest form, or a remote address unchanged."""
    return path if is_remote(path) else posixpath.normpath(path)


def resolve_documents(documents: Sequence[Mapping], others: ReferenceResolver) -> Mapping:
    """Merge the documents with `extends` and `include` resolved, so that the result needs no other file.

    Raises:
        UnusableInput: Compose would refuse a document or a file that it names.
    """
    raise_all([error for document in documents for error in extends_errors(document)])
    forms, truth = ListForms(), Mapping()
    for number, document in enumerate(documents):
        override = readable_document(document, forms, []) if number else document
        forms.note(truth, override)
        resolved = resolve_document(override, forms, services_of(truth), others)
        included = with_resources(resolved.without("include"), others.read_included(override))
        truth = merge(truth, included, ignored_tags=[]) if number else included
    return truth
