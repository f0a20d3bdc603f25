"""`rename`: rename a service, volume, network, config, secret or model, with all references to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composevariant.compose import SECTIONS, container_references, mentions, references, services_of, text_of
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, NoteKind, keyed, note
from composevariant.operations.context import Outcome, refusal_of
from composevariant.tree import Entry, Mapping, Scalar, format_path, get, literal, location_of, put, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose import Reference, Target
    from composevariant.operations.context import Context
    from composevariant.overlay import Rename
    from composevariant.tree import Node

_TARGETS: Final[dict[str, Target]] = {section: target for target, section in SECTIONS.items()}
_CREATED: Final = ("volumes", "networks", "configs", "secrets")
"""Sections whose objects Docker names `<project>_<name>` unless `name:` is set."""


def apply(tree: Mapping, wanted: Rename, context: Context) -> Outcome:
    """Return the tree with the new name in the definition and in every reference.

    Nothing changes inside containers, so a link keeps its alias and a secret keeps its file. Values that name a service
    as a host are kept and reported, because only the program that reads these values knows their meaning.

    Raises:
        UnusableInput: The old name does not exist, the new name is taken, or a reference contains a variable.
        Refused: The definition comes from another file.
    """
    section, old, new = wanted.section, wanted.old, wanted.new
    members = tree.get(section)
    names = members.names() if isinstance(members, Mapping) else []
    if not isinstance(members, Mapping) or old not in names:
        elsewhere = refusal_of(tree, literal(section, old), context, wanted.location)
        wrong = f'{section} has no "{old}"{did_you_mean(old, names)}'
        raise elsewhere or UnusableInput(wrong, wanted.location)
    if new in names:
        raise UnusableInput(f'{section} already has "{new}"', wanted.location, "remove or rename it first")
    after = tree.with_value(section, with_key(members, old, new))
    errors: list[ComposeVariantError] = []
    for found in references(tree):
        if found.target == _TARGETS[section] and found.name == old:
            path = ("services", new, *found.path[2:]) if (section, found.user) == ("services", old) else found.path
            try:
                after = with_name(after, found._replace(path=path), new)
            except ComposeVariantError as error:
                errors.append(error)
    raise_all(errors)
    return Outcome(after, tuple(_notes(tree, wanted, context)))


def _notes(tree: Mapping, wanted: Rename, context: Context) -> Iterator[Note]:
    section, old, new = wanted.section, wanted.old, wanted.new
    if section == "services":
        yield from _host_notes(tree, old, context.project)
        return
    members = tree.get(section)
    member = members.get(old) if isinstance(members, Mapping) else None
    named = isinstance(member, Mapping) and (member.entry("name") or text_of(member.get("external")) == "true")
    if section in _CREATED and not named:
        name = "rename.new-thing-named" if section in ("volumes", "networks") else "rename.new-thing"
        kind: NoteKind = "warning" if section == "volumes" else "note"
        names = {"section": section, "old": old, "new": new, "project": context.project}
        yield note(name, kind, (section, new), wanted.location, **names)
    if isinstance(member, Mapping) and text_of(member.get("external")) == "true" and not member.entry("name"):
        where = location_of(member)
        yield note("rename.external", "warning", (section, new), where, section=section, old=old, new=new)


def _host_notes(tree: Mapping, old: str, project: str) -> Iterator[Note]:
    for user, service in services_of(tree).items():
        for found in mentions(service, frozenset((old,))):
            path, where = ("services", user, *found.path), location_of(found.node)
            yield note("rename.host", "warning", path, where, setting=found.setting, host=old)
    for place in container_references(tree):
        if place.name == f"{project}-{old}-1":
            path, where = keyed(place.path, place.node), location_of(place.node)
            yield note("rename.container", "warning", path, where, setting=place.kind, container=place.name)


# References, in all their notations.

_NAMESPACES: Final = ("network_mode", "pid", "ipc", "uts", "cgroup")
_FILES: Final = ("configs", "secrets", "build.secrets")
"""References that are mounted under their own name by default."""


def with_name(tree: Mapping, found: Reference, new: str) -> Mapping:
    """Return the tree with one reference changed to the new name."""
    node = get(tree, found.path)
    parent = get(tree, found.path[:-1])
    if isinstance(parent, Mapping) and found.kind not in (*_NAMESPACES, "extends", "additional_contexts"):
        return put(tree, found.path[:-1], with_key(parent, found.name, new))
    return put(tree, found.path, _with_new_name(node, found, new))


def _with_new_name(node: Node, found: Reference, new: str) -> Node:
    if found.kind in _FILES:
        return _mounted_as_before(node, found, new)
    if isinstance(node, Mapping):
        key = "service" if found.kind == "extends" else "source"
        return node.with_value(key, _text(node.get(key), found, "", new))
    if found.kind == "links":
        return _text(node, found, "", new if ":" in _plain_text(node) else f"{new}:{found.name}")
    if found.kind == "additional_contexts":
        start = _plain_text(node).partition("=")[0] + "=" if isinstance(found.path[-1], int) else ""
        return _text(node, found, f"{start}service:", new)
    return _text(node, found, "service:" if found.kind in _NAMESPACES else "", new)


def _mounted_as_before(node: Node, found: Reference, new: str) -> Node:
    """Rename a reference to a config or secret but keep the name of its file in the container."""
    target = f"/{found.name}" if found.kind == "configs" else found.name
    if isinstance(node, Mapping):
        after = node.with_value("source", _text(node.get("source"), found, "", new))
        return after if node.entry("target") else after.with_value("target", string(target))
    _text(node, found, "", new)
    entries = (Entry(Scalar("source"), string(new)), Entry(Scalar("target"), string(target)))
    return Mapping(entries, flow=True, origin=node)


def _text(node: Node | None, found: Reference, before: str, new: str) -> Scalar:
    """Replace the old name, which follows the prefix `before`, with the new name."""
    start = f"{before}{found.name}"
    if not isinstance(node, Scalar) or not node.text.startswith(start):
        wrong = f"{format_path(found.path)} names {found.name} through a variable"
        raise UnusableInput(wrong, location_of(found.node), "change it with replace")
    return replace(node, text=f"{before}{new}{node.text[len(start) :]}", span=None, origin=node)


def _plain_text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def with_key(members: Mapping, old: str, new: str) -> Mapping:
    """Return the mapping with one key renamed. The comments and the position of the key are kept."""
    return members.with_entries(
        tuple(
            Entry(replace(string(new), origin=entry.key), entry.value, entry.inherited) if entry.name == old else entry
            for entry in members.entries
        )
    )
