"""Lines of `.env` that set something for a stripped sidecar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.services import services_of, texts_of
from composevariant.findings import Note, note
from composevariant.source import Location
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.strip_remains import Stripped
    from composevariant.tree import Node

_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)", re.ASCII)
_SET: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.ASCII)


def idle_settings(done: Stripped, file: str, text: str) -> Iterator[Note]:
    """Lines of `.env` that say nothing any more: it belongs to Compose, and to more than this variant."""
    settings = [(number, line) for number, line in enumerate(text.splitlines(), 1) if _SET.match(line)]
    if not settings:
        return
    services = services_of(done.after)
    changed = [service for name, service in services_of(done.before).items() if services.get(name) is not service]
    unused = _variables(*changed)
    unused -= _variables(done.after) if unused else set()
    lost = _profiles(done.before) - _profiles(done.after)
    for number, line in settings:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        where, name = Location(file, number, 1), name.strip()
        gone = [profile for profile in re.split(r"[\s,\"']+", value) if profile in lost]
        if name == "COMPOSE_PROFILES" and gone:
            profiles = ", ".join(gone)
            yield note("strip.dotenv-profiles", "note", (), where, file=file, line=str(number), profiles=profiles)
        elif name in unused:
            yield note("strip.dotenv-unused", "note", (), where, file=file, line=str(number), name=name)


def _variables(*nodes: Node) -> set[str]:
    """The variables that Compose puts into values, wherever they stand."""
    names: set[str] = set()
    waiting = list(nodes)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if "$" in node.text:
                names.update(_VARIABLE.findall(node.text.replace("$$", "")))
        elif id(node) not in seen:
            seen.add(id(node))
            waiting += (entry.value for entry in node.entries) if isinstance(node, Mapping) else node.items
    return names


def _profiles(tree: Mapping) -> set[str]:
    return {name for service in services_of(tree).values() for name in texts_of(service.get("profiles"))}
