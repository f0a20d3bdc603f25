"""Merge several documents into one project, from files as in `-f first -f second` or from a single file.

Compose resolves `extends` in each document before it merges the document into the previous ones (compose-go 2.9.1,
`loader/loader.go`). So a later document that changes a service does not change the services that extend it. A single
file can express this only if the inherited settings of those services are inlined and `extends` is removed.
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
    """A fact about the merge that the authors of the documents may not expect. `service` may be empty."""

    service: str
    message: str
    location: Location | None


class MergedDocuments(NamedTuple):
    """The merged documents, in the notation of the first document."""

    tree: Mapping
    remarks: tuple[MergeNote, ...]


def merge_documents(documents: Sequence[Mapping], others: ReferenceResolver | None = None) -> MergedDocuments:
    """Merge documents as Docker Compose does.

    The result keeps `extends` where its meaning is the same in a single file, and shares the nodes of the first
    document that no later document changes. `others` finds services in other files.

    Raises:
        UnusableInput: Compose would refuse a document, or a single file cannot express the result.
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
    """Merge the documents twice.

    The first merge keeps `extends`. The second merge resolves `extends` beforehand, as Compose does, and is
    authoritative. Services in the first result that differ from the second are corrected.
    """
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
    merged = _resolve_differing(tree, truth, others)
    return merged._replace(remarks=(*map(_ignored_tag_note, ignored), *merged.remarks))


def readable_document(document: Mapping, forms: ListForms, ignored: list[ComposeVariantError]) -> Mapping:
    """Return the document without the tags that Compose ignores, which are added to `ignored`."""
    if document.tag == RESET:
        raise UnusableInput(f"Docker Compose crashes on {RESET} here", location_of(document), "remove the tag")
    return drop_ineffective_tags(document, forms, ignored)


def _ignored_tag_note(ignored: ComposeVariantError) -> MergeNote:
    return MergeNote("", ignored.message, ignored.location)


def resolve_document(
    document: Mapping, forms: ListForms, known: Container[str] = (), others: ExtendedServices | None = None
) -> Mapping:
    """Return the document with `extends` resolved in every service.

    A `known` service, which an earlier document has defined, keeps its tags, because they also apply to the earlier
    definition.
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
    """Return the document with `extends` resolved in the services that the tree already has."""
    known, whole = services_of(tree), services_of(resolved)
    extending = (name for name, service in services_of(document).items() if service.entry("extends"))
    changed = {name: whole[name] for name in extending if name in known and not whole[name].entry("extends")}
    return with_services(document, changed)


def extends_errors(document: Mapping) -> Iterator[ComposeVariantError]:
    """Yield the errors in the use of `extends` in one document, even if all documents together would be correct."""
    services = services_of(document)
    for name, service in services.items():
        trail, parent = [name], base_name(service)
        place = location_of(service.get("extends"))
        if parent and parent not in services:
            message = f'{name} extends "{parent}", which is not a service of this file'
            yield UnusableInput(message, place, "add file: to extends")
        while parent in services and parent not in trail:
            trail.append(parent)
            parent = base_name(services[parent])
        if parent == name:
            through = f" through {' and '.join(trail[1:])}" if trail[1:] else ""
            yield UnusableInput(f"{name} extends itself{through}", place)


def _resolve_differing(tree: Mapping, truth: Mapping, others: ReferenceResolver | None) -> MergedDocuments:
    """Return the tree with `extends` resolved in the services that would otherwise differ from `truth`."""
    services, expected = services_of(tree), services_of(truth)
    final: dict[str, Mapping] = {}
    written_out: dict[str, Mapping] = {}
    remarks: list[MergeNote] = []

    def check(name: str) -> None:
        if name in final or name not in services:
            return
        service = final[name] = services[name]
        if not service.entry("extends"):
            return
        check(base_name(service))
        elsewhere = others.find_extended(service) if others else None
        if elsewhere is not None:
            whole = with_settings_of(elsewhere, service, "extends", name)
        else:
            whole = resolve_extends(service, {**services, **final}, services)
        if not same(whole, expected[name]):
            new = in_place_of(expected[name], service)
            written_out[name] = final[name] = new if isinstance(new, Mapping) else service
            remarks.append(_written_out_note(name, service))

    for name in services:
        check(name)
    return MergedDocuments(with_services(tree, written_out), tuple(remarks))


def _written_out_note(name: str, service: Mapping) -> MergeNote:
    parent = base_name(service) or "a service of another file"
    message = f"is written out instead of extending {parent}, because a later file changes only that one"
    return MergeNote(name, message, location_of(service.get("extends")))


class ExtendedServices(Protocol):
    """A source of services from other files."""

    def find_extended(self, service: Mapping) -> Mapping | None:
        """Return the resolved service from another file that `service` extends, or None if there is none.

        Raises:
            UnusableInput: The file or the service does not exist.
        """


class ResolvedServices:
    """The services of a document, with `extends` resolved on demand.

    The tags of a service apply to the settings that it inherits. Services that extend it do not inherit the tags.
    """

    def __init__(self, document: Mapping, others: ExtendedServices | None = None) -> None:
        self.services = services_of(document)
        self._others = others
        self._untagged: dict[str, Mapping] = {}
        self._resolved: dict[str, Mapping] = {}

    def untagged(self, name: str) -> Mapping:
        """Return a service without its tags, but with its `extends`."""
        if name not in self._untagged:
            self._untagged[name] = without_tags(self.services[name])
        return self._untagged[name]

    def resolved(self, name: str, children: tuple[str, ...] = ()) -> Mapping:
        """Return a service with `extends` resolved, or the same object as `untagged` if it extends no known service.

        `children` are the services that extend this service. If this service extends one of its children, it is
        returned unresolved.
        """
        if name not in self._resolved:
            resolved = self.resolve(name, self.services[name], children)
            self._resolved[name] = self.untagged(name) if resolved is None else resolved
        return self._resolved[name]

    def resolve(self, name: str, service: Mapping, children: tuple[str, ...] = ()) -> Mapping | None:
        """Return `service` under this name with `extends` resolved, or None if it extends no known service.

        Raises:
            UnusableInput: The extended service cannot be read or merged.
        """
        if not service.entry("extends"):
            return None
        base, of = self._others.find_extended(service) if self._others else None, name
        if base is None:
            of = base_name(service)
            if of not in self.services or of in (*children, name):
                return None
            base = self.resolved(of, (*children, name))
        own = without_tags(service) if service.tag == OVERRIDE else service
        return without_tags(with_settings_of(base, own, "extends", of))
