"""Compute the smallest override that produces a variant, and verify the override."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import canonical_pairs, key_rule, notation_of, services_of, with_services
from composevariant.compose.files import merge_documents
from composevariant.compose.merge import merge, resolve_extends
from composevariant.errors import ComposeVariantError, InternalError, UnusableInput, raise_all
from composevariant.inference import is_equal, mapping, nested, size
from composevariant.tree import (
    OVERRIDE,
    RESET,
    Entry,
    Mapping,
    Scalar,
    detach,
    find,
    format_path,
    get,
    is_null,
    literal,
    location_of,
    string,
)
from composevariant.tree import Sequence as SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.tree import Node

_WITHOUT_MEANING: Final = ("version",)

_RESOLVED_BEFORE: Final = ("include",)
"""Sections that Compose resolves before the merge, so that no override can change them."""


def smallest_override(documents: Sequence[Mapping], base: Mapping, final: Mapping) -> Mapping:
    """Return the override with which `docker compose -f base… -f override` has the same result as a file with `final`.

    Args:
        documents: The documents of the base files, in order.
        base: The merged tree of these documents.
        final: The tree of the variant.

    Raises:
        UnusableInput: An override cannot express the change. The error names each such setting.
        InternalError: The merged override differs from the variant. This is a bug.
    """
    before, after = _resolve(base), _resolve(final)
    failed: list[Inexpressible] = []
    for careful in (False, True):
        failed = []
        override = _override(before, after, failed, careful=careful)
        if not failed and _is_equivalent(documents, override, after):
            return override
    raise_all([_inexpressible_error(each) for each in failed])
    raise InternalError("the override does not give the variant", None, "please report this as a bug")


def _override(before: Mapping, after: Mapping, failed: list[Inexpressible], *, careful: bool) -> Mapping:
    entries: list[tuple[str, Node]] = []
    for section in dict.fromkeys((*before.names(), *after.names())):
        old, new = before.get(section), after.get(section)
        if section in _RESOLVED_BEFORE and not is_equal(old, new, (section,)):
            failed.append(Inexpressible((section,), old))
        elif isinstance(old, Mapping) and (new is None or isinstance(new, Mapping)):
            members = _members(section, old, new or Mapping(), failed, careful=careful)
            if members:
                entries.append((section, mapping(members)))
        else:
            candidate = find_override(old, new, (section,), failed, careful=careful)
            if candidate is not None:
                entries.append((section, candidate))
    return mapping(entries)


def _members(
    section: str, old: Mapping, new: Mapping, failed: list[Inexpressible], *, careful: bool
) -> list[tuple[str, Node]]:
    """Return the changed members of a section. A section is never removed as a whole."""
    members: list[tuple[str, Node]] = []
    for name in dict.fromkeys((*old.names(), *new.names())):
        before, after = old.get(name), new.get(name)
        if before is not None and after is None:
            members.append((name, RESET_VALUE))
            continue
        candidate = find_override(_full(before), _full(after), (section, name), failed, careful=careful)
        if candidate is not None:
            members.append((name, candidate))
    return members


def _resolve(tree: Mapping) -> Mapping:
    """Return the tree as Compose merges it, with `extends` within the file resolved."""
    services = services_of(tree)
    whole = {name: resolve_extends(service, services, services) for name, service in services.items()}
    return with_services(tree, whole).without(*_WITHOUT_MEANING)


def _is_equivalent(documents: Sequence[Mapping], override: Mapping, after: Mapping) -> bool:
    if not override.entries:
        return True
    try:
        merged = merge_documents([*documents, override])
    except ComposeVariantError:
        return False
    ignored = [remark for remark in merged.remarks if not remark.service]
    return not ignored and _same_members(_resolve(merged.tree), after)


def _same_members(one: Mapping, other: Mapping) -> bool:
    """Return whether both trees are equal. An empty section equals a missing section."""
    for section in dict.fromkeys((*one.names(), *other.names())):
        ours, theirs = (_fill(tree.get(section)) for tree in (one, other))
        if not is_equal(ours, theirs, (section,)):
            return False
    return True


def _fill(section: Node | None) -> Node | None:
    """Return a section with null members as empty mappings, or None for an empty section."""
    if not isinstance(section, Mapping):
        return section
    entries = tuple(Entry(entry.key, _full(entry.value) or entry.value) for entry in section.entries)
    return Mapping(entries) if entries else None


def _full(member: Node | None) -> Node | None:
    """Return a member of a section, with null replaced by an empty mapping."""
    return Mapping() if member is not None and is_null(member) else member


def _inexpressible_error(each: Inexpressible) -> UnusableInput:
    wrong = f"an override cannot express the change of {format_path(each.path)}"
    return UnusableInput(wrong, location_of(each.before), "write the full file, with --as full")


# The shortest override of a single setting.

Names = tuple[str, ...]

RESET_VALUE: Final = Scalar("null", tag=RESET)
"""The value that removes a setting. It works only for mappings (see M.4 of the merge rules)."""


class Inexpressible(NamedTuple):
    """A setting whose change no override can express, and the node of the setting in the base."""

    path: Names
    before: Node | None


def find_override(
    before: Node | None, after: Node | None, path: Names, failed: list[Inexpressible], *, careful: bool
) -> Node | None:
    """Return the value that an override needs for the setting at `path`, or None if none is needed.

    Args:
        before: The setting in the base, or None if absent.
        after: The setting in the variant, or None if absent.
        path: The path of the setting.
        failed: A list to which inexpressible settings are added.
        careful: Whether to avoid resetting single keys of `KEY=VALUE` lists, which Compose may have converted from
            mappings.
    """
    if is_equal(before, after, path):
        return None
    if before is None:
        return None if after is None else _plain(after)
    found = [
        candidate
        for candidate in _candidates(before, after, path, careful=careful)
        if _works(before, candidate, after, path)
    ]
    if not found:
        failed.append(Inexpressible(path, before))
        return None
    return min(found, key=lambda candidate: size(candidate) if not isinstance(candidate, Scalar) else 0)


def _candidates(before: Node, after: Node | None, path: Names, *, careful: bool) -> Iterator[Node]:
    """Yield candidates for the override. The merge decides which candidates work."""
    if after is None:
        yield RESET_VALUE
        return
    if isinstance(after, Scalar):
        yield _plain(after)
    if notation_of(path) == "pairs" and not isinstance(before, Scalar) and not isinstance(after, Scalar):
        yield from _pair_candidates(before, after, careful=careful)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping_candidates(before, after, path, careful=careful)
    elif notation_of(path) == "names" and isinstance(before, SequenceNode):
        yield from _name_candidates(before, after, path)
    elif isinstance(before, SequenceNode) and isinstance(after, SequenceNode):
        yield from _item_candidates(before, after, path)
    if not isinstance(after, Scalar):
        yield _plain(after)
        yield replace(_plain(after), tag=OVERRIDE)


def _mapping_candidates(before: Mapping, after: Mapping, path: Names, *, careful: bool) -> Iterator[Node]:
    failed: list[Inexpressible] = []
    entries = []
    for name in dict.fromkeys((*before.names(), *after.names())):
        candidate = find_override(before.get(name), after.get(name), (*path, name), failed, careful=careful)
        if candidate is not None:
            entries.append((name, candidate))
    if not failed and entries:
        yield mapping(entries)


def _pair_candidates(before: Node, after: Node, *, careful: bool) -> Iterator[Node]:
    """Yield candidates for variables, labels and similar settings: changed pairs, and a reset for each removed key."""
    old = {pair.key: pair for pair in canonical_pairs(before)}
    new = {pair.key: pair for pair in canonical_pairs(after)}
    gone = [key for key in old if key not in new]
    changed = [pair for key, pair in new.items() if key not in old or old[key].text != pair.text]
    if not gone and isinstance(after, SequenceNode):
        yield SequenceNode(tuple(pair.item() for pair in changed))
    elif not gone or not careful:
        kept = [(pair.key, pair.value if pair.value is not None else Scalar("")) for pair in changed]
        yield mapping([*kept, *((key, RESET_VALUE) for key in gone)])


def _name_candidates(before: SequenceNode, after: Node, path: Names) -> Iterator[Node]:
    """Yield candidates for lists of names, which Compose treats as mappings, with a reset for each removed name."""
    old = [item.text for item in before.items if isinstance(item, Scalar)]
    if isinstance(after, SequenceNode):
        new = [item.text for item in after.items if isinstance(item, Scalar)]
        gone, added = [name for name in old if name not in new], [name for name in new if name not in old]
        if not gone:
            yield SequenceNode(tuple(map(string, added)))
        if not added:
            yield mapping((name, RESET_VALUE) for name in gone)
    elif isinstance(after, Mapping):
        entries = [
            (entry.name, _plain(entry.value))
            for entry in after.entries
            if entry.name not in old or not _is_name_alone(entry, path)
        ]
        yield mapping([*entries, *((name, RESET_VALUE) for name in old if after.entry(name) is None)])


def _is_name_alone(entry: Entry, path: Names) -> bool:
    """Return whether an entry is equivalent to its bare name in a list."""
    return is_equal(SequenceNode((string(entry.name),)), Mapping((entry,)), path)


def _item_candidates(before: SequenceNode, after: SequenceNode, path: Names) -> Iterator[Node]:
    """Yield candidates for other lists, in which Compose appends new items or replaces items with the same key."""
    key_of = key_rule(path)
    if key_of:
        old = {key_of(item): item for item in before.items}
        yield SequenceNode(
            tuple(
                _plain(item)
                for item in after.items
                if key_of(item) not in old or not is_equal(old[key_of(item)], item, (*path, "0"))
            )
        )
    yield SequenceNode(tuple(map(_plain, after.items[len(before.items) :])))


def _works(before: Node, candidate: Node, after: Node | None, path: Names) -> bool:
    """Return whether merging the candidate into `before` gives `after`."""
    if isinstance(candidate, (SequenceNode, Mapping)) and candidate.tag is None and not _member_count(candidate):
        return False
    try:
        tree = merge(nested(path, before), nested(path, candidate))
    except ComposeVariantError:
        return False
    there = find(tree, literal(*path), lambda _, __: None)
    found = get(tree, there[0]) if there else None
    return is_equal(found, after, path)


def _member_count(node: Mapping | SequenceNode) -> int:
    return len(node.entries if isinstance(node, Mapping) else node.items)


def _plain(node: Node) -> Node:
    """Return a copy of the node without anchors, which would not be valid in another file."""
    return detach(node)
