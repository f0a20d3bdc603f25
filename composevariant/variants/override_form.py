"""The smallest override, with proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import canonical_pairs, key_rule, notation_of, services_of, with_services
from composevariant.compose.files import merge_documents
from composevariant.compose.merge import flattened, merge
from composevariant.errors import ComposeVariantError, InternalError, UnusableInput, raise_all
from composevariant.inference import is_equal, mapping, nested, size
from composevariant.tree import (
    OVERRIDE,
    RESET,
    Entry,
    Mapping,
    Scalar,
    detached,
    find,
    format_path,
    get,
    is_null,
    literal,
    location_of,
    string,
)
from composevariant.tree import Sequence as Sequence_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    failed: list[Inexpressible] = []
    for careful in (False, True):
        failed = []
        override = _override(before, after, failed, careful=careful)
        if not failed and _gives(documents, override, after):
            return override
    raise_all([_unsayable(unsaid) for unsaid in failed])
    raise InternalError("the override does not mean what the variant does", None, "please report this as a bug")


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
            told = find_override(old, new, (section,), failed, careful=careful)
            if told is not None:
                entries.append((section, told))
    return mapping(entries)


def _members(
    section: str, old: Mapping, new: Mapping, failed: list[Inexpressible], *, careful: bool
) -> list[tuple[str, Node]]:
    """Services, volumes and the like, each on its own: a whole section is never taken away."""
    members: list[tuple[str, Node]] = []
    for name in dict.fromkeys((*old.names(), *new.names())):
        before, after = old.get(name), new.get(name)
        if before is not None and after is None:
            members.append((name, RESET_VALUE))
            continue
        told = find_override(_full(before), _full(after), (section, name), failed, careful=careful)
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


def _unsayable(unsaid: Inexpressible) -> UnusableInput:
    wrong = f"an override cannot express the change of {format_path(unsaid.path)}"
    return UnusableInput(wrong, location_of(unsaid.before), "write the full file, with --as full")


# One setting in two versions: what an override has to say of it, in the fewest lines that Compose understands.

Names = tuple[str, ...]


RESET_VALUE: Final = Scalar("null", tag=RESET)
"""What takes a setting away, see M.4 of the merge rules: only where its place is a mapping for Compose."""


class Inexpressible(NamedTuple):
    """A setting whose new value no override can say, and the node of the base where it stands."""

    path: Names
    before: Node | None


def find_override(
    before: Node | None, after: Node | None, path: Names, unsaid: list[Inexpressible], *, careful: bool
) -> Node | None:
    """What an override has under the last key of the path; None for nothing.

    Args:
        before: the setting in the base; None where it is not there.
        after: the setting as it is to be.
        path: the names that lead to it.
        unsaid: takes up what cannot be said.
        careful: do not take single keys out of lists of `KEY=VALUE`, where Compose may have made a list of a mapping.
    """
    if is_equal(before, after, path):
        return None
    if before is None:
        return None if after is None else _plain(after)
    found = [told for told in _ways(before, after, path, careful=careful) if _part_gives(before, told, after, path)]
    if not found:
        unsaid.append(Inexpressible(path, before))
        return None
    return min(found, key=lambda told: size(told) if not isinstance(told, Scalar) else 0)


def _ways(before: Node, after: Node | None, path: Names, *, careful: bool) -> Iterator[Node]:
    """The ways to say it that may work. Whether they do, the merge decides."""
    if after is None:
        yield RESET_VALUE
        return
    if isinstance(after, Scalar):
        yield _plain(after)
    if notation_of(path) == "pairs" and not isinstance(before, Scalar) and not isinstance(after, Scalar):
        yield from _of_pairs(before, after, careful=careful)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(before, after, path, careful=careful)
    elif notation_of(path) == "names" and isinstance(before, Sequence_tree):
        yield from _of_names(before, after, path)
    elif isinstance(before, Sequence_tree) and isinstance(after, Sequence_tree):
        yield from _of_items(before, after, path)
    if not isinstance(after, Scalar):
        yield _plain(after)
        yield replace(_plain(after), tag=OVERRIDE)


def _of_mappings(before: Mapping, after: Mapping, path: Names, *, careful: bool) -> Iterator[Node]:
    unsaid: list[Inexpressible] = []
    entries = []
    for name in dict.fromkeys((*before.names(), *after.names())):
        told = find_override(before.get(name), after.get(name), (*path, name), unsaid, careful=careful)
        if told is not None:
            entries.append((name, told))
    if not unsaid and entries:
        yield mapping(entries)


def _of_pairs(before: Node, after: Node, *, careful: bool) -> Iterator[Node]:
    """Variables, labels and the like: those that changed, and a reset for each that goes."""
    old = {pair.key: pair for pair in canonical_pairs(before)}
    new = {pair.key: pair for pair in canonical_pairs(after)}
    gone = [key for key in old if key not in new]
    changed = [pair for key, pair in new.items() if key not in old or old[key].text != pair.text]
    if not gone and isinstance(after, Sequence_tree):
        yield Sequence_tree(tuple(pair.item() for pair in changed))
    elif not gone or not careful:
        kept = [(pair.key, pair.value if pair.value is not None else Scalar("")) for pair in changed]
        yield mapping([*kept, *((key, RESET_VALUE) for key in gone)])


def _of_names(before: Sequence_tree, after: Node, path: Names) -> Iterator[Node]:
    """Lists of names, which are mappings to Compose: a reset for each that goes."""
    old = [item.text for item in before.items if isinstance(item, Scalar)]
    if isinstance(after, Sequence_tree):
        new = [item.text for item in after.items if isinstance(item, Scalar)]
        gone, added = [name for name in old if name not in new], [name for name in new if name not in old]
        if not gone:
            yield Sequence_tree(tuple(map(string, added)))
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
    """Whether an entry says no more than its name in a list does."""
    return is_equal(Sequence_tree((string(entry.name),)), Mapping((entry,)), path)


def _of_items(before: Sequence_tree, after: Sequence_tree, path: Names) -> Iterator[Node]:
    """Other lists: what is new goes to the end, and takes the place of an item with its key."""
    key_of = key_rule(path)
    if key_of:
        old = {key_of(item): item for item in before.items}
        yield Sequence_tree(
            tuple(
                _plain(item)
                for item in after.items
                if key_of(item) not in old or not is_equal(old[key_of(item)], item, (*path, "0"))
            )
        )
    yield Sequence_tree(tuple(map(_plain, after.items[len(before.items) :])))


def _part_gives(before: Node, told: Node, after: Node | None, path: Names) -> bool:
    """Whether the merge makes the one of the other."""
    if isinstance(told, (Sequence_tree, Mapping)) and told.tag is None and not _part_members(told):
        return False
    try:
        tree = merge(nested(path, before), nested(path, told))
    except ComposeVariantError:
        return False
    there = find(tree, literal(*path), lambda _, __: None)
    found = get(tree, there[0]) if there else None
    return is_equal(found, after, path)


def _part_members(node: Mapping | Sequence_tree) -> int:
    return len(node.entries if isinstance(node, Mapping) else node.items)


def _plain(node: Node) -> Node:
    """The node without anchors, which name nothing in another file, and on its own."""
    return detached(node)
