"""Read an overlay or project file key by key, and collect all errors with their locations.

A reader that finds a wrong value records an error and returns a harmless default, so that reading can continue.
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
    """A key of a mapping and its value."""

    key: str
    key_location: Location | None
    value: Value


class Value(NamedTuple):
    """A value, the name of the value in messages, and the list that collects errors."""

    node: Node
    name: str
    problems: list[ComposeVariantError]

    @property
    def location(self) -> Location | None:
        return location_of(self.node)

    def refuse(self, problem: str, hint: str = "") -> None:
        """Add the error `<name> <problem>` at this value."""
        self.problems.append(UnusableInput(f"{self.name or 'the file'} {problem}", self.location, hint))

    def scalar(self, expected: str) -> Scalar | None:
        """Return the value if it is a scalar. Otherwise add an error and return None."""
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
        """Return the items of a list. `of` is a plural noun that describes the items in messages."""
        sequence = self._untagged(Sequence, f"a list of {of}")
        items = sequence.items if sequence else ()
        return [Value(item, f"{self.name}[{index}]", self.problems) for index, item in enumerate(items)]

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items("texts"))

    def one_or_more(self) -> list[Value]:
        """Return the items of a non-empty list, or the value itself if it is not a list."""
        if not isinstance(self.node, Sequence):
            return [self]
        if not self.node.items:
            self.refuse("is an empty list")
        return self.items("texts")

    def fields(self) -> Fields:
        """Return the fields of a mapping."""
        return Fields(self._untagged(Mapping, "a mapping") or Mapping(), self)

    def optional_fields(self) -> Fields:
        """Return the fields of a mapping. An empty value has no fields."""
        empty = isinstance(self.node, Scalar) and self.node.meaning.kind == "null"
        return Fields(Mapping(), self) if empty else self.fields()

    def content(self) -> Mapping:
        """Return a mapping of plain Compose YAML, which may have tags such as `!reset`."""
        if isinstance(self.node, Mapping):
            return self.node
        self.expected("a mapping of plain Compose YAML")
        return Mapping()

    def _untagged(self, kind: type[Kind], expected: str) -> Kind | None:
        if self.node.tag is not None and not self.node.tag.startswith("!!"):
            self.refuse(f"has the tag {self.node.tag}, which is not supported here")
        elif isinstance(self.node, kind):
            return self.node
        else:
            self.expected(expected)
        return None

    def expected(self, expected: str, hint: str = "") -> None:
        """Add the error that this value is not of the `expected` kind."""
        if isinstance(self.node, Scalar) and self.node.meaning.kind == "null":
            self.refuse(f"is empty, it must be {expected}")
        else:
            self.refuse(f"must be {expected}, not {_describe(self.node)}", hint)


class Fields(NamedTuple):
    """A mapping to read field by field."""

    mapping: Mapping
    whole: Value

    def check_keys(self, known: Collection[str], wrong: Table[str, str] | None = None) -> None:
        """Add an error for every unknown key. `wrong` contains special messages for some keys."""
        for key, location, value in self.all():
            if key in known:
                continue
            problem, hint = (wrong or {}).get(key), ""
            if problem is None:
                problem = f"is not a known key{did_you_mean(key, known)}"
                hint = f"the known keys are {', '.join(known)}"
            value.problems.append(UnusableInput(f"{value.name} {problem}", location, hint))

    def all(self) -> list[Field]:
        return [
            Field(entry.name, location_of(entry.key), self._value(entry.name, entry.value))
            for entry in self.mapping.entries
        ]

    def paths(self) -> list[tuple[PathPattern, Field]]:
        """Return all fields of a mapping whose keys are paths, each with the parsed path."""
        return [(_path(field.key, field.key_location, self.whole.problems), field) for field in self.all()]

    def read(self, key: str, reader: Callable[[Value], T], default: Default) -> T | Default:
        """Return the result of `reader` for the value of a key, or `default` if the key is missing."""
        node = self.mapping.get(key)
        return default if node is None else reader(self._value(key, node))

    def need(self, key: str, reader: Callable[[Value], T], default: Default) -> T | Default:
        """Read a required key as `read` does, but add an error if the key is missing."""
        if self.mapping.get(key) is None and isinstance(self.whole.node, Mapping):
            self.whole.refuse(f'needs the key "{key}"')
        return self.read(key, reader, default)

    def need_one_of(self, *keys: str) -> None:
        """Add an error if none of the keys is present."""
        if isinstance(self.whole.node, Mapping) and not any(map(self.mapping.entry, keys)):
            self.whole.refuse(f"needs {' or '.join(keys)}")

    def _value(self, key: str, node: Node) -> Value:
        return Value(node, f"{self.whole.name}.{key}" if self.whole.name else key, self.whole.problems)


def raise_in_order(problems: list[ComposeVariantError]) -> None:
    """Raise the errors of a file, if any, in the order of their locations."""
    raise_all(sorted(problems, key=lambda problem: problem.location or ()))


def one_of(*words: Word) -> Callable[[Value], Word]:
    """Return a reader that accepts one of these words."""

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


def _describe(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return f'"{node.text}"' if node.meaning.kind in ("str", "timestamp") else node.text
