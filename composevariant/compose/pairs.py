"""`KEY=VALUE` as an item of a list and as an entry of a mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.placing import is_null
from composevariant.compose.sections import key_and_value, sections
from composevariant.scalars import go_text
from composevariant.tree import NULL, Entry, Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node


class Pair(NamedTuple):
    """A key with its value; None is the value of a bare `KEY`."""

    key: str
    """As a list has it, where `$` starts a variable. In the keys of mappings Compose replaces no variables."""
    value: Scalar | None
    written: Scalar
    """The item of the list, or the key of the mapping."""

    @property
    def text(self) -> str:
        """What Compose's merge makes of it, with the value as Go prints it."""
        return self.key if self.value is None else f"{self.key}={go_text(self.value.meaning, self.value.text)}"

    @property
    def name(self) -> str | None:
        """The key as a mapping has it; None when it holds a variable, which no mapping can say."""
        return None if "$" in self.key.replace("$$", "") else self.key.replace("$$", "$")

    def item(self) -> Scalar:
        """The pair as an item of a list."""
        return self.written if self.written.text == self.text else self._respelled(self.text)

    def entry(self, name: str) -> Entry:
        """The pair as an entry of a mapping."""
        return Entry(self.written if self.written.text == name else self._respelled(name), self.value or NULL)

    def _respelled(self, text: str) -> Scalar:
        return replace(string(text), origin=self.written)


def pairs_of(node: Node) -> Iterator[Pair]:
    """The pairs that a mapping, a list or a single text holds; what is no pair is left out."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            for value in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
                if isinstance(value, Scalar):
                    yield Pair(entry.name.replace("$", "$$"), None if is_null(value) else value, entry.key)
        return
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar):
            key, text = key_and_value(item.text)
            yield Pair(key, None if text is None else string(text), item)


def as_list(mapping: Mapping) -> Sequence:
    """A mapping in the notation of a list."""
    return Sequence(tuple(pair.item() for pair in pairs_of(mapping)), tag=mapping.tag, origin=mapping.origin or mapping)


def item_with_value(old: str, value: Scalar, *, host: bool = False) -> Scalar:
    """The item `old` of a list, a bare `KEY` or `KEY=VALUE`, with another value. Of a `HOST:IP` the colon stays."""
    key, former = key_and_value(old)
    separator = "="
    if host and former is None:
        key, *rest = sections(old, ":")
        separator = ":" if rest else "="
    return string(key if is_null(value) else f"{key}{separator}{go_text(value.meaning, value.text)}")
