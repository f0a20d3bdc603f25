"""`rename`: a service, volume, network, config, secret or model gets another name, wherever it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.hosts import mentions
from composevariant.compose.references import SECTIONS, container_references, references
from composevariant.compose.services import services_of, text_of
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, NoteKind, keyed, note
from composevariant.operations.elsewhere import refusal_of
from composevariant.operations.outcome import Outcome
from composevariant.operations.renamed_references import with_key, with_name
from composevariant.path_syntax import literal
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose.references import Target
    from composevariant.operations.outcome import Context
    from composevariant.overlay import Rename

_TARGETS: Final[dict[str, Target]] = {section: target for target, section in SECTIONS.items()}
_CREATED: Final = ("volumes", "networks", "configs", "secrets")
"""What Docker creates under `<project>_<name>`, unless `name:` says otherwise."""


def apply(tree: Mapping, wanted: Rename, context: Context) -> Outcome:
    """The tree with the new name in the place of the old one: at its definition and in every reference to it.

    What a container sees stays: a link keeps its alias, a secret its file. Values that name a service as a host are
    left alone and told, for only their program knows what they mean.

    Raises:
        UnusableInput: there is nothing of the old name, the new one is taken, or a reference cannot take it.
        Refused: it comes from another file.
    """
    section, old, new = wanted.section, wanted.old, wanted.new
    members = tree.get(section)
    names = members.names() if isinstance(members, Mapping) else []
    if not isinstance(members, Mapping) or old not in names:
        elsewhere = refusal_of(tree, literal(section, old), context, wanted.location)
        wrong = f'{section} has no "{old}"{did_you_mean(old, names)}'
        raise elsewhere or UnusableInput(wrong, wanted.location)
    if new in names:
        raise UnusableInput(f'there is a "{new}" in {section} already', wanted.location, "remove or rename it first")
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
        yield from _still_named(tree, old, context.project)
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


def _still_named(tree: Mapping, old: str, project: str) -> Iterator[Note]:
    for user, service in services_of(tree).items():
        for found in mentions(service, frozenset((old,))):
            path, where = ("services", user, *found.path), location_of(found.node)
            yield note("rename.host", "warning", path, where, setting=found.setting, host=old)
    for place in container_references(tree):
        if place.name == f"{project}-{old}-1":
            path, where = keyed(place.path, place.node), location_of(place.node)
            yield note("rename.container", "warning", path, where, setting=place.kind, container=place.name)
