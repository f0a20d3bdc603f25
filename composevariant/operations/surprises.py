"""What Docker Compose makes of an override that is most likely not what was meant. It is done so, and told.

Each function looks at one attribute of a service in the base and in what is merged into it; measured with 2.40.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.identity import identity
from composevariant.compose.ports import port_of
from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.findings import Note, found_by
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Node

    Surprise = tuple[str, Node, dict[str, str]]
    """The id of the check, what is written, and what its message names."""

_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]")


def surprises(tree: Mapping, override: Mapping) -> Iterator[Note]:
    """Warnings about what an override of services does, each with its place and what was probably meant."""
    services = services_of(tree)
    for name, change in services_of(override).items():
        for entry in change.entries:
            look = _BY_ATTRIBUTE.get(entry.name)
            before = services[name].get(entry.name) if name in services else None
            if look and entry.value.tag is None:
                for check, node, names in look(before, entry.value):
                    path = ("services", name, entry.name)
                    yield found_by(check, "warning", path, location_of(node), name=name, **names)


def _added_port(before: Node | None, change: Node) -> Iterator[Surprise]:
    """`ports` add: another port of the host for the same one of the container is a second mapping."""
    old = [port for item in _items(before) if (port := port_of(item))]
    for item in _items(change):
        new = port_of(item)
        same = [port for port in old if new and (port.target, port.protocol) == (new.target, new.protocol)]
        if not new or not same or any(str(port) == str(new) and port.as_number == new.as_number for port in same):
            continue
        shown = _path_name(next(each for each in _items(before) if port_of(each) == same[0]))
        if any(port.published == new.published and port.as_number != new.as_number for port in same):
            yield "merge.port-number", item, {"port": new.published, "shown": shown}
        else:
            yield "merge.ports-add", item, {"shown": shown}


def _path_name(port: Node) -> str:
    """The shortest name by which a path finds a port, and no other one."""
    names = identity(("services", "", "ports"), port) or ()
    return min((name for name in names if "*" not in name), key=len, default="")


def _weaker_wait(before: Node | None, change: Node) -> Iterator[Surprise]:
    """A list in `depends_on` says `service_started` of every name in it."""
    for item in _items(change) if isinstance(before, Mapping) else ():
        wait = before.get(text_of(item)) if isinstance(before, Mapping) else None
        condition = text_of(wait.get("condition")) if isinstance(wait, Mapping) else ""
        if condition not in ("", "service_started"):
            yield "merge.weaker-wait", item, {"other": text_of(item), "condition": condition}


def _second_tmpfs(before: Node | None, change: Node) -> Iterator[Surprise]:
    """`tmpfs` knows a mount by its whole text: other options are another mount at the same place."""
    old = texts_of(before)
    for node, text in zip(_items(change), texts_of(change), strict=False):
        place = text.partition(":")[0]
        if any(one.partition(":")[0] == place and one != text for one in old):
            yield "merge.second-tmpfs", node, {"target": place}


def _volume_or_drive(before: Node | None, change: Node) -> Iterator[Surprise]:
    """A volume of one letter is a drive of Windows to Docker Compose."""
    del before
    for item in _items(change):
        if isinstance(item, Scalar) and _DRIVE.match(item.text):
            yield "merge.one-letter-volume", item, {"letter": item.text[0], "mount": item.text}


def _items(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    return (node,) if isinstance(node, Scalar) else ()


_BY_ATTRIBUTE: Final[dict[str, Callable[[Node | None, Node], Iterator[Surprise]]]] = {
    "ports": _added_port,
    "depends_on": _weaker_wait,
    "tmpfs": _second_tmpfs,
    "volumes": _volume_or_drive,
}
"""One more is one more function, and its line here."""
