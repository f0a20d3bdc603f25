"""A Compose file as plain data that compares by meaning: the same thing has the same key, in whatever notation.

Items of lists go by their identity key, `KEY=VALUE` lists and mappings are one, and so are the short and the long form
of an item where both can say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.compose.attributes import ATTRIBUTES
from composevariant.compose.identities import notation_of
from composevariant.compose.short_forms import canonical_pairs, forms_of, in_notation_of
from composevariant.tree import Mapping, Scalar, Sequence, go_text, is_null, plain_meaning, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from composevariant.tree import Node, Path


ItemKey: TypeAlias = "Callable[[tuple[str | int, ...], Node], str | None]"
"""Return the identity key of a list item, or None if its position identifies it."""


class Leaf(str):
    """A value that is shown as one. The string itself is kind and meaning: equal for what means the same."""

    __slots__ = ("shown",)

    shown: str
    """How the value is shown, on one line or several."""

    def __new__(cls, kind: str, meaning: str, shown: str | None = None) -> Self:
        leaf = super().__new__(cls, f"{kind} {meaning}")
        leaf.shown = meaning if shown is None else shown
        return leaf


Data: TypeAlias = "Leaf | dict[str, Data] | list[Data]"


NO_VALUE: Final = Leaf("null", "", "(no value)")
"""The value of a variable that is only named."""


_IMPLIED: Final = {"condition": "str service_started", "required": "bool true", "restart": "bool false"}
"""What a name alone means in `depends_on`."""


class Comparable:
    """Makes plain data of nodes; `item_key` is the key by which Compose makes the list at a path unique."""

    def __init__(self, item_key: ItemKey) -> None:
        self._item_key = item_key

    def both(self, before: Node, after: Node, path: Path = ()) -> tuple[Data, Data]:
        """Two trees, without the services and definitions that are the same in both."""
        match before, after:
            case Mapping(), Mapping() if len(path) <= 1 and not _is_tagged(before, after):
                return self._differing(before, after, path)
        return self.data(before, path), self.data(after, path)

    def _differing(self, before: Mapping, after: Mapping, path: Path) -> tuple[Data, Data]:
        old: dict[str, Data] = {}
        new: dict[str, Data] = {}
        for name in dict.fromkeys((*before.names(), *after.names())):
            left, right, place = before.get(name), after.get(name), (*path, name)
            if left is None:
                new |= {name: self.data(right, place)} if right is not None else {}
            elif right is None:
                old[name] = self.data(left, place)
            elif not same(left, right):
                old[name], new[name] = self.both(left, right, place)
        return old, new

    def data(self, node: Node, path: Path) -> Data:
        """The node at a path."""
        if isinstance(node, Scalar):
            return self._scalar(node, path)
        if _is_tagged(node):
            return _tagged(node)
        if notation_of(path) == "pairs" and _are_pairs(node):
            return _keyed((pair.key, _text(pair.value)) for pair in canonical_pairs(node))
        if isinstance(node, Sequence):
            return self._list(node.items, path)
        if notation_of(path) == "names":
            return {name: self._named(name, value, path) for name, value in node.items()}
        return {name: self.data(value, (*path, name)) for name, value in node.items()}

    def placed(self, node: Node, path: Path) -> tuple[Path, Data]:
        """The node at a path, and where it is in the data: an item of a list is under its key, if it has one."""
        above = path[:-1]
        if path and isinstance(path[-1], int):
            found = self._list((node,), above)
            if isinstance(found, dict) and len(found) == 1:
                ((key, value),) = found.items()
                return (*above, key), value
        return path, self.data(node, path)

    def _scalar(self, node: Scalar, path: Path) -> Data:
        if path[:1] == ("services",) and path[2:] == ("build",) and not is_null(node):
            return {"context": leaf(node)}
        if not is_null(node) and (self._item_key(path, node) is not None):
            return self._list((node,), path)
        return leaf(node)

    def _list(self, items: tuple[Node, ...], path: Path) -> Data:
        notation = notation_of(path)
        if notation == "pairs" and _are_pairs(whole := Sequence(items)):
            return _keyed((pair.key, _text(pair.value)) for pair in canonical_pairs(whole))
        attribute = ATTRIBUTES.at(path)
        forms, ordered = forms_of(attribute), attribute is not None and attribute.ordered
        short = [in_notation_of(forms, in_notation_of(forms, item, Mapping()), Scalar("")) for item in items]
        keys = [self._item_key(path, item) for item in items]
        if ordered or None in keys:
            parts = [self._value(item, path, key) for item, key in zip(short, keys, strict=True)]
            plain = ordered or all(isinstance(part, Leaf) for part in parts)
            return Leaf("list", _canonical(parts), flow(parts)) if plain else parts
        if notation == "names":
            return _keyed((str(key), self._named(str(key), None, path)) for key in keys)
        return _keyed((str(key), self._value(item, path, key)) for key, item in zip(keys, short, strict=True))

    def _value(self, item: Node, path: Path, key: str | None) -> Data:
        """An item. Of one with a key Compose makes a text."""
        return _text(item) if isinstance(item, Scalar) and key is not None else self.data(item, (*path, "*"))

    def _named(self, name: str, settings: Node | None, path: Path) -> Data:
        """What `depends_on`, `networks` or `models` say of a name, without what goes without saying."""
        if settings is None or is_null(settings):
            return {}
        said = self.data(settings, (*path, name))
        if not isinstance(said, dict) or path[-1] != "depends_on":
            return said
        return {key: value for key, value in said.items() if _IMPLIED.get(key) != value}


def leaf(node: Scalar) -> Leaf:
    """A scalar. A text that could be taken for something else is shown in quotes."""
    kind = node.meaning.kind
    tag = f"{node.tag} " if _is_tagged(node) else ""
    text = node.text if kind in ("int", "float", "timestamp", "str") else go_text(node.meaning, "null")
    quoted = kind == "str" and (plain_meaning(text).kind != "str" or text != text.strip())
    return Leaf(f"{tag}{kind}", text if kind != "null" else "null", f'{tag}"{text}"' if quoted else f"{tag}{text}")


def flow(data: Data, *, inside: bool = False) -> str:
    """The data on one line, as YAML's flow style writes it."""
    if isinstance(data, dict):
        return f"{{{', '.join(f'{key}: {flow(value, inside=True)}' for key, value in data.items())}}}"
    if isinstance(data, list):
        return f"[{', '.join(flow(value, inside=True) for value in data)}]"
    text = data.shown
    if text.startswith('"'):
        return text
    return f'"{text}"' if inside and data.startswith("str ") and any(char in text for char in ',[]{}"') else text


def _text(node: Node | None) -> Leaf:
    """A value of which Compose makes a text, as it does with everything in `environment`."""
    if not isinstance(node, Scalar) or is_null(node):
        return NO_VALUE
    text = go_text(node.meaning, node.text)
    return Leaf("str", text, text or '""')


def _canonical(data: Data) -> str:
    """The same text for the same data. The order of a mapping does not count."""
    if isinstance(data, dict):
        return repr(sorted((key, _canonical(value)) for key, value in data.items()))
    return repr([_canonical(value) for value in data] if isinstance(data, list) else str(data))


def _keyed(pairs: Iterable[tuple[str, Data]]) -> dict[str, Data]:
    """The pairs by key. Of equal keys the last one counts, so the earlier ones are called duplicates."""
    found: dict[str, Data] = {}
    for key, value in reversed(list(pairs)):
        free = key
        while free in found:
            free += " (duplicate)"
        found[free] = value
    return dict(reversed(found.items()))


def _are_pairs(node: Mapping | Sequence) -> bool:
    values: Iterator[Node] = (entry.value for entry in node.entries) if isinstance(node, Mapping) else iter(node.items)
    return all(isinstance(value, Scalar) and not _is_tagged(value) for value in values)


def _is_tagged(*nodes: Node) -> bool:
    """Whether one of the nodes has a tag that is not YAML's own, such as `!reset`."""
    return any(node.tag is not None and not node.tag.startswith("!!") for node in nodes)


def _tagged(node: Mapping | Sequence) -> Leaf:
    """A collection with a tag as one value: what the tag does to it is not for us to say."""
    inner = _literal(node)
    return Leaf(f"tagged {node.tag}", _canonical(inner), f"{node.tag} {flow(inner)}")


def _literal(node: Node) -> Data:
    if isinstance(node, Scalar):
        return leaf(node)
    if isinstance(node, Sequence):
        return [_literal(item) for item in node.items]
    return {name: _literal(value) for name, value in node.items()}
