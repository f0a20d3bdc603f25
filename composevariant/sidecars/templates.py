"""How a sidecar is added, as data: what a preset says besides how the sidecar is recognised.

`{{name}}` stands for a parameter or for what `add` knows: `{{target}}`, `{{project}}`, `{{logs}}`, `{{host}}` and
`{{output}}`. Anything else in braces is left alone, so that the templates of other programs pass.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.sidecars.presets import Advice
from composevariant.tree import Entry, Mapping, Scalar, Sequence, Value, go_text, string

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.tree import Fields, Node

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


# Reading the part of a preset that says how the sidecar is added.


def read_template(fields: Fields) -> Template | None:
    """The template in the mapping of a preset; None where it has none. Problems go where those of `fields` go.

    A preset with `service` alone has one mode, which follows from the placeholders: with `{{logs}}` it reads files,
    with `{{target}}` it serves one container, else the host.
    """
    modes = fields.read("modes", _modes, ())
    if not modes and fields.mapping.entry("service") is None:
        return None
    if not modes:
        parts = _parts(fields)
        modes = ((_mode_of(parts), parts),)
    return Template(
        params=fields.read("params", _params, ()),
        versions=fields.read("versions", Value.texts, ()),
        outputs=fields.read("outputs", _outputs, ()),
        modes=modes,
    )


def _mode_of(parts: Parts) -> Mode:
    places = places_in(parts.service) | places_in(parts.target)
    return "files" if "logs" in places else "stdout" if "target" in places or parts.target.entries else "host"


def _modes(value: Value) -> tuple[tuple[Mode, Parts], ...]:
    fields = value.fields()
    fields.check_keys(MODES)
    found: list[tuple[Mode, Parts]] = []
    for mode in MODES:
        parts = fields.read(mode, _mode, None)
        if parts is not None:
            found.append((mode, parts))
    return tuple(found)


def _mode(value: Value) -> Parts:
    fields = value.fields()
    fields.check_keys(("service", "target", "config"))
    fields.need("service", Value.content, Mapping())
    return _parts(fields)


def _parts(fields: Fields) -> Parts:
    return Parts(
        service=fields.read("service", Value.content, Mapping()),
        target=fields.read("target", Value.content, Mapping()),
        config=fields.read("config", _config, None),
    )


def _config(value: Value) -> Config:
    fields = value.fields()
    fields.check_keys(("path", "text", "variable"))
    return Config(
        path=fields.need("path", Value.text, ""),
        text=fields.need("text", Value.text, ""),
        variable=fields.read("variable", Value.text, Config("", "").variable),
    )


def _params(value: Value) -> tuple[tuple[str, str | None], ...]:
    params: list[tuple[str, str | None]] = []
    for field in value.fields().all():
        scalar = field.value.scalar("text, a number, true or false, or null")
        empty = scalar is None or scalar.meaning.kind == "null"
        params.append((field.key, None if scalar is None or empty else go_text(scalar.meaning, scalar.text)))
    return tuple(params)


def _outputs(value: Value) -> tuple[Destination, ...]:
    return tuple(_output(field.key, field.value) for field in value.fields().all())


def _output(name: str, value: Value) -> Destination:
    fields = value.fields()
    fields.check_keys(("images", "options", "same_version"))
    return Destination(
        name=name,
        images=fields.read("images", Value.texts, ()),
        options=fields.read("options", Value.content, Mapping()),
        same_version=fields.read("same_version", Value.flag, default=False),
    )


# How the advice in a preset is read.

_ABOUT: Final = ("command", "config", "unique", "mount", "alone")


def read_advice(value: Value) -> Advice:
    """One piece of advice; what is wrong with it goes where the problems of the value go."""
    fields = value.fields()
    fields.check_keys(Advice._fields)
    fields.need_one_of(*_ABOUT)
    return Advice(
        says=fields.need("says", Value.text, ""),
        versions=fields.read("versions", Value.texts, ()),
        command=_pattern(fields, "command"),
        config=_pattern(fields, "config"),
        unless=_pattern(fields, "unless"),
        unique=_pattern(fields, "unique", groups=1),
        mount=fields.read("mount", Value.text, ""),
        alone=fields.read("alone", Value.text, ""),
    )


def _pattern(fields: Fields, key: str, groups: int = 0) -> str:
    return fields.read(key, lambda value: _regular_expression(value, groups), "")


def _regular_expression(value: Value, groups: int) -> str:
    text = value.text()
    try:
        has = re.compile(text).groups
    except re.error as error:
        value.refuse(f"is no regular expression: {error}")
        return ""
    if has < groups:
        value.refuse("needs a group: what must not be twice the same")
        return ""
    return text
