"""`compose`: plain Compose YAML, merged by Compose's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.merge import merge
from composevariant.compose.references import SECTIONS
from composevariant.compose.whole import whole_if_known
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, note
from composevariant.operations.elsewhere import HINT
from composevariant.operations.outcome import Outcome
from composevariant.operations.surprises import surprises
from composevariant.tree import Mapping, Scalar, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.outcome import Context
    from composevariant.overlay import Compose
    from composevariant.tree import Node


def apply(tree: Mapping, wanted: Compose, context: Context) -> Outcome:
    """The tree as Compose would read it with the content as a second file.

    Raises:
        UnusableInput: Compose would refuse the content, or silently ignore a `!reset` in it.
        Refused: it changes something that comes from an included file.
    """
    raise_all(list(_included(tree, wanted.content, context)) or list(_unknown(tree, wanted.content)))
    return merged(tree, wanted.content)


def _included(tree: Mapping, override: Mapping, context: Context) -> Iterator[ComposeVariantError]:
    """Services, volumes and the like that an included file defines: in one file Compose refuses a second definition."""
    if context.others is None or not tree.entry("include"):
        return
    whole = whole_if_known(tree, context.others)
    for section in SECTIONS.values():
        own, all_of_them, changes = tree.get(section), whole.get(section), override.get(section)
        for entry in changes.entries if isinstance(changes, Mapping) else ():
            there = all_of_them.entry(entry.name) if isinstance(all_of_them, Mapping) else None
            if there is not None and not (isinstance(own, Mapping) and own.entry(entry.name)):
                where = location_of(there.key)
                yield Refused(f"{section}.{entry.name} comes from another file ({where})", location_of(entry.key), HINT)


def _unknown(tree: Mapping, override: Mapping) -> Iterator[ComposeVariantError]:
    """Services that the base does not have, and that have nothing to run either: most likely mistyped."""
    services, changes = tree.get("services"), override.get("services")
    if not isinstance(services, Mapping) or not isinstance(changes, Mapping):
        return
    for entry in changes.entries:
        name, value = entry.name, entry.value
        new = services.entry(name) is None and name != "*" and value.tag is None and isinstance(value, Mapping)
        if new and isinstance(value, Mapping) and not any(map(value.entry, ("image", "build", "extends", "provider"))):
            message = f'services has no "{name}"{did_you_mean(name, services.names())}'
            yield UnusableInput(message, location_of(entry.key), "a new service needs an image or a build")


def merged(tree: Mapping, override: Mapping) -> Outcome:
    """The merged tree, with a note for each service that inherits a change only because there is one file now."""
    after = merge(tree, override)
    services, changes = tree.get("services"), override.get("services")
    if not isinstance(services, Mapping) or not isinstance(changes, Mapping):
        return Outcome(after)
    if after is tree:
        return Outcome(after)
    return Outcome(after, (*_inherited(services, changes), *surprises(tree, override)))


def _inherited(services: Mapping, changes: Mapping) -> Iterator[Note]:
    """Compose resolves `extends` file by file: what a later file says of a service does not reach its heirs."""
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
