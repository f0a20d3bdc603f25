"""What Docker Compose makes of an override that is most likely not what was meant. It is done so, and told.

Each function looks at one attribute of a service in the base and in what is merged into it; measured with 2.40.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.identity import identity
from composevariant.compose.ports import port_of
from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.operations.outcome import found_by
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.operations.outcome import Note
    from composevariant.tree import Node

    Surprise = tuple[str, Node, str]
    """The id of the check, what is written, and what is surprising about it."""

_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]")


def surprises(tree: Mapping, override: Mapping) -> Iterator[Note]:
    """Warnings about what an override of services does, each with its place and what was probably meant."""
    services = services_of(tree)
    for name, change in services_of(override).items():
        for entry in change.entries:
            look = _BY_ATTRIBUTE.get(entry.name)
            before = services[name].get(entry.name) if name in services else None
            if look and entry.value.tag is None:
                for check, node, wrong in look(f"services.{name}", before, entry.value):
                    yield found_by(check, "warning", name, wrong, location_of(node))


def _added_port(service: str, before: Node | None, change: Node) -> Iterator[Surprise]:
    """`ports` add: another port of the host for the same one of the container is a second mapping."""
    old = [port for item in _items(before) if (port := port_of(item))]
    for item in _items(change):
        new = port_of(item)
        same = [port for port in old if new and (port.target, port.protocol) == (new.target, new.protocol)]
        if not new or not same or any(str(port) == str(new) and port.as_number == new.as_number for port in same):
            continue
        shown = _path_name(next(each for each in _items(before) if port_of(each) == same[0]))
        if any(port.published == new.published and port.as_number != new.as_number for port in same):
            wrong = (
                f'published: {new.published} without quotes is another port than "{new.published}" to Docker Compose'
            )
            yield "merge.port-number", item, f"{wrong}, so {shown} is there twice; write it in quotes"
        else:
            way = f'remove {service}.ports["{shown}"], or put !override before the list'
            wrong = f"ports add to those of the base: {shown} stays published"
            yield "merge.ports-add", item, f"{wrong}; to change it, {way}"


def _path_name(port: Node) -> str:
    """The shortest name by which a path finds a port, and no other one."""
    names = identity(("services", "", "ports"), port) or ()
    return min((name for name in names if "*" not in name), key=len, default="")


def _weaker_wait(service: str, before: Node | None, change: Node) -> Iterator[Surprise]:
    """A list in `depends_on` says `service_started` of every name in it."""
    for item in _items(change) if isinstance(before, Mapping) else ():
        wait = before.get(text_of(item)) if isinstance(before, Mapping) else None
        condition = text_of(wait.get("condition")) if isinstance(wait, Mapping) else ""
        if condition not in ("", "service_started"):
            wrong = f"as a list, depends_on waits only until {text_of(item)} has started, no longer for {condition}"
            way = f"leave it out of the list, or write {service}.depends_on as a mapping"
            yield "merge.weaker-wait", item, f"{wrong}; {way}"


def _second_tmpfs(service: str, before: Node | None, change: Node) -> Iterator[Surprise]:
    """`tmpfs` knows a mount by its whole text: other options are another mount at the same place."""
    old = texts_of(before)
    for node, text in zip(_items(change), texts_of(change), strict=False):
        place = text.partition(":")[0]
        if any(one.partition(":")[0] == place and one != text for one in old):
            way = f"put !override before {service}.tmpfs"
            yield "merge.second-tmpfs", node, f"{place} is a tmpfs of the base already, and both stay: {way}"


def _volume_or_drive(service: str, before: Node | None, change: Node) -> Iterator[Surprise]:
    """A volume of one letter is a drive of Windows to Docker Compose."""
    del service, before
    for item in _items(change):
        if isinstance(item, Scalar) and _DRIVE.match(item.text):
            wrong = f"{item.text[0]} before the colon is a drive to Docker Compose, no volume: this mounts a new one"
            way = "give the volume a name of two letters or more"
            yield "merge.one-letter-volume", item, f"{wrong} at {item.text}; {way}"


def _items(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    return (node,) if isinstance(node, Scalar) else ()


_BY_ATTRIBUTE: Final[dict[str, Callable[[str, Node | None, Node], Iterator[Surprise]]]] = {
    "ports": _added_port,
    "depends_on": _weaker_wait,
    "tmpfs": _second_tmpfs,
    "volumes": _volume_or_drive,
}
"""One more is one more function, and its line here."""
