"""Reading an overlay or project file key by key. All that is wrong is collected, each with its place.

A reader of a wrong value notes the problem and gives back something harmless, so that reading goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.tree.nodes import Mapping, Scalar, Sequence, location_of
from composevariant.tree.paths import PathPattern, parse_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from collections.abc import Mapping as Table

    from composevariant.source import Location
    from composevariant.tree.nodes import Node

T = TypeVar("T")
Default = TypeVar("Default")
Word = TypeVar("Word", bound=str)
Kind = TypeVar("Kind", Scalar, Mapping, Sequence)


class Field(NamedTuple):
    """A key of a mapping with the value that belongs to it."""

    key: str
    key_location: Location | None
    value: Value


class Value(NamedTuple):
    """A value, the name that messages give it, and the list that takes the problems."""

    node: Node
    name: str
    problems: list[ComposeVariantError]

    @property
    def location(self) -> Location | None:
        return location_of(self.node)

    def refuse(self, what: str, hint: str = "") -> None:
        """Note that this value is wrong: `<name> <what>`."""
        self.problems.append(UnusableInput(f"{self.name or 'the file'} {what}", self.location, hint))

    def scalar(self, expected: str) -> Scalar | None:
        """The value if it is neither a list nor a mapping."""
        return self._untagged(Scalar, expected)

    def text(self) -> str:
        scalar = self.scalar("text")
        if scalar is None:
            return ""
        if scalar.meaning.kind not in ("str", "timestamp"):
            self.expected("text", f'for text, write "{scalar.text}"')
        elif not scalar.text:
            self.refuse("is empty text")
        return scalar.text

    def flag(self) -> bool:
        scalar = self.scalar("true or false")
        if scalar is not None and scalar.meaning.kind != "bool":
            self.expected("true or false")
        return scalar is not None and scalar.meaning.value is True

    def path(self) -> PathPattern:
        text = self.text()
        return _path(text, self.location, self.problems) if text else ()

    def items(self, of: str) -> list[Value]:
        """The items of a list; `of` says in the plural what they are."""
        sequence = self._untagged(Sequence, f"a list of {of}")
        items = sequence.items if sequence else ()
        return [Value(item, f"{self.name}[{index}]", self.problems) for index, item in enumerate(items)]

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items("texts"))

    def one_or_more(self) -> list[Value]:
        """The items of a list that must not be empty, or the one thing that is written in its stead."""
        if not isinstance(self.node, Sequence):
            return [self]
        if not self.node.items:
            self.refuse("is an empty list")
        return self.items("texts")

    def fields(self) -> Fields:
        """The keys of a mapping."""
        return Fields(self._untagged(Mapping, "a mapping") or Mapping(), self)

    def optional_fields(self) -> Fields:
        """The keys of a mapping, none where the value is empty."""
        empty = isinstance(self.node, Scalar) and self.node.meaning.kind == "null"
        return Fields(Mapping(), self) if empty else self.fields()

    def content(self) -> Mapping:
        """A mapping of plain Compose YAML, whose tags are Compose's business."""
        if isinstance(self.node, Mapping):
            return self.node
        self.expected("a mapping of plain Compose YAML")
        return Mapping()

    def _untagged(self, kind: type[Kind], expected: str) -> Kind | None:
        if self.node.tag is not None and not self.node.tag.startswith("!!"):
            self.refuse(f"has the tag {self.node.tag}, which means nothing here")
        elif isinstance(self.node, kind):
            return self.node
        else:
            self.expected(expected)
        return None

    def expected(self, what: str, hint: str = "") -> None:
        if isinstance(self.node, Scalar) and self.node.meaning.kind == "null":
            self.refuse(f"is empty, it must be {what}")
        else:
            self.refuse(f"must be {what}, not {_shown(self.node)}", hint)


class Fields(NamedTuple):
    """A mapping whose keys are looked at one by one."""

    mapping: Mapping
    whole: Value

    def check_keys(self, known: Collection[str], wrong: Table[str, str] | None = None) -> None:
        """Note every key that is not known; `wrong` has better words for some of them."""
        for key, location, value in self.all():
            if key in known:
                continue
            what, hint = (wrong or {}).get(key), ""
            if what is None:
                what = f"is not a known key{did_you_mean(key, known)}"
                hint = f"known here are {', '.join(known)}"
            value.problems.append(UnusableInput(f"{value.name} {what}", location, hint))

    def all(self) -> list[Field]:
        return [
            Field(entry.name, location_of(entry.key), self._value(entry.name, entry.value))
            for entry in self.mapping.entries
        ]

    def paths(self) -> list[tuple[PathPattern, Field]]:
        """All keys, which are paths."""
        return [(_path(field.key, field.key_location, self.whole.problems), field) for field in self.all()]

    def read(self, key: str, reader: Callable[[Value], T], default: Default) -> T | Default:
        """What `reader` makes of the value of a key, and the default where the key is absent."""
        node = self.mapping.get(key)
        return default if node is None else reader(self._value(key, node))

    def need(self, key: str, reader: Callable[[Value], T], otherwise: Default) -> T | Default:
        """The same for a key that must be there."""
        if self.mapping.get(key) is None and isinstance(self.whole.node, Mapping):
            self.whole.refuse(f'needs the key "{key}"')
        return self.read(key, reader, otherwise)

    def need_one_of(self, *keys: str) -> None:
        """Note when none of the keys is there."""
        if isinstance(self.whole.node, Mapping) and not any(map(self.mapping.entry, keys)):
            self.whole.refuse(f"needs {' or '.join(keys)}")

    def _value(self, key: str, node: Node) -> Value:
        return Value(node, f"{self.whole.name}.{key}" if self.whole.name else key, self.whole.problems)


def raise_in_order(problems: list[ComposeVariantError]) -> None:
    """Raise the problems of one file, if there are any, in the order of their places."""
    raise_all(sorted(problems, key=lambda problem: problem.location or ()))


def one_of(*words: Word) -> Callable[[Value], Word]:
    """A reader of one of these words."""

    def read(value: Value) -> Word:
        scalar = value.scalar(" or ".join(words))
        text = words[0] if scalar is None else scalar.text
        for word in words:
            if text == word:
                return word
        value.expected(" or ".join(words))
        return words[0]

    return read


def _path(text: str, location: Location | None, problems: list[ComposeVariantError]) -> PathPattern:
    try:
        return parse_path(text, location)
    except UnusableInput as error:
        problems.append(error)
        return ()


def _shown(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return f'"{node.text}"' if node.meaning.kind in ("str", "timestamp") else node.text
