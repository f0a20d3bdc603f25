"""Random changes to a resolved tree, of every kind that an operation can make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from composevariant.source import Source
from composevariant.tree.edits import get
from composevariant.tree.nodes import Entry, Mapping, Path, Scalar, Sequence, string
from composevariant.yamltext.parser import parse
from tests.yamltext.edited import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from composevariant.tree.nodes import Node

Change: TypeAlias = "Callable[[Random, Node, Path], Node | None]"

# Values as overlays have them, spelled in every way: plain, quoted, blocks, flow, tagged, hostile.
_SPELLED = """\
- new
- "8080:80"
- 'it''s # x: y'
- "tab\\there, caf\\u00e9"
- 42
- 0444
- 1.10
- ~
-
- true
- "true"
- "*x"
- '- a'
- "a: b"
- "x, [y]"
- é ☃
- |
  first
    deeper

  last
- |-
  stripped
- |+
  kept

- >-
  folded
  text

  more
- "long

  quoted"
- plain
  over lines
- {}
- []
- [a, "b", {c: d}]
- {x: 1, y: [2, 3], "z": null}
- key: value   # comment
  list:
  - 1
  - 2
- - nested
  - deeper: text
    block: |
      x
- !mine tagged
- !override [80]
- ""
"""
_MADE = (Scalar(" lead\nx\n", "|"), string("multi\n\nline\n\n"), Scalar("\n\n", "|"), Scalar("end ", "|"), string("#"))


def spelled_values() -> tuple[Node, ...]:
    """Values that an overlay could have."""
    root = parse(Source("overlay.yml", _SPELLED)).root
    assert isinstance(root, Sequence)
    return (*root.items, *_MADE)


_VALUES = spelled_values()


def some_value(random: Random, depth: int = 0) -> Node:
    """A value: spelled by an overlay, or made by an operation."""
    kind = random.random()
    if kind < 0.7 or depth > 1:
        return random.choice(_VALUES)
    if kind < 0.85:
        entries = tuple(
            Entry(string(f"k{index}"), some_value(random, depth + 1)) for index in range(random.randint(0, 3))
        )
        return Mapping(entries, flow=random.random() < 0.3)
    items = tuple(some_value(random, depth + 1) for _ in range(random.randint(0, 3)))
    return Sequence(items, flow=random.random() < 0.3)


def paths_of(node: Node, path: Path = ()) -> Iterator[Path]:
    """The addresses of all nodes below and with `node`."""
    yield path
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from paths_of(entry.value, (*path, entry.name))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from paths_of(item, (*path, index))


def _set(random: Random, root: Node, path: Path) -> Node | None:
    value = some_value(random)
    origin = get(root, path)
    return at(root, path, replace(value, origin=origin) if random.random() < 0.5 else value)


def _set_word(random: Random, root: Node, path: Path) -> Node | None:
    node = get(root, path)
    if not isinstance(node, Scalar):
        return None
    word = random.choice(("word", "x-1", "0.5", "yes", "80:80"))
    return at(root, path, Scalar(word, random.choice(("", "", "'", '"')), origin=node))


def _remove(random: Random, root: Node, path: Path) -> Node | None:
    if not path:
        return None
    parent, step = get(root, path[:-1]), path[-1]
    if isinstance(parent, Mapping):
        return at(root, path[:-1], parent.without(str(step)))
    assert isinstance(parent, Sequence)
    items = tuple(item for index, item in enumerate(parent.items) if index != step)
    return at(root, path[:-1], parent.with_items(items))


def _thin_out(random: Random, root: Node, path: Path) -> Node | None:
    node = get(root, path)
    if isinstance(node, Mapping):
        return at(root, path, node.with_entries(tuple(entry for entry in node.entries if random.random() < 0.6)))
    if isinstance(node, Sequence):
        return at(root, path, node.with_items(tuple(item for item in node.items if random.random() < 0.6)))
    return None


def _insert(random: Random, root: Node, path: Path) -> Node | None:
    node = get(root, path)
    if isinstance(node, Mapping):
        key = Scalar(random.choice(("new_key", "a.b", "x y", "80", "with: colon", "é")))
        place = random.choice((len(node.entries), random.randint(0, len(node.entries))))
        new = Entry(key if node.entry(key.text) is None else Scalar(f"k{random.randint(0, 10**9)}"), some_value(random))
        return at(root, path, node.with_entries((*node.entries[:place], new, *node.entries[place:])))
    if isinstance(node, Sequence):
        place = random.choice((len(node.items), random.randint(0, len(node.items))))
        return at(root, path, node.with_items((*node.items[:place], some_value(random), *node.items[place:])))
    return None


def _rename(random: Random, root: Node, path: Path) -> Node | None:
    if not path or not isinstance(path[-1], str):
        return None
    parent = get(root, path[:-1])
    assert isinstance(parent, Mapping)
    name = random.choice(("renamed", "re.named", "re: named", "90"))
    if parent.entry(name) is not None:
        parent = parent.without(name)  # the new name takes the place of another, which goes
    entries = tuple(
        replace(entry, key=Scalar(name, origin=entry.key.origin or entry.key)) if entry.name == path[-1] else entry
        for entry in parent.entries
    )
    return at(root, path[:-1], parent.with_entries(entries))


def _swap_names(random: Random, root: Node, path: Path) -> Node | None:
    node = get(root, path)
    if not isinstance(node, Mapping) or len(node.entries) < 2 or any(entry.inherited for entry in node.entries):
        return None
    one, two = random.sample(range(len(node.entries)), 2)
    keys = [entry.key for entry in node.entries]
    new = list(node.entries)
    new[one] = replace(new[one], key=Scalar(keys[two].text, keys[two].style, origin=keys[one].origin or keys[one]))
    new[two] = replace(new[two], key=Scalar(keys[one].text, keys[one].style, origin=keys[two].origin or keys[two]))
    return at(root, path, node.with_entries(tuple(new)))


def _reorder(random: Random, root: Node, path: Path) -> Node | None:
    node = get(root, path)
    if not isinstance(node, Sequence):
        return None
    return at(root, path, node.with_items(tuple(random.sample(node.items, len(node.items)))))


def _copy(random: Random, root: Node, path: Path) -> Node | None:
    other = random.choice(list(paths_of(root)))
    return at(root, path, get(root, other)) if len(other) >= len(path) or path[: len(other)] != other else None


_KINDS: tuple[Change, ...] = (
    *(_set, _set, _set_word, _remove, _remove, _thin_out),
    *(_insert, _insert, _insert, _rename, _swap_names, _reorder, _copy),
)


def changed(random: Random, root: Node) -> Node:
    """`root` with one change somewhere."""
    for _ in range(20):
        paths = list(paths_of(root))
        new = random.choice(_KINDS)(random, root, random.choice(paths))
        if new is not None:
            return new
    return root
