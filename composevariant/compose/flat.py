"""`--flatten`: a project in one file, with all that it extends and includes written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.other_files import OtherFiles, Others
from composevariant.compose.placing import mapping_at
from composevariant.compose.references import SECTIONS
from composevariant.compose.services import services_of
from composevariant.compose.several import Remark, whole_project
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as List

    from composevariant.compose.compose_files import ComposeFiles
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
