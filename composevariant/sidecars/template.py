"""How a sidecar is added, as data: what a preset says besides how the sidecar is recognised.

`{{name}}` stands for a parameter or for what `add` knows: `{{target}}`, `{{project}}`, `{{logs}}`, `{{host}}` and
`{{output}}`. Anything else in braces is left alone, so that the templates of other programs pass.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.tree import Entry, Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.tree import Node

Mode = Literal["host", "stdout", "files", "receive"]
"""One for the whole host, one for what a container prints, one for the log files that a container writes, or one that
the containers send to."""

MODES: Final[tuple[Mode, ...]] = ("host", "stdout", "files", "receive")
_PLACE: Final = re.compile(r"\{\{(\w+)\}\}", re.ASCII)


class Config(NamedTuple):
    """A configuration file: where the sidecar reads it, and its text."""

    path: str
    text: str
    variable: str = "${{{variable}}}"
    """How it writes a variable of its environment."""


class Destination(NamedTuple):
    """Something that the sidecar can send to."""

    name: str
    images: tuple[str, ...] = ()
    """By which a service of the project is recognised as it."""
    options: Mapping = Mapping()
    """What is written in the configuration where the user says nothing else."""
    same_version: bool = False
    """Whether the sidecar goes with its version."""


class Parts(NamedTuple):
    """What one mode adds."""

    service: Mapping = Mapping()
    target: Mapping = Mapping()
    """What the service that is served gets."""
    config: Config | None = None


class Template(NamedTuple):
    """How a sidecar is added."""

    params: tuple[tuple[str, str | None], ...] = ()
    """The parameters with their defaults; None must be given."""
    versions: tuple[str, ...] = ()
    """The versions that the configuration is written for; none means any."""
    outputs: tuple[Destination, ...] = ()
    modes: tuple[tuple[Mode, Parts], ...] = ()

    def parts(self, mode: Mode) -> Parts | None:
        return dict(self.modes).get(mode)


def filled(node: Node, values: Table[str, str]) -> Node:
    """The node with the placeholders of these names filled, in keys and values.

    All of it is new and has no place; quotes are left to the text that it goes into.
    """
    if isinstance(node, Scalar):
        text = filled_text(node.text, values)
        return string(text) if node.meaning.kind == "str" and node.style in ("", "'", '"') else replace(node, text=text)
    if isinstance(node, Sequence):
        return Sequence(tuple(filled(item, values) for item in node.items), flow=node.flow)
    return filled_mapping(node, values)


def filled_mapping(mapping: Mapping, values: Table[str, str]) -> Mapping:
    """The same for a mapping."""
    entries = (
        Entry(string(filled_text(entry.key.text, values)), filled(entry.value, values)) for entry in mapping.entries
    )
    return Mapping(tuple(entries))


def filled_text(text: str, values: Table[str, str]) -> str:
    """The same for a text. Lines of several take the indentation of the place that they fill."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        start = match.string.rfind("\n", 0, match.start()) + 1
        indent = match.string[start : match.start()]
        return values[match[1]].replace("\n", "\n" + " " * len(indent))

    return _PLACE.sub(value, text)


def places_in(node: Node) -> frozenset[str]:
    """The names of all placeholders in a template."""
    if isinstance(node, Scalar):
        return frozenset(_PLACE.findall(node.text))
    if isinstance(node, Sequence):
        return frozenset[str]().union(*map(places_in, node.items))
    inner = (places_in(entry.value) | frozenset(_PLACE.findall(entry.key.text)) for entry in node.entries)
    return frozenset[str]().union(*inner)


def without_key(mapping: Mapping, name: str) -> Mapping:
    """A rendered mapping without one of its keys."""
    return replace(mapping, entries=tuple(entry for entry in mapping.entries if entry.name != name))
