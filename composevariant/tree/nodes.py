"""Immutable YAML nodes, and the values that plain scalars have for Docker Compose, which uses go-yaml v3.

Scalars follow the rules in `resolve.go` of go-yaml v3, checked against `docker compose config` 2.40.3. For example,
`0444` is 292 and `1_000` is 1000, while `yes` and `22:22` are strings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.source import Location, Source

Kind = Literal["null", "bool", "int", "float", "timestamp", "str"]


class Meaning(NamedTuple):
    """The kind and value of a scalar. The value of a string or timestamp is its text."""

    kind: Kind
    value: str | int | float | bool | None


_NULL: Final = Meaning("null", None)

_WORDS: Final[dict[str, Meaning]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL),
    **dict.fromkeys(("true", "True", "TRUE"), Meaning("bool", value=True)),
    **dict.fromkeys(("false", "False", "FALSE"), Meaning("bool", value=False)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Meaning("float", float("nan"))),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), Meaning("float", float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Meaning("float", float("-inf"))),
}

_DATE: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"

_CLOCK: Final = r"(?:[01]?\d|2[0-3])(?::[0-5]?\d){2}(?:[.,]\d+)?"

_TIMESTAMP: Final = re.compile(rf"{_DATE}(?:[Tt]{_CLOCK}(?:Z|[-+]\d\d:\d\d)| +{_CLOCK})?", re.ASCII)

_INTEGER: Final = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII)

_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)

_FEBRUARY: Final = 2

_DAYS: Final = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The number of days in each month, with January at index 1."""

_MIN_INT, _MAX_UINT = -(2**63), 2**64 - 1

_MAX_DIGITS: Final = 100
"""The maximum number of digits. Longer numbers are out of range in any case, and Python cannot parse 5,000 digits."""

_LEAST_FIXED, _LEAST_WITH_EXPONENT = 1e-4, 1e6


def plain_meaning(text: str) -> Meaning:
    """Return the meaning of a plain scalar without a tag."""
    known = _WORDS.get(text)
    if known is not None:
        return known
    if text[0] not in "+-.0123456789":
        return Meaning("str", text)
    if _is_timestamp(text):
        return Meaning("timestamp", text)
    digits = text if text[0] == "." else text.replace("_", "")
    integer = _INTEGER.fullmatch(digits)
    number = None if integer is None else _integer(integer)
    if number is not None and _MIN_INT <= number <= _MAX_UINT:
        return Meaning("int", number)
    if _FLOAT.fullmatch(digits):
        size = float(digits)
        if abs(size) != float("inf"):
            return Meaning("float", size)
    return Meaning("str", text)


def _is_timestamp(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    in_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    extra = month == _FEBRUARY and in_leap_year
    return month < len(_DAYS) and 1 <= day <= _DAYS[month] + extra


def _integer(match: re.Match[str]) -> int | None:
    sign, hexadecimal, binary, octal, decimal = match.groups()
    for digits, base in ((hexadecimal, 16), (binary, 2), (octal, 8), (decimal, 10)):
        if digits is not None:
            return int(f"{sign}{digits}", base) if len(digits) < _MAX_DIGITS else None
    return None


def tagged_meaning(tag: str, text: str) -> Meaning:
    """Return the meaning of a scalar with a core tag such as `!!str`. Other tags do not affect the meaning."""
    if tag == "!!str":
        return Meaning("str", text)
    meaning = plain_meaning(text)
    if tag == "!!float" and meaning.kind == "int" and isinstance(meaning.value, int):
        return Meaning("float", float(meaning.value))
    return meaning


def go_text(meaning: Meaning, text: str) -> str:
    """Return a value as Go prints it when Compose converts the value to a string, so that `1.10` becomes `1.1`.

    Compose does this with keys and in `environment`.
    """
    if meaning.kind == "bool":
        return "true" if meaning.value else "false"
    if meaning.kind == "int":
        return str(meaning.value)
    if meaning.kind == "float" and isinstance(meaning.value, float):
        return _go_float(meaning.value)
    return text


def _go_float(value: float) -> str:
    """Return a float in Go's `%v` format: shortest digits, with an exponent from 1e6 and below 1e-4."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[repr(value)]
    size = abs(value)
    if not size or _LEAST_FIXED <= size < _LEAST_WITH_EXPONENT:
        return repr(value).removesuffix(".0")
    mantissa, _, exponent = repr(size).partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = len(whole) - 1 + int(exponent or 0)
    digits = (whole + fraction).rstrip("0")
    mantissa = f"{digits[0]}.{digits[1:]}".removesuffix(".")
    return f"{'-' if value < 0 else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"


class Span(NamedTuple):
    """The offsets of a node. `begin` includes the anchor and tag, while `start` and `end` enclose only the content."""

    source: Source
    begin: int
    start: int
    end: int

    def location(self) -> Location:
        return self.source.location(self.begin)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A scalar, which consists of the decoded text and the way it is written (`style` is "", ', ", | or >)."""

    text: str
    style: str = ""
    tag: str | None = None
    anchor: str | None = None
    span: Span | None = None
    origin: Node | None = None
    """The node that this node replaces, from which it takes its comment and position."""

    @property
    def meaning(self) -> Meaning:
        if self.tag is not None and self.tag.startswith("!!"):
            return tagged_meaning(self.tag, self.text)
        return plain_meaning(self.text) if self.style == "" else Meaning("str", self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key and its value. An `inherited` entry was merged by `<<` and is written elsewhere."""

    key: Scalar
    value: Node
    inherited: bool = False
    colon: int = -1
    """The offset of the colon, or -1 for an entry that is not in a text or has no colon."""

    @property
    def name(self) -> str:
        """The key as Compose sees it, which is always a string. Thus `80` and `"80"` are the same key."""
        key = self.key  # inlines the common case of key_name, because no other property is read as often
        return key.text if key.style or key.text[:1] not in _MAY_BE_RESPELLED else key_name(key)


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """An ordered mapping."""

    entries: tuple[Entry, ...] = ()
    flow: bool = False
    tag: str | None = None
    anchor: str | None = None
    span: Span | None = None
    origin: Node | None = None
    _index: dict[str, Entry] = field(default_factory=dict, init=False, repr=False)

    def entry(self, name: str) -> Entry | None:
        if not self._index and self.entries:
            self._index.update({entry.name: entry for entry in reversed(self.entries)})
        return self._index.get(name)

    def has_twice(self) -> bool:
        """Return whether two entries have the same name."""
        self.entry("")
        return len(self._index) < len(self.entries)

    def get(self, name: str) -> Node | None:
        found = self.entry(name)
        return found.value if found else None

    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]

    def items(self) -> Iterator[tuple[str, Node]]:
        return ((entry.name, entry.value) for entry in self.entries)

    def with_entries(self, entries: tuple[Entry, ...]) -> Mapping:
        return replace(self, entries=entries, origin=self.origin or self)

    def with_value(self, name: str, value: Node, key: Scalar | None = None) -> Mapping:
        """Return the mapping with `name` set, at its current position or at the end if it is new."""
        old = self.entry(name)
        if old is None:
            return self.with_entries((*self.entries, Entry(key or Scalar(name), value)))
        if old.value is value:
            return self
        new = Entry(old.key, value, old.inherited)
        return self.with_entries(tuple(new if entry is old else entry for entry in self.entries))

    def without(self, *names: str) -> Mapping:
        kept = tuple(entry for entry in self.entries if entry.name not in names)
        return self if len(kept) == len(self.entries) else self.with_entries(kept)


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...] = ()
    flow: bool = False
    tag: str | None = None
    anchor: str | None = None
    span: Span | None = None
    origin: Node | None = None
    dashes: tuple[int, ...] = ()
    """The offsets of the dashes of a block list, one per item."""

    def with_items(self, items: tuple[Node, ...]) -> Sequence:
        return replace(self, items=items, origin=self.origin or self)


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """An alias `*name` as written. A resolved tree contains the target of the alias instead."""

    name: str
    target: WrittenNode
    span: Span | None = None


_MAY_BE_RESPELLED = "+-.0123456789tTfF"
"""The first characters of plain keys that Go may print differently, because they can start a number or a boolean."""


def key_name(key: Scalar) -> str:
    """Return a key as Compose sees it. See `Entry.name`."""
    if key.style or key.text[:1] not in _MAY_BE_RESPELLED or key.tag == "!!str":
        return key.text
    return go_text(key.meaning, key.text)


Node: TypeAlias = Scalar | Mapping | Sequence
"""A node of a resolved tree."""

WrittenNode: TypeAlias = Scalar | Mapping | Sequence | Alias
"""A node as written. Any child of a written collection may be an `Alias`."""

NULL = Scalar("null")


def string(text: str) -> Scalar:
    """Return a new scalar with the string `text`, which is plain if the text allows a plain scalar."""
    return Scalar(text, "" if plain_meaning(text).kind == "str" else '"')


def same(left: WrittenNode, right: WrittenNode) -> bool:
    """Return whether two resolved nodes have the same value.

    Numbers must also be spelled the same, because `1.10` and `1.1` differ as strings. The order of list items matters,
    but the order of mapping entries does not.
    """
    if left is right:
        return True
    if isinstance(left, Scalar):
        return isinstance(right, Scalar) and _same_scalar(left, right)
    if isinstance(left, Sequence):
        return (
            isinstance(right, Sequence)
            and left.tag == right.tag
            and len(left.items) == len(right.items)
            and all(map(same, left.items, right.items))
        )
    return isinstance(left, Mapping) and isinstance(right, Mapping) and _same_mapping(left, right)


def _same_scalar(left: Scalar, right: Scalar) -> bool:
    if left.text == right.text and left.style == right.style and left.tag == right.tag:
        return True
    ours, theirs = left.meaning, right.meaning
    if ours.kind != theirs.kind or _own_tag(left) != _own_tag(right):
        return False
    return left.text == right.text if ours.kind in ("int", "float") else ours.value == theirs.value


def _own_tag(scalar: Scalar) -> str | None:
    return scalar.tag if scalar.tag and not scalar.tag.startswith("!!") else None


def _same_mapping(left: Mapping, right: Mapping) -> bool:
    if left.tag != right.tag or len(left.entries) != len(right.entries):
        return False
    for entry in left.entries:
        other = right.get(entry.name)
        if other is None or not same(entry.value, other):
            return False
    return True


def node_text(node: Node) -> str:
    """Return a text that is equal for nodes that are the same (see `same`) and order mapping entries alike."""
    if isinstance(node, Mapping):
        entries = ", ".join(f"{name!a}: {node_text(value)}" for name, value in node.items())
        return f"{_prefix(node.tag)}{{{entries}}}"
    if isinstance(node, Sequence):
        return f"{_prefix(node.tag)}[{', '.join(map(node_text, node.items))}]"
    kind, value = node.meaning
    if kind in ("int", "float", "timestamp"):
        text = f"!!{kind} {node.text!a}"
    else:
        text = ascii(value) if kind == "str" else str(value).lower()
    return f"{_prefix(_own_tag(node))}{text}"


def _prefix(tag: str | None) -> str:
    return f"{tag} " if tag else ""


def location_of(node: WrittenNode | None) -> Location | None:
    """Return the location of a node, or of its nearest origin that has a location."""
    while node is not None:
        if node.span is not None:
            return node.span.location()
        node = None if isinstance(node, Alias) else node.origin
    return None


def plain(node: Node) -> object:
    """Return a node as plain Python data, for libraries that need dicts and lists."""
    if isinstance(node, Mapping):
        return {entry.name: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.meaning.value


Path: TypeAlias = tuple[str | int, ...]
"""The path of a node, made of keys of mappings and positions in lists."""
