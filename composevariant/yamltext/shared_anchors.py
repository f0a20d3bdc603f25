"""Keep anchored definitions and their uses consistent, in both directions (see `docs/design.md`, "Anchors").

A change to a definition outside `services` also changes every use of that definition. If all uses of a definition under
an `x-` key change in the same way, the definition is changed instead of each use.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, WrittenNode, same
from composevariant.yamltext.aliases import is_merge, merge_sources, resolve, written_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Path
    from composevariant.yamltext.parser import Document


class _Definition(NamedTuple):
    path: Path
    node: Scalar | Mapping | Sequence


class _Use(NamedTuple):
    """The path of an alias, or the path of the mapping with a `<<` and the keys that override the `<<` there."""

    target: int
    path: Path
    hidden: frozenset[str] | None


def propagate(document: Document, before: Mapping, after: Mapping) -> Mapping:
    """Return `after` with the changes to definitions outside `services` applied to all their uses."""
    if document.written is document.root or document.written is None or before is after:
        return after
    definitions = list(_definitions_outside(document.written, lambda name: name != "services"))
    old = {id(found.node): _at(before, found.path) for found in definitions}
    new = {id(found.node): _at(after, found.path) for found in definitions}
    if all(_alike(old[key], new[key]) for key in old):
        return after
    was, shall = _definitions_then_and_now(definitions, old, new)
    merged = _three_way(resolve(document.written, was), resolve(document.written, shall), after)
    return merged if isinstance(merged, Mapping) else after


def _definitions_then_and_now(
    definitions: list[_Definition], old: dict[int, Node | None], new: dict[int, Node | None]
) -> tuple[dict[int, Node], dict[int, Node]]:
    """Return each definition before and after, by the `id` of its node, including changes to definitions above it."""
    was: dict[int, Node] = {}
    shall: dict[int, Node] = {}
    for _, node in definitions:
        before, after = old[id(node)], new[id(node)]
        carried_on = _three_way(resolve(node, was), resolve(node, shall), after)
        if before is not None:
            was[id(node)] = before
        if carried_on is not None:
            shall[id(node)] = carried_on
    return was, shall


def lift(document: Document, before: Node | None, final: Mapping) -> Mapping:
    """Return `final` with each definition under an `x-` key changed if all its uses changed alike since `before`.

    A definition that another base file has changed stays as it is, because Compose prints `x-` keys.
    """
    if document.written is document.root or document.written is None or final is before:
        return final
    definitions = list(_definitions_outside(document.written, lambda name: name.startswith("x-")))
    uses: dict[int, list[_Use]] = defaultdict(list)
    for use in _uses(document.written, (), document.sharing) if definitions else ():
        uses[use.target].append(use)
    for path, node in reversed(definitions):
        old = document.resolver.resolve(node)
        if not _alike(_at(final, path), old):
            continue
        if all(_alike(_at(before, use.path), _at(final, use.path)) for use in uses[id(node)]):
            continue
        new = _agreed(final, old, uses[id(node)])
        if new is not None:
            put = _put(final, path, new)
            final = put if isinstance(put, Mapping) else final
    return final


def _agreed(final: Mapping, old: Node, uses: list[_Use]) -> Node | None:
    """Return the common new value of all remaining uses of a definition, or None if they differ or are unchanged."""
    values = [(use, _at(final, use.path)) for use in uses]
    values = [(use, value) for use, value in values if value is not None and _is_still(use.path, value, old)]
    if not values:
        return None
    if all(use.hidden is None for use, _ in values):
        first = values[0][1]
        alike = all(_alike(first, value) for _, value in values)
        return first if alike and not _alike(first, old) else None
    return _agreed_keys(old, values) if isinstance(old, Mapping) else None


def _is_still(path: Path, value: Node, old: Node) -> bool:
    """Return whether `value` derives from `old`.

    The path alone is not enough, because another list item may now be at that path.
    """
    node: Node | None = value
    while node is not None and node is not old:
        node = node.origin
    return node is old or not any(isinstance(step, int) for step in path)


def _agreed_keys(old: Mapping, values: list[tuple[_Use, Node | None]]) -> Mapping | None:
    new = old
    for entry in old.entries:
        name = entry.name
        found = [
            value.get(name) if isinstance(value, Mapping) else None
            for use, value in values
            if use.hidden is None or name not in use.hidden
        ]
        if not found or not all(_alike(found[0], other) for other in found) or _alike(found[0], entry.value):
            continue
        new = new.without(name) if found[0] is None else new.with_value(name, found[0])
    return None if new is old else new


def _definitions_outside(root: WrittenNode, is_selected: Callable[[str], bool]) -> Iterator[_Definition]:
    """Yield the anchored nodes under the selected top-level keys, in text order."""
    if isinstance(root, Mapping):
        for step, child in _children(root):
            if isinstance(step, str) and is_selected(step):
                yield from _definitions(child, (step,))


def _definitions(node: WrittenNode, path: Path) -> Iterator[_Definition]:
    if isinstance(node, Alias):
        return
    if node.anchor is not None:
        yield _Definition(path, node)
    for step, child in _children(node):
        yield from _definitions(child, (*path, step))


def _uses(node: WrittenNode, path: Path, sharing: frozenset[int]) -> Iterator[_Use]:
    if isinstance(node, Alias):
        yield _Use(id(node.target), path, None)
        return
    if isinstance(node, Mapping):
        hidden = {entry.name for entry in node.entries if not is_merge(entry)}
        for source in merge_sources(node):
            if isinstance(source, Alias):
                yield _Use(id(source.target), path, frozenset(hidden))
                target = source.target
                hidden |= set(target.names()) if isinstance(target, Mapping) else set()
    for step, child in _children(node):
        if id(child) in sharing:
            yield from _uses(child, (*path, step), sharing)


def _children(node: Scalar | Mapping | Sequence) -> Iterator[tuple[str | int, WrittenNode]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if not is_merge(entry):
                yield entry.name, written_value(entry)
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)


def _at(node: Node | None, path: Path) -> Node | None:
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def _put(node: Node, path: Path, value: Node) -> Node:
    if not path:
        return value if value.origin is not None or value is node else replace(value, origin=node)
    step, rest = path[0], path[1:]
    if isinstance(node, Mapping) and isinstance(step, str):
        child = node.get(step)
        return node if child is None else node.with_value(step, _put(child, rest, value))
    if isinstance(node, Sequence) and isinstance(step, int):
        items = tuple(_put(item, rest, value) if index == step else item for index, item in enumerate(node.items))
        return node.with_items(items)
    return node


def _alike(left: Node | None, right: Node | None) -> bool:
    if left is None or right is None:
        return left is right
    return same(left, right)


def _three_way(was: Node | None, shall: Node | None, now: Node | None) -> Node | None:
    """Return `now` with the changes from `was` to `shall` applied where `now` still equals `was`."""
    if _alike(was, shall):
        return now
    if _alike(was, now):
        return shall
    if not (isinstance(was, Mapping) and isinstance(shall, Mapping) and isinstance(now, Mapping)):
        return now
    entries: list[Entry] = []
    for entry in now.entries:
        value = _three_way(was.get(entry.name), shall.get(entry.name), entry.value)
        if value is not None:
            entries.append(entry if value is entry.value else Entry(entry.key, value, entry.inherited))
    entries += [entry for entry in shall.entries if not was.entry(entry.name) and not now.entry(entry.name)]
    return now.with_entries(tuple(entries))
