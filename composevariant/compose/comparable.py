"""Convert a Compose file to plain data that compares by meaning, in any notation.

List items are keyed by their identity. A list of `KEY=VALUE` items equals the corresponding mapping, and an item in the
short syntax equals the same item in the long syntax if both can express it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.compose.attributes import ATTRIBUTES
from composevariant.compose.identities import item_key, notation_of
from composevariant.compose.short_forms import canonical_pairs, forms_of, in_notation_of
from composevariant.tree import Mapping, Scalar, Sequence, go_text, is_null, plain_meaning, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from composevariant.tree import Node, Path


class Leaf(str):
    """A value without parts.

    The string contains the kind and the meaning of the value, so leaves with the same meaning are equal.
    """

    __slots__ = ("shown",)

    shown: str
    """The value as displayed, on one or more lines."""

    def __new__(cls, kind: str, meaning: str, shown: str | None = None) -> Self:
        leaf = super().__new__(cls, f"{kind} {meaning}")
        leaf.shown = meaning if shown is None else shown
        return leaf


Data: TypeAlias = "Leaf | dict[str, Data] | list[Data]"

NO_VALUE: Final = Leaf("null", "", "(no value)")
"""The value of a variable that is given by name only."""

_IMPLIED: Final = {"condition": "str service_started", "required": "bool true", "restart": "bool false"}
"""The settings implied by a bare name in `depends_on`."""


def data_of_both(before: Node, after: Node, path: Path = ()) -> tuple[Data, Data]:
    """Return the data of two trees, without the services and definitions that are the same in both."""
    match before, after:
        case Mapping(), Mapping() if len(path) <= 1 and not _is_tagged(before, after):
            return _differing(before, after, path)
    return data_of(before, path), data_of(after, path)


def _differing(before: Mapping, after: Mapping, path: Path) -> tuple[Data, Data]:
    old: dict[str, Data] = {}
    new: dict[str, Data] = {}
    for name in dict.fromkeys((*before.names(), *after.names())):
        left, right, place = before.get(name), after.get(name), (*path, name)
        if left is None:
            new |= {name: data_of(right, place)} if right is not None else {}
        elif right is None:
            old[name] = data_of(left, place)
        elif not same(left, right):
            old[name], new[name] = data_of_both(left, right, place)
    return old, new


def data_of(node: Node, path: Path) -> Data:
    """Return the data of the node at a path."""
    if isinstance(node, Scalar):
        return _scalar(node, path)
    if _is_tagged(node):
        return _tagged(node)
    if notation_of(path) == "pairs" and _are_pairs(node):
        return _by_key((pair.key, _text(pair.value)) for pair in canonical_pairs(node))
    if isinstance(node, Sequence):
        return _list(node.items, path)
    if notation_of(path) == "names":
        return {name: _named(name, value, path) for name, value in node.items()}
    return {name: data_of(value, (*path, name)) for name, value in node.items()}


def keyed_data_of(node: Node, path: Path) -> tuple[Path, Data]:
    """Return the path of a node within the data, and the data of the node.

    The path of a list item ends with its key, if the item has a key.
    """
    above = path[:-1]
    if path and isinstance(path[-1], int):
        found = _list((node,), above)
        if isinstance(found, dict) and len(found) == 1:
            ((key, value),) = found.items()
            return (*above, key), value
    return path, data_of(node, path)


def _scalar(node: Scalar, path: Path) -> Data:
    if path[:1] == ("services",) and path[2:] == ("build",) and not is_null(node):
        return {"context": leaf(node)}
    if not is_null(node) and (item_key(path, node) is not None):
        return _list((node,), path)
    return leaf(node)


def _list(items: tuple[Node, ...], path: Path) -> Data:
    notation = notation_of(path)
    if notation == "pairs" and _are_pairs(whole := Sequence(items)):
        return _by_key((pair.key, _text(pair.value)) for pair in canonical_pairs(whole))
    attribute = ATTRIBUTES.at(path)
    forms, ordered = forms_of(attribute), attribute is not None and attribute.ordered
    short = [in_notation_of(forms, in_notation_of(forms, item, Mapping()), Scalar("")) for item in items]
    keys = [item_key(path, item) for item in items]
    if ordered or None in keys:
        parts = [_value(item, path, key) for item, key in zip(short, keys, strict=True)]
        plain = ordered or all(isinstance(part, Leaf) for part in parts)
        return Leaf("list", _canonical(parts), flow(parts)) if plain else parts
    if notation == "names":
        return _by_key((str(key), _named(str(key), None, path)) for key in keys)
    return _by_key((str(key), _value(item, path, key)) for key, item in zip(keys, short, strict=True))


def _value(item: Node, path: Path, key: str | None) -> Data:
    """Return the data of a list item. Compose converts a scalar with a key to a string."""
    return _text(item) if isinstance(item, Scalar) and key is not None else data_of(item, (*path, "*"))


def _named(name: str, settings: Node | None, path: Path) -> Data:
    """Return the settings of a name in `depends_on`, `networks` or `models`, without implied settings."""
    if settings is None or is_null(settings):
        return {}
    data = data_of(settings, (*path, name))
    if not isinstance(data, dict) or path[-1] != "depends_on":
        return data
    return {key: value for key, value in data.items() if _IMPLIED.get(key) != value}


def leaf(node: Scalar) -> Leaf:
    """Return the leaf of a scalar. A string that looks like another type is displayed in quotes."""
    kind = node.meaning.kind
    tag = f"{node.tag} " if _is_tagged(node) else ""
    text = node.text if kind in ("int", "float", "timestamp", "str") else go_text(node.meaning, "null")
    quoted = kind == "str" and (plain_meaning(text).kind != "str" or text != text.strip())
    return Leaf(f"{tag}{kind}", text if kind != "null" else "null", f'{tag}"{text}"' if quoted else f"{tag}{text}")


def flow(data: Data, *, inside: bool = False) -> str:
    """Return the data on one line in YAML's flow style."""
    if isinstance(data, dict):
        return f"{{{', '.join(f'{key}: {flow(value, inside=True)}' for key, value in data.items())}}}"
    if isinstance(data, list):
        return f"[{', '.join(flow(value, inside=True) for value in data)}]"
    text = data.shown
    if text.startswith('"'):
        return text
    return f'"{text}"' if inside and data.startswith("str ") and any(char in text for char in ',[]{}"') else text


def _text(node: Node | None) -> Leaf:
    """Return the leaf of a value that Compose converts to a string, for example in `environment`."""
    if not isinstance(node, Scalar) or is_null(node):
        return NO_VALUE
    text = go_text(node.meaning, node.text)
    return Leaf("str", text, text or '""')


def _canonical(data: Data) -> str:
    """Return a string that is equal for equal data. The order of a mapping is ignored."""
    if isinstance(data, dict):
        return repr(sorted((key, _canonical(value)) for key, value in data.items()))
    return repr([_canonical(value) for value in data] if isinstance(data, list) else str(data))


def _by_key(pairs: Iterable[tuple[str, Data]]) -> dict[str, Data]:
    """Return the pairs by key.

    If a key is repeated, the last value takes effect and the earlier ones are marked as duplicates.
    """
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
    """Return whether one of the nodes has a tag that is not YAML's own, such as `!reset`."""
    return any(node.tag is not None and not node.tag.startswith("!!") for node in nodes)


def _tagged(node: Mapping | Sequence) -> Leaf:
    """Return a tagged collection as one value, because the effect of the tag is unknown here."""
    inner = _literal(node)
    return Leaf(f"tagged {node.tag}", _canonical(inner), f"{node.tag} {flow(inner)}")


def _literal(node: Node) -> Data:
    if isinstance(node, Scalar):
        return leaf(node)
    if isinstance(node, Sequence):
        return [_literal(item) for item in node.items]
    return {name: _literal(value) for name, value in node.items()}
