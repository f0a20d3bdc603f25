"""Other Compose files that this one is made with: extended from, or included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError, did_you_mean
from composevariant.source import Source
from composevariant.tree import Mapping, Sequence
from composevariant.validation.advice.files import is_local
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem


def no_extended_file(look: Look) -> Iterator[Problem]:
    """Services that extend one of a file which is not there, or does not have it."""
    for name, service in look.services.items():
        extends = service.get("extends")
        file = look.text(extends.get("file")) if isinstance(extends, Mapping) else ""
        wrong = _wrong_file(look, file)
        if wrong:
            yield look.problem("file.extends", "error", ("services", name, "extends", "file"), wrong)
        elif isinstance(extends, Mapping) and look.disk and is_local(file):
            wanted, there = look.text(extends.get("service")), _services_in(file, look.disk.read_text(file) or "")
            if there is not None and wanted and wanted not in there:
                wrong = f'names "{wanted}", which is not a service of {file}{did_you_mean(wanted, there)}'
                yield look.problem("file.extends", "error", ("services", name, "extends", "service"), wrong)


def _services_in(name: str, text: str) -> list[str] | None:
    """The services of another file; None where it cannot be said."""
    try:
        root = parse(Source(name, text)).root
    except ComposeVariantError:
        return None
    services = root.get("services") if isinstance(root, Mapping) else None
    return services.names() if isinstance(services, Mapping) else None


def no_included_file(look: Look) -> Iterator[Problem]:
    """Compose files to include that are not there."""
    included = look.root.get("include")
    for index, item in enumerate(included.items if isinstance(included, Sequence) else ()):
        for below, node in _paths(item):
            wrong = _wrong_file(look, look.text(node))
            if wrong:
                yield look.problem("file.include", "error", ("include", index, *below), wrong)


def _paths(item: Node) -> Iterator[tuple[Path, Node]]:
    path = item.get("path") if isinstance(item, Mapping) else None
    if isinstance(path, Sequence):
        yield from ((("path", index), node) for index, node in enumerate(path.items))
    elif path is not None:
        yield ("path",), path
    else:
        yield (), item


def _wrong_file(look: Look, file: str) -> str:
    is_missed = look.disk is not None and is_local(file) and not look.disk.exists(file)
    return f"names {file}, which does not exist" if is_missed else ""
