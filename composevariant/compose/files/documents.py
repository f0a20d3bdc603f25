"""Several documents read as one project: the files of `-f first -f second`, and the documents of one file.

Compose resolves `extends` in each document before it merges that into what it has read so far (compose-go 2.9.1,
`loader/loader.go`). So what a later document says of a service does not reach the services that extend it. One file can
say so only where such an heir is written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.compose import services_of, with_services
from composevariant.compose.merge import (
    ListForms,
    base_name,
    drop_ineffective_tags,
    merge,
    resolve_extends,
    with_settings_of,
    with_tags_of,
    without_tags,
)
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import OVERRIDE, RESET, Mapping, in_place_of, location_of, same

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from composevariant.compose.files.flatten import ReferenceResolver
    from composevariant.source import Location


class MergeNote(NamedTuple):
    """Something about the documents that whoever wrote them may not expect."""

    service: str
    message: str
    location: Location | None


class MergedDocuments(NamedTuple):
    """What the documents mean together, in the words of the first one."""

    tree: Mapping
    remarks: tuple[MergeNote, ...]


def merge_documents(documents: Sequence[Mapping], others: ReferenceResolver | None = None) -> MergedDocuments:
    """The documents merged as Docker Compose merges them.

    The result keeps `extends` where that still means what it does to Compose, and what no later document touches is the
    very same nodes as in the first. `others` finds services of other files.

    Raises:
        UnusableInput: Compose would refuse a document, or one file cannot say what comes of it.
    """
    if any(service.entry("extends") for document in documents for service in services_of(document).values()):
        return _merge_with_extends(documents, others)
    return _merge_plain(documents)


def _merge_plain(documents: Sequence[Mapping]) -> MergedDocuments:
    tree, *others = documents
    forms = ListForms()
    ignored: list[ComposeVariantError] = []
    for document in others:
        override = readable_document(document, forms, ignored)
        forms.note(tree, override)
        tree = merge(tree, override, ignored_tags=ignored)
    return MergedDocuments(tree, tuple(map(_ignored_tag_note, ignored)))


def _merge_with_extends(documents: Sequence[Mapping], others: ReferenceResolver | None) -> MergedDocuments:
    """Merges twice: with `extends` kept, and as Compose does it, with `extends` resolved before. The second decides."""
    raise_all([error for document in documents for error in extends_errors(document)])
    tree, *later = documents
    forms = ListForms()
    ignored: list[ComposeVariantError] = []
    truth = resolve_document(tree, forms, (), others)
    for document in later:
        override = readable_document(document, forms, ignored)
        forms.note(truth, override)
        resolved = resolve_document(override, forms, services_of(truth), others)
        truth = merge(truth, resolved, ignored_tags=ignored)
        tree = merge(tree, _resolve_existing(tree, override, resolved), ignored_tags=[])
    settled = _restore_extends(tree, truth, others)
    return settled._replace(remarks=(*map(_ignored_tag_note, ignored), *settled.remarks))


def readable_document(document: Mapping, forms: ListForms, ignored: list[ComposeVariantError]) -> Mapping:
    """The document as Compose's merge reads it; `ignored` takes up what it ignores."""
    if document.tag == RESET:
        raise UnusableInput(f"Docker Compose crashes on {RESET} here", location_of(document), "leave the tag out")
    return drop_ineffective_tags(document, forms, ignored)


def _ignored_tag_note(ignored: ComposeVariantError) -> MergeNote:
    return MergeNote("", ignored.message, ignored.location)


def resolve_document(
    document: Mapping, forms: ListForms, known: Container[str] = (), others: ExtendedServices | None = None
) -> Mapping:
    """The document with every service written out that extends another one.

    Tags of a service act again on what was read before where it is `known`.
    """
    services = ResolvedServices(document, others)
    changed: dict[str, Mapping] = {}
    errors: list[ComposeVariantError] = []
    for name, service in services.services.items():
        forms.note_inherited(name, service, services.services)
        try:
            whole = services.resolved(name)
        except ComposeVariantError as error:
            errors.append(error)
            continue
        if whole is not services.untagged(name):
            changed[name] = with_tags_of(service, whole) if name in known else whole
    raise_all(errors)
    return with_services(document, changed)


def _resolve_existing(tree: Mapping, document: Mapping, resolved: Mapping) -> Mapping:
    """The document, with those services resolved that something is there already to be merged with."""
    known, whole = services_of(tree), services_of(resolved)
    heirs = ((name, service) for name, service in services_of(document).items() if service.entry("extends"))
    met = {name: whole[name] for name, _ in heirs if name in known and not whole[name].entry("extends")}
    return with_services(document, met)


def extends_errors(document: Mapping) -> Iterator[ComposeVariantError]:
    """What Compose refuses of a document by itself, though all documents together would be right."""
    services = services_of(document)
    for name, service in services.items():
        trail, parent = [name], base_name(service)
        place = location_of(service.get("extends"))
        if parent and parent not in services:
            message = f'{name} extends "{parent}", which this file does not have: Docker Compose looks nowhere else'
            yield UnusableInput(message, place, "add file: to extends")
        while parent in services and parent not in trail:
            trail.append(parent)
            parent = base_name(services[parent])
        if parent == name:
            yield UnusableInput(f"{name} extends itself, by way of {' and '.join(trail[1:]) or name}", place)


def _restore_extends(tree: Mapping, truth: Mapping, others: ReferenceResolver | None) -> MergedDocuments:
    """The tree, with every heir written out that would not mean in one file what it means in several."""
    services, wanted = services_of(tree), services_of(truth)
    settled: dict[str, Mapping] = {}
    written_out: dict[str, Mapping] = {}
    remarks: list[MergeNote] = []

    def settle(name: str) -> None:
        if name in settled or name not in services:
            return
        service = settled[name] = services[name]
        if not service.entry("extends"):
            return
        settle(base_name(service))
        elsewhere = others.find_extended(service) if others else None
        if elsewhere is not None:
            whole = with_settings_of(elsewhere, service, "extends", name)
        else:
            whole = resolve_extends(service, {**services, **settled}, services)
        if not same(whole, wanted[name]):
            new = in_place_of(wanted[name], service)
            written_out[name] = settled[name] = new if isinstance(new, Mapping) else service
            remarks.append(_written_out(name, service))

    for name in services:
        settle(name)
    return MergedDocuments(with_services(tree, written_out), tuple(remarks))


def _written_out(name: str, service: Mapping) -> MergeNote:
    parent = base_name(service) or "a service of another file"
    message = f"is written out instead of extending {parent}, which a later file changes: that does not reach it"
    return MergeNote(name, message, location_of(service.get("extends")))


# The services of one document with what they extend, in this document or in another file, written out.


class ExtendedServices(Protocol):
    """Finds services of other files."""

    def find_extended(self, service: Mapping) -> Mapping | None:
        """What a service extends in another file, written out itself; None where it extends nothing there.

        Raises:
            UnusableInput: there is no such file or service.
        """


class ResolvedServices:
    """The services of a document, each written out when it is asked for.

    Tags of a service act on what it inherits; its heirs inherit none of them.
    """

    def __init__(self, document: Mapping, others: ExtendedServices | None = None) -> None:
        self.services = services_of(document)
        self._others = others
        self._untagged: dict[str, Mapping] = {}
        self._resolved: dict[str, Mapping] = {}

    def untagged(self, name: str) -> Mapping:
        """A service as it says itself."""
        if name not in self._untagged:
            self._untagged[name] = without_tags(self.services[name])
        return self._untagged[name]

    def resolved(self, name: str, heirs: tuple[str, ...] = ()) -> Mapping:
        """A service as it is with what it extends; the very one of `plain` where it extends nothing that is known.

        `heirs` are those for which it is asked: a service that extends one of them is left as it is.
        """
        if name not in self._resolved:
            written = self.resolve(name, self.services[name], heirs)
            self._resolved[name] = self.untagged(name) if written is None else written
        return self._resolved[name]

    def resolve(self, name: str, service: Mapping, heirs: tuple[str, ...] = ()) -> Mapping | None:
        """What `service` would be under this name with what it extends; None where it extends nothing that is known.

        Raises:
            UnusableInput: what it extends cannot be read, or not be merged.
        """
        if not service.entry("extends"):
            return None
        base, of = self._others.find_extended(service) if self._others else None, name
        if base is None:
            of = base_name(service)
            if of not in self.services or of in (*heirs, name):
                return None
            base = self.resolved(of, (*heirs, name))
        own = without_tags(service) if service.tag == OVERRIDE else service
        return without_tags(with_settings_of(base, own, "extends", of))
