"""Changes as operations make them, and texts before and after them."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING, TypeAlias

from composevariant.source import Source
from composevariant.tree.edits import delete, get, put
from composevariant.tree.nodes import Entry, Mapping, Node, Path, Scalar, Sequence, string
from composevariant.yamltext.editor import edit, no_key
from composevariant.yamltext.parser import parse
from composevariant.yamltext.shared_anchors import lift, propagate

if TYPE_CHECKING:
    from collections.abc import Callable

Change: TypeAlias = "Callable[[Node], Node]"
Address: TypeAlias = str | Path
"""Keys and positions joined by dots, or a tuple where a key holds a dot or looks like a number."""


def before_and_after(diff: str) -> tuple[str, str]:
    """The two texts of a diff in which every line begins with two columns: `- `, `+ ` or blanks for both texts."""
    lines = dedent(diff).removeprefix("\n").splitlines(keepends=True)
    assert all(line[:2].rstrip() in ("", "-", "+") for line in lines)
    before = "".join(line[2:] or "\n" for line in lines if line[0] != "+")
    after = "".join(line[2:] or "\n" for line in lines if line[0] != "-")
    return before, after


def edited(
    text: str, *changes: Change, item_key: Callable[[Path, Node], str | None] = no_key, name: str = "compose.yml"
) -> str:
    """The text after some changes."""
    document = parse(Source(name, text))
    assert document.root is not None
    root = document.root
    for change in changes:
        root = change(root)
    return edit(document, root, item_key)


def edited_with_sharing(text: str, *changes: Change) -> str:
    """The text after some changes, each by an operation of its own, with what anchors share kept together."""
    document = parse(Source("compose.yml", text))
    assert isinstance(document.root, Mapping)
    root = document.root
    for change in changes:
        after = change(root)
        assert isinstance(after, Mapping)
        root = propagate(document, root, after)
    return edit(document, lift(document, document.root, root))


def value(text: str) -> Node:
    """A value as an overlay spells it."""
    root = parse(Source("overlay.yml", text)).root
    assert root is not None
    return root


def path_of(address: Address) -> Path:
    if isinstance(address, tuple):
        return address
    return tuple(int(step) if step.isdigit() else step for step in address.split(".") if step)


def set_to(address: Address, text: str) -> Change:
    """Put a value at an address, in the place of what is there."""

    def change(root: Node) -> Node:
        assert isinstance(root, Mapping)
        return put(root, path_of(address), value(text))

    return change


def remove(*addresses: Address) -> Change:
    def change(root: Node) -> Node:
        assert isinstance(root, Mapping)
        return delete(root, [path_of(address) for address in addresses])

    return change


def append(address: Address, *texts: str) -> Change:
    return _on_list(address, lambda items: (*items, *map(value, texts)))


def insert(address: Address, index: int, *texts: str) -> Change:
    return _on_list(address, lambda items: (*items[:index], *map(value, texts), *items[index:]))


def reorder(address: Address, *order: int) -> Change:
    return _on_list(address, lambda items: tuple(items[index] for index in order))


def insert_key(address: Address, index: int, key: str, text: str) -> Change:
    def new(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return (*entries[:index], Entry(string(key), value(text)), *entries[index:])

    return _on_mapping(address, new)


def rename(address: Address, name: str) -> Change:
    """Give a key another name, in its place."""
    path = path_of(address)

    def new(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(
            replace(entry, key=replace(string(name), origin=entry.key)) if entry.name == path[-1] else entry
            for entry in entries
        )

    return _on_mapping(path[:-1], new)


def become(text: str) -> Change:
    """Put another tree in the place of the whole."""
    return lambda _: value(text)


def _on_list(address: Address, new: Callable[[tuple[Node, ...]], tuple[Node, ...]]) -> Change:
    def change(root: Node) -> Node:
        node = get(root, path_of(address))
        assert isinstance(node, Sequence)
        return at(root, path_of(address), node.with_items(new(node.items)))

    return change


def _on_mapping(address: Address, new: Callable[[tuple[Entry, ...]], tuple[Entry, ...]]) -> Change:
    def change(root: Node) -> Node:
        node = get(root, path_of(address))
        assert isinstance(node, Mapping)
        return at(root, path_of(address), node.with_entries(new(node.entries)))

    return change


def at(root: Node, path: Path, node: Node) -> Node:
    """`root` with `node` at an address that exists."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    child = at(get(root, (step,)), rest, node)
    if isinstance(root, Mapping) and isinstance(step, str):
        return root.with_value(step, child)
    assert isinstance(root, Sequence)
    return root.with_items(tuple(child if index == step else item for index, item in enumerate(root.items)))


def by_name(_: Path, item: Node) -> str | None:
    """An identity for list items such as `NAME=value` and `host:container`."""
    return item.text.partition("=")[0].partition(":")[0] if isinstance(item, Scalar) else None
