"""Files that are no Compose project at all: empty ones, old ones, and pieces of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.source import Location
from composevariant.tree import Mapping, location_of
from composevariant.validation.problem import Problem

if TYPE_CHECKING:
    from composevariant.tree import Entry, Node

_SECTIONS: Final = frozenset((
    "configs", "include", "jobs", "models", "name", "networks", "secrets", "services", "version", "volumes",
))  # fmt: skip
_SOURCES: Final = ("build", "extends", "image")
_SERVICE_KEYS: Final = frozenset((
    "build", "command", "container_name", "depends_on", "entrypoint", "env_file", "environment", "expose", "extends",
    "healthcheck", "image", "labels", "links", "logging", "ports", "restart", "user", "working_dir",
))  # fmt: skip
_SHOWN_NAMES: Final = 3


def document_problem(root: Node | None, source_name: str) -> Problem | None:
    """Why a file as a whole cannot be a Compose project; None when it can."""
    start = location_of(root) or Location(source_name, 1, 1)
    if root is None:
        return _problem("document.empty", "the file is empty; a Compose file has at least services", start)
    if not isinstance(root, Mapping):
        return _problem("document.no-mapping", "the file is not a mapping; a Compose file begins with services:", start)
    if all(entry.name == "version" for entry in root.entries):
        return _problem("document.empty", "the file holds no services and nothing else to use; add services", start)
    return None if root.entry("services") else _misplaced(root)


def _misplaced(root: Mapping) -> Problem | None:
    """Services, or the settings of one, at the top of the file."""
    strangers = [entry for entry in root.entries if entry.name not in _SECTIONS and not entry.name.startswith("x-")]
    services = [entry for entry in strangers if _is_service(entry.value)]
    settings = [entry for entry in strangers if entry.name in _SERVICE_KEYS]
    if services:
        message = f"{_names(services)} at the top level: this is a file of version 1; put its services under services:"
        return _problem("document.version-1", message, location_of(services[0].key))
    if settings:
        message = (
            f"{_names(settings)} at the top level: these are settings of a service; put them under services.<name>"
        )
        return _problem("document.fragment", message, location_of(settings[0].key))
    return None


def _is_service(node: Node) -> bool:
    return isinstance(node, Mapping) and any(node.entry(name) for name in _SOURCES)


def _names(entries: list[Entry]) -> str:
    names = [f'"{entry.name}"' for entry in entries[:_SHOWN_NAMES]]
    more = len(entries) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _problem(check: str, message: str, location: Location | None) -> Problem:
    return Problem(check, "error", (), message, location)
