"""Compose files beside the base that count on a stripped service: with the variant, Docker Compose refuses them."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final

from composevariant.compose.references import service_references
from composevariant.compose.services import services_of, text_of
from composevariant.errors import ComposeVariantError
from composevariant.findings import Note, note
from composevariant.header import read_generated
from composevariant.source import Source
from composevariant.tree import Mapping, location_of
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.file_views import Folders
    from composevariant.operations.strip_remains import Stripped

_COMPOSE: Final = re.compile(r".*compose.*\.ya?ml", re.IGNORECASE)


def overrides(done: Stripped, folders: Folders, names: Iterable[str]) -> Iterator[Note]:
    """Warnings on Compose files beside the base that say more of a removed service, or need it; `names` is the base."""
    gone = services_of(done.before).keys() - services_of(done.after).keys()
    bases = {basename(file) for file in (*names, *_files(done.before))}
    for name in folders.inside("")[0] if gone else ():
        if name in bases or not _COMPOSE.fullmatch(name):
            continue
        text = folders.glance(name) or ""
        if any(service in text for service in gone) and read_generated(text) is None:
            yield from _breaks(Source(name, text), gone, bases)


def _files(tree: Mapping) -> Iterator[str]:
    """The files that the services of a project stand in."""
    for service in services_of(tree).values():
        where = location_of(service)
        if where:
            yield where.file


def _breaks(source: Source, gone: set[str], bases: set[str]) -> Iterator[Note]:
    try:
        root = parse(source).root
    except ComposeVariantError:
        return
    services = services_of(root) if isinstance(root, Mapping) else {}
    whole = {name for name, service in services.items() if any(map(service.entry, ("image", "build", "extends")))}
    for name, service in services.items():
        if name in gone and name not in whole:
            yield note("strip.override", "warning", (), location_of(service), name=name)
        extends = service.get("extends")
        file = text_of(extends.get("file")) if isinstance(extends, Mapping) else ""
        base = text_of(extends.get("service")) if isinstance(extends, Mapping) else ""
        if basename(file) in bases and base in gone:
            where = location_of(extends)
            yield note("strip.override-extends", "warning", (), where, name=name, base=base, file=file)
        for found in service_references(name, service, "service"):
            if found.name in gone and found.name not in services:
                names = {"name": name, "setting": found.kind, "gone": found.name}
                yield note("strip.override-names", "warning", (), location_of(found.node), **names)
