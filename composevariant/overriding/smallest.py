"""The smallest override, with proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.extends import flattened
from composevariant.compose.placing import is_null
from composevariant.compose.services import services_of, with_services
from composevariant.compose.several import merge_documents
from composevariant.errors import ComposeVariantError, InternalError, UnusableInput, raise_all
from composevariant.inference.asked import mapping
from composevariant.inference.meaning import is_equal
from composevariant.overriding.parts import GONE, Unsaid, said
from composevariant.paths import format_path
from composevariant.tree import Entry, Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.tree import Node

_WITHOUT_MEANING: Final = ("version",)
_RESOLVED_BEFORE: Final = ("include",)
"""What Compose has taken in before it merges, so that no override changes it."""


def smallest_override(documents: Sequence[Mapping], base: Mapping, final: Mapping) -> Mapping:
    """What `docker compose -f base… -f override` needs as its last file, to mean what one file with `final` does.

    Args:
        documents: the documents of the base files, in their order.
        base: what they mean together.
        final: what the variant is to mean.

    Raises:
        UnusableInput: an override cannot say it; each place of the base is named.
        InternalError: the override does not give what it should: a bug, found before anything is written.
    """
    before, after = _resolved(base), _resolved(final)
    failed: list[Unsaid] = []
    for careful in (False, True):
        failed = []
        override = _override(before, after, failed, careful=careful)
        if not failed and _gives(documents, override, after):
            return override
    raise_all([_unsayable(unsaid) for unsaid in failed])
    raise InternalError("the override does not mean what the variant does", None, "please report this as a bug")


def _override(before: Mapping, after: Mapping, failed: list[Unsaid], *, careful: bool) -> Mapping:
    entries: list[tuple[str, Node]] = []
    for section in dict.fromkeys((*before.names(), *after.names())):
        old, new = before.get(section), after.get(section)
        if section in _RESOLVED_BEFORE and not is_equal(old, new, (section,)):
            failed.append(Unsaid((section,), old))
        elif isinstance(old, Mapping) and (new is None or isinstance(new, Mapping)):
            members = _members(section, old, new or Mapping(), failed, careful=careful)
            if members:
                entries.append((section, mapping(members)))
        else:
            told = said(old, new, (section,), failed, careful=careful)
            if told is not None:
                entries.append((section, told))
    return mapping(entries)


def _members(
    section: str, old: Mapping, new: Mapping, failed: list[Unsaid], *, careful: bool
) -> list[tuple[str, Node]]:
    """Services, volumes and the like, each on its own: a whole section is never taken away."""
    members: list[tuple[str, Node]] = []
    for name in dict.fromkeys((*old.names(), *new.names())):
        before, after = old.get(name), new.get(name)
        if before is not None and after is None:
            members.append((name, GONE))
            continue
        told = said(_full(before), _full(after), (section, name), failed, careful=careful)
        if told is not None:
            members.append((name, told))
    return members


def _resolved(tree: Mapping) -> Mapping:
    """The tree as Compose has it when it merges: what services extend in the same file is written out in them."""
    services = services_of(tree)
    whole = {name: flattened(service, services, services) for name, service in services.items()}
    return with_services(tree, whole).without(*_WITHOUT_MEANING)


def _gives(documents: Sequence[Mapping], override: Mapping, after: Mapping) -> bool:
    if not override.entries:
        return True
    try:
        merged = merge_documents([*documents, override])
    except ComposeVariantError:
        return False
    ignored = [remark for remark in merged.remarks if not remark.service]
    return not ignored and _same_members(_resolved(merged.tree), after)


def _same_members(one: Mapping, other: Mapping) -> bool:
    """Whether both mean the same; a section without members is as good as none."""
    for section in dict.fromkeys((*one.names(), *other.names())):
        ours, theirs = (_filled(tree.get(section)) for tree in (one, other))
        if not is_equal(ours, theirs, (section,)):
            return False
    return True


def _filled(section: Node | None) -> Node | None:
    """A section whose members are mappings; None for an empty one."""
    if not isinstance(section, Mapping):
        return section
    entries = tuple(Entry(entry.key, _full(entry.value) or entry.value) for entry in section.entries)
    return Mapping(entries) if entries else None


def _full(member: Node | None) -> Node | None:
    """A definition without settings is as good as an empty mapping."""
    return Mapping() if member is not None and is_null(member) else member


def _unsayable(unsaid: Unsaid) -> UnusableInput:
    wrong = f"an override cannot say what becomes of {format_path(unsaid.path)}"
    return UnusableInput(wrong, location_of(unsaid.before), "write the full file, with --as full")
