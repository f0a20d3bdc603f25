"""`compose`: merge plain Compose YAML by the rules of Compose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose import SECTIONS, identity, port_of, services_of, text_of, texts_of
from composevariant.compose.files import resolve_project_if_possible
from composevariant.compose.merge import merge
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, found_by, note
from composevariant.operations.context import HINT, Outcome
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.operations.context import Context
    from composevariant.overlay import Compose
    from composevariant.tree import Node

    Surprise = tuple[str, Node, dict[str, str]]
    """The id of the check, the node, and the arguments of the message."""


def apply(tree: Mapping, wanted: Compose, context: Context) -> Outcome:
    """Return the tree merged with the content in the way that Compose merges a second file.

    Raises:
        UnusableInput: Compose would refuse the content, or would silently ignore a `!reset` in the content.
        Refused: The content changes a definition from an included file.
    """
    raise_all(
        list(_include_errors(tree, wanted.content, context)) or list(_unknown_service_errors(tree, wanted.content))
    )
    return merge_override(tree, wanted.content)


def _include_errors(tree: Mapping, override: Mapping, context: Context) -> Iterator[ComposeVariantError]:
    """Yield an error for each definition that is also in an included file, because Compose rejects duplicates."""
    if context.others is None or not tree.entry("include"):
        return
    whole = resolve_project_if_possible(tree, context.others)
    for section in SECTIONS.values():
        own, all_of_them, changes = tree.get(section), whole.get(section), override.get(section)
        for entry in changes.entries if isinstance(changes, Mapping) else ():
            there = all_of_them.entry(entry.name) if isinstance(all_of_them, Mapping) else None
            if there is not None and not (isinstance(own, Mapping) and own.entry(entry.name)):
                where = location_of(there.key)
                yield Refused(f"{section}.{entry.name} comes from another file ({where})", location_of(entry.key), HINT)


def _unknown_service_errors(tree: Mapping, override: Mapping) -> Iterator[ComposeVariantError]:
    """Yield an error for each new service that has nothing to run, because its name is most likely a typo."""
    services, changes = tree.get("services"), override.get("services")
    if not isinstance(services, Mapping) or not isinstance(changes, Mapping):
        return
    for entry in changes.entries:
        name, value = entry.name, entry.value
        new = services.entry(name) is None and name != "*" and value.tag is None and isinstance(value, Mapping)
        if new and isinstance(value, Mapping) and not any(map(value.entry, ("image", "build", "extends", "provider"))):
            message = f'services has no "{name}"{did_you_mean(name, services.names())}'
            yield UnusableInput(message, location_of(entry.key), "a new service needs an image or a build")


def merge_override(tree: Mapping, override: Mapping) -> Outcome:
    """Return the merged tree, with notes on effects that were probably not intended."""
    after = merge(tree, override)
    services, changes = tree.get("services"), override.get("services")
    if not isinstance(services, Mapping) or not isinstance(changes, Mapping):
        return Outcome(after)
    if after is tree:
        return Outcome(after)
    return Outcome(after, (*_inheritance_notes(services, changes), *override_warnings(tree, override)))


def _inheritance_notes(services: Mapping, changes: Mapping) -> Iterator[Note]:
    """Yield a note for each service that inherits a change now but would not inherit it from a later file.

    Compose resolves `extends` file by file. A service therefore does not inherit changes that a later file makes to the
    service that it extends.
    """
    for entry in services.entries:
        extends = _extends(entry.value)
        name = extends.get("service") if isinstance(extends, Mapping) and not extends.entry("file") else extends
        change = changes.get(name.text) if isinstance(name, Scalar) else None
        if isinstance(name, Scalar) and change is not None and services.entry(name.text):
            path = ("services", entry.name, "extends")
            yield note("compose.inherited", "note", path, location_of(change), base=name.text)


def _extends(service: Node) -> Node | None:
    entries = service.entries if isinstance(service, Mapping) else ()
    return next((entry.value for entry in entries if entry.key.text == "extends"), None)


# Effects of an override that were probably not intended. The override is merged as in Compose, with a warning.

_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]")


def override_warnings(tree: Mapping, override: Mapping) -> Iterator[Note]:
    """Yield a warning for each setting in an override that has a surprising effect."""
    services = services_of(tree)
    for name, change in services_of(override).items():
        for entry in change.entries:
            find = _BY_ATTRIBUTE.get(entry.name)
            before = services[name].get(entry.name) if name in services else None
            if find and entry.value.tag is None:
                for check, node, names in find(before, entry.value):
                    path = ("services", name, entry.name)
                    yield found_by(check, "warning", path, location_of(node), name=name, **names)


def _added_port(before: Node | None, change: Node) -> Iterator[Surprise]:
    """Find entries that publish a container port a second time, because Compose adds `ports` to the existing ones."""
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
    """Return the shortest name that identifies the port in a path."""
    names = identity(("services", "", "ports"), port) or ()
    return min((name for name in names if "*" not in name), key=len, default="")


def _weaker_wait(before: Node | None, change: Node) -> Iterator[Surprise]:
    """Find names in a `depends_on` list that replace a stronger condition with `service_started`."""
    for item in _items(change) if isinstance(before, Mapping) else ():
        wait = before.get(text_of(item)) if isinstance(before, Mapping) else None
        condition = text_of(wait.get("condition")) if isinstance(wait, Mapping) else ""
        if condition not in ("", "service_started"):
            yield "merge.weaker-wait", item, {"other": text_of(item), "condition": condition}


def _second_tmpfs(before: Node | None, change: Node) -> Iterator[Surprise]:
    """Find `tmpfs` mounts that repeat a path with other options.

    Compose compares the whole text and keeps both mounts.
    """
    old = texts_of(before)
    for node, text in zip(_items(change), texts_of(change), strict=False):
        place = text.partition(":")[0]
        if any(one.partition(":")[0] == place and one != text for one in old):
            yield "merge.second-tmpfs", node, {"target": place}


def _volume_or_drive(before: Node | None, change: Node) -> Iterator[Surprise]:
    """Find volumes whose name is a single letter, which Docker Compose reads as a Windows drive."""
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
"""The check for each attribute."""
