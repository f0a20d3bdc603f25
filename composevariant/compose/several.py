"""Several documents read as one project: the files of `-f first -f second`, and the documents of one file.

Compose resolves `extends` in each document before it merges that into what it has read so far (compose-go 2.9.1,
`loader/loader.go`). So what a later document says of a service does not reach the services that extend it. One file can
say so only where such an heir is written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.extends import base_name, flattened
from composevariant.compose.list_forms import ListForms, without_vain_tags
from composevariant.compose.merge import merge
from composevariant.compose.placing import OVERRIDE, RESET, in_place_of
from composevariant.compose.scattered_tags import with_tags_of, without_tags
from composevariant.compose.services import services_of, with_services
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.tree import Mapping, location_of, same

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from composevariant.source import Location


class Remark(NamedTuple):
    """Something about the documents that whoever wrote them may not expect."""

    service: str
    message: str
    location: Location | None


class Merged(NamedTuple):
    """What the documents mean together, in the words of the first one."""

    tree: Mapping
    remarks: tuple[Remark, ...]


def merge_documents(documents: Sequence[Mapping]) -> Merged:
    """The documents merged as Docker Compose merges them.

    The result keeps `extends` where that still means what it does to Compose, and what no later document touches is the
    very same nodes as in the first.

    Raises:
        UnusableInput: Compose would refuse a document, or one file cannot say what comes of it.
    """
    if any(service.entry("extends") for document in documents for service in services_of(document).values()):
        return _with_heirs(documents)
    return _plainly(documents)


def _plainly(documents: Sequence[Mapping]) -> Merged:
    tree, *others = documents
    forms = ListForms()
    vain: list[ComposeVariantError] = []
    for document in others:
        override = _readable(document, forms, vain)
        forms.note(tree, override)
        tree = merge(tree, override, vain_tags=vain)
    return Merged(tree, tuple(map(_ignored, vain)))


def _with_heirs(documents: Sequence[Mapping]) -> Merged:
    """Merges twice: with `extends` kept, and as Compose does it, with `extends` resolved before. The second decides."""
    raise_all([error for document in documents for error in _wrong_extends(document)])
    tree, *others = documents
    forms = ListForms()
    vain: list[ComposeVariantError] = []
    truth = _resolved(tree, forms)
    for document in others:
        override = _readable(document, forms, vain)
        forms.note(truth, override)
        resolved = _resolved(override, forms, services_of(truth))
        truth = merge(truth, resolved, vain_tags=vain)
        tree = merge(tree, _mergeable(tree, override, resolved), vain_tags=[])
    settled = _settled(tree, truth)
    return settled._replace(remarks=(*map(_ignored, vain), *settled.remarks))


def _readable(document: Mapping, forms: ListForms, vain: list[ComposeVariantError]) -> Mapping:
    """The document as Compose's merge reads it; `vain` takes up what it ignores."""
    if document.tag == RESET:
        raise UnusableInput(f"Docker Compose crashes on {RESET} here", location_of(document), "leave the tag out")
    return without_vain_tags(document, forms, vain)


def _ignored(vain: ComposeVariantError) -> Remark:
    return Remark("", vain.message, vain.location)


def _resolved(document: Mapping, forms: ListForms, known: Container[str] = ()) -> Mapping:
    """The document with every service written out that extends another one of it.

    Tags of a service act on what it inherits, and again on what was read before where it is `known`; its heirs inherit
    none of them.
    """
    services = services_of(document)
    plain = {name: without_tags(service) for name, service in services.items()}
    whole: dict[str, Mapping] = {}

    def resolve(name: str, heirs: tuple[str, ...] = ()) -> Mapping:
        parent = base_name(services[name])
        if name not in whole and (parent not in services or parent in (*heirs, name)):
            whole[name] = plain[name]
        elif name not in whole:
            inherited = {**plain, parent: resolve(parent, (*heirs, name))}
            tagged = plain[name] if services[name].tag == OVERRIDE else services[name]
            whole[name] = without_tags(flattened(tagged, inherited, (parent,)))
        return whole[name]

    changed: dict[str, Mapping] = {}
    for name, service in services.items():
        forms.note_inherited(name, service, services)
        if resolve(name) is not plain[name]:
            changed[name] = with_tags_of(service, whole[name]) if name in known else whole[name]
    return with_services(document, changed)


def _mergeable(tree: Mapping, document: Mapping, resolved: Mapping) -> Mapping:
    """The document, with those services resolved that something is there already to be merged with."""
    known, whole = services_of(tree), services_of(resolved)
    met = {name: whole[name] for name, service in services_of(document).items() if name in known and base_name(service)}
    return with_services(document, met)


def _wrong_extends(document: Mapping) -> Iterator[ComposeVariantError]:
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


def _settled(tree: Mapping, truth: Mapping) -> Merged:
    """The tree, with every heir written out that would not mean in one file what it means in several."""
    services, wanted = services_of(tree), services_of(truth)
    settled: dict[str, Mapping] = {}
    written_out: dict[str, Mapping] = {}
    remarks: list[Remark] = []

    def settle(name: str) -> None:
        if name in settled or name not in services:
            return
        service = settled[name] = services[name]
        if not service.entry("extends"):
            return
        settle(base_name(service))
        if not same(flattened(service, {**services, **settled}, services), wanted[name]):
            whole = in_place_of(wanted[name], service)
            written_out[name] = settled[name] = whole if isinstance(whole, Mapping) else service
            remarks.append(_written_out(name, service))

    for name in services:
        settle(name)
    return Merged(with_services(tree, written_out), tuple(remarks))


def _written_out(name: str, service: Mapping) -> Remark:
    parent = base_name(service)
    message = f"is written out instead of extending {parent}, which a later file changes: that does not reach it"
    return Remark(name, message, location_of(service.get("extends")))
