"""One setting in two versions: what an override has to say of it, in the fewest lines that Compose understands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.identity import key_rule, notation_of
from composevariant.compose.merge import merge
from composevariant.compose.pairs import pairs_of
from composevariant.compose.placing import OVERRIDE, RESET, detached
from composevariant.errors import ComposeVariantError
from composevariant.inference.asked import mapping, nested, size
from composevariant.inference.meaning import is_equal
from composevariant.paths import find, get, literal
from composevariant.tree import Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Entry, Node

Names = tuple[str, ...]

GONE: Final = Scalar("null", tag=RESET)
"""What takes a setting away, see M.4 of the merge rules: only where its place is a mapping for Compose."""


class Unsaid(NamedTuple):
    """A setting whose new value no override can say, and the node of the base where it stands."""

    path: Names
    before: Node | None


def said(before: Node | None, after: Node | None, path: Names, unsaid: list[Unsaid], *, careful: bool) -> Node | None:
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
    found = [told for told in _ways(before, after, path, careful=careful) if _gives(before, told, after, path)]
    if not found:
        unsaid.append(Unsaid(path, before))
        return None
    return min(found, key=lambda told: size(told) if not isinstance(told, Scalar) else 0)


def _ways(before: Node, after: Node | None, path: Names, *, careful: bool) -> Iterator[Node]:
    """The ways to say it that may work. Whether they do, the merge decides."""
    if after is None:
        yield GONE
        return
    if isinstance(after, Scalar):
        yield _plain(after)
    if notation_of(path) == "pairs" and not isinstance(before, Scalar) and not isinstance(after, Scalar):
        yield from _of_pairs(before, after, careful=careful)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(before, after, path, careful=careful)
    elif notation_of(path) == "names" and isinstance(before, Sequence):
        yield from _of_names(before, after, path)
    elif isinstance(before, Sequence) and isinstance(after, Sequence):
        yield from _of_items(before, after, path)
    if not isinstance(after, Scalar):
        yield _plain(after)
        yield replace(_plain(after), tag=OVERRIDE)


def _of_mappings(before: Mapping, after: Mapping, path: Names, *, careful: bool) -> Iterator[Node]:
    unsaid: list[Unsaid] = []
    entries = []
    for name in dict.fromkeys((*before.names(), *after.names())):
        told = said(before.get(name), after.get(name), (*path, name), unsaid, careful=careful)
        if told is not None:
            entries.append((name, told))
    if not unsaid and entries:
        yield mapping(entries)


def _of_pairs(before: Node, after: Node, *, careful: bool) -> Iterator[Node]:
    """Variables, labels and the like: those that changed, and a reset for each that goes."""
    old = {pair.key: pair for pair in pairs_of(before)}
    new = {pair.key: pair for pair in pairs_of(after)}
    gone = [key for key in old if key not in new]
    changed = [pair for key, pair in new.items() if key not in old or old[key].text != pair.text]
    if not gone and isinstance(after, Sequence):
        yield Sequence(tuple(pair.item() for pair in changed))
    elif not gone or not careful:
        kept = [(pair.key, pair.value if pair.value is not None else Scalar("")) for pair in changed]
        yield mapping([*kept, *((key, GONE) for key in gone)])


def _of_names(before: Sequence, after: Node, path: Names) -> Iterator[Node]:
    """Lists of names, which are mappings to Compose: a reset for each that goes."""
    old = [item.text for item in before.items if isinstance(item, Scalar)]
    if isinstance(after, Sequence):
        new = [item.text for item in after.items if isinstance(item, Scalar)]
        gone, added = [name for name in old if name not in new], [name for name in new if name not in old]
        if not gone:
            yield Sequence(tuple(map(string, added)))
        if not added:
            yield mapping((name, GONE) for name in gone)
    elif isinstance(after, Mapping):
        entries = [
            (entry.name, _plain(entry.value))
            for entry in after.entries
            if entry.name not in old or not _is_name_alone(entry, path)
        ]
        yield mapping([*entries, *((name, GONE) for name in old if after.entry(name) is None)])


def _is_name_alone(entry: Entry, path: Names) -> bool:
    """Whether an entry says no more than its name in a list does."""
    return is_equal(Sequence((string(entry.name),)), Mapping((entry,)), path)


def _of_items(before: Sequence, after: Sequence, path: Names) -> Iterator[Node]:
    """Other lists: what is new goes to the end, and takes the place of an item with its key."""
    key_of = key_rule(path)
    if key_of:
        old = {key_of(item): item for item in before.items}
        yield Sequence(
            tuple(
                _plain(item)
                for item in after.items
                if key_of(item) not in old or not is_equal(old[key_of(item)], item, (*path, "0"))
            )
        )
    yield Sequence(tuple(map(_plain, after.items[len(before.items) :])))


def _gives(before: Node, told: Node, after: Node | None, path: Names) -> bool:
    """Whether the merge makes the one of the other."""
    if isinstance(told, (Sequence, Mapping)) and told.tag is None and not _members(told):
        return False
    try:
        tree = merge(nested(path, before), nested(path, told))
    except ComposeVariantError:
        return False
    there = find(tree, literal(*path), lambda _, __: None)
    found = get(tree, there[0]) if there else None
    return is_equal(found, after, path)


def _members(node: Mapping | Sequence) -> int:
    return len(node.entries if isinstance(node, Mapping) else node.items)


def _plain(node: Node) -> Node:
    """The node without anchors, which name nothing in another file, and on its own."""
    return detached(node)
