"""`--flatten`: a project in one file, with all that it extends and includes written out."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import SECTIONS, services_of, with_services
from composevariant.compose.files.documents import Heirs, Remark, _readable, _resolved, _wrong_extends
from composevariant.compose.files.include import Fallbacks, OtherFileError, inclusions, path_of
from composevariant.compose.files.other_files import OtherFiles, with_resources
from composevariant.compose.files.relocated_paths import is_here, is_remote, moved_path, with_contexts
from composevariant.compose.merge import ListForms, extends_of, merge, names_other_files, without_tags
from composevariant.errors import ComposeVariantError, did_you_mean, raise_all
from composevariant.tree import Mapping, Scalar, location_of, mapping_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Sequence as List

    from composevariant.compose.files.compose_files import ComposeFiles
    from composevariant.compose.files.include import Inclusion
    from composevariant.source import Source


class Flat(NamedTuple):
    """The project as one tree; what no other file adds to is the very same nodes as before."""

    tree: Mapping
    sources: frozenset[Source] = frozenset()
    """The other files that were read."""
    remarks: tuple[Remark, ...] = ()
    """What was written out."""
    warnings: tuple[Remark, ...] = ()


def flat_project(documents: List[Mapping], files: ComposeFiles) -> Flat:
    """The documents as one project that needs no other Compose file, not even itself for `extends`.

    Raises:
        UnusableInput: Compose would refuse the project, or it needs something that cannot be read from this disk.
    """
    others = OtherFiles(files)
    tree = whole_project(documents, Others(others))
    brought = others.brought()
    warnings = (
        Remark(
            "", f"{node.text} counts from another folder in one file, unless it is an absolute path", location_of(node)
        )
        for node in brought.unclear
    )
    return Flat(tree, brought.sources, tuple(_written_out(documents, tree)), tuple(warnings))


def whole_of(tree: Mapping, files: ComposeFiles) -> Mapping:
    """The project with all that it extends and includes.

    Raises:
        UnusableInput: as `flat_project`.
    """
    return whole_project([tree], Others(OtherFiles(files)))


def _written_out(documents: List[Mapping], tree: Mapping) -> Iterator[Remark]:
    for document in documents:
        for name, service in services_of(document).items():
            if service.entry("extends"):
                yield Remark(name, f"extends {_parent(service)} is written out", location_of(service.get("extends")))
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
                yield Remark(about, f"{what} included from {place.file} and written out", place)


def _parent(service: Mapping) -> str:
    extends, settings = service.get("extends"), mapping_at(service, "extends")
    words = [getattr(node, "text", "") for node in (settings.get("service") or extends, settings.get("file"))]
    return " of ".join(filter(None, words))


# A project with what other files bring, which few projects have: what reads them is loaded where they are named.


def whole_if_known(tree: Mapping, files: ComposeFiles | None) -> Mapping:
    """The project with all that it extends and includes; the tree itself where that is all, or cannot be told."""
    if files is None or not names_other_files(tree):
        return tree

    try:
        return whole_of(tree, files)
    except ComposeVariantError:
        return tree


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


def whole_project(documents: Sequence[Mapping], others: Others) -> Mapping:
    """The documents merged, with all that they extend and include written out: nothing of other files is needed.

    Raises:
        UnusableInput: Compose would refuse a document or a file that it names.
    """
    raise_all([error for document in documents for error in _wrong_extends(document)])
    forms, truth = ListForms(), Mapping()
    for number, document in enumerate(documents):
        override = _readable(document, forms, []) if number else document
        forms.note(truth, override)
        resolved = _resolved(override, forms, services_of(truth), others)
        included = with_resources(resolved.without("include"), others.included(override))
        truth = merge(truth, included, vain_tags=[]) if number else included
    return truth
