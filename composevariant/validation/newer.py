"""Settings that the installed schema allows and Docker Compose 2.40.3, whose meaning we follow, does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.tree import Mapping
from composevariant.validation.problem import Problem, place_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.tree import Node
    from composevariant.tree_edits import Path

_SERVICE_KEYS: Final = ("pre_start", "umask")


def newer_settings(root: Mapping, services: Table[str, Mapping]) -> Iterator[Problem]:
    """Advice about each of them; Compose 2.40.3 refuses the file."""
    if root.entry("jobs"):
        yield _advice(root, ("jobs",))
    for name, service in services.items():
        for below in _newer_in_service(service):
            yield _advice(root, ("services", name, *below))


def _newer_in_service(service: Mapping) -> Iterator[Path]:
    for entry in service.entries:
        setting = entry.key.text
        if setting in _SERVICE_KEYS:
            yield (setting,)
        elif setting == "build" and _has(entry.value, "no_cache_filter"):
            yield setting, "no_cache_filter"
        elif setting == "networks" and isinstance(entry.value, Mapping):
            names = (name for name, value in entry.value.items() if _has(value, "use_service_name_alias"))
            yield from ((setting, name, "use_service_name_alias") for name in names)


def _has(node: Node, name: str) -> bool:
    return isinstance(node, Mapping) and any(entry.key.text == name for entry in node.entries)


def _advice(root: Mapping, path: Path) -> Problem:
    message = f"{shown(path)} is newer than Docker Compose 2.40.3, which refuses it; use a newer Compose or remove it"
    return Problem("schema.newer", "advice", path, message, place_of(root, path, at_key=True), (str(path[-1]),))
