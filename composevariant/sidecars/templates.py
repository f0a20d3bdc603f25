"""The template in a preset, with the settings and configuration that `add` writes for a sidecar.

`{{name}}` is replaced by a parameter or by a value from `add`. The values from `add` are `{{target}}`, `{{project}}`,
`{{logs}}`, `{{host}}` and `{{output}}`. Other braces are kept, because other programs also have templates.
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
"""The source of the data.

This is the whole host, the output of a container, the log files of a container, or data that containers send.
"""

MODES: Final[tuple[Mode, ...]] = ("host", "stdout", "files", "receive")
_PLACE: Final = re.compile(r"\{\{(\w+)\}\}", re.ASCII)


class Config(NamedTuple):
    """A configuration file, with its path in the sidecar's container and its text."""

    path: str
    text: str
    variable: str = "${{{variable}}}"
    """The syntax of an environment variable in the configuration."""


class Destination(NamedTuple):
    """A program to which the sidecar can send."""

    name: str
    images: tuple[str, ...] = ()
    """The images by which a service in the project is recognised as this program."""
    options: Mapping = Mapping()
    """The default settings in the configuration."""
    same_version: bool = False
    """Whether the sidecar must have the same version as this program."""


class ModeSettings(NamedTuple):
    """The settings that one mode adds."""

    service: Mapping = Mapping()
    target: Mapping = Mapping()
    """The settings added to the served service."""
    config: Config | None = None


class Template(NamedTuple):
    """The description of how a sidecar is added."""

    params: tuple[tuple[str, str | None], ...] = ()
    """The parameters with their defaults. A parameter whose default is None is required."""
    versions: tuple[str, ...] = ()
    """The versions that the configuration supports. An empty value means any version."""
    outputs: tuple[Destination, ...] = ()
    modes: tuple[tuple[Mode, ModeSettings], ...] = ()

    def parts(self, mode: Mode) -> ModeSettings | None:
        return dict(self.modes).get(mode)


def fill(node: Node, values: Table[str, str]) -> Node:
    """Replace the placeholders in the keys and values of a node.

    The new nodes have no location, and their quotes are chosen when the nodes are written.
    """
    if isinstance(node, Scalar):
        text = fill_text(node.text, values)
        return string(text) if node.meaning.kind == "str" and node.style in ("", "'", '"') else replace(node, text=text)
    if isinstance(node, Sequence):
        return Sequence(tuple(fill(item, values) for item in node.items), flow=node.flow)
    return fill_mapping(node, values)


def fill_mapping(mapping: Mapping, values: Table[str, str]) -> Mapping:
    """Replace the placeholders in a mapping."""
    entries = (Entry(string(fill_text(entry.key.text, values)), fill(entry.value, values)) for entry in mapping.entries)
    return Mapping(tuple(entries))


def fill_text(text: str, values: Table[str, str]) -> str:
    """Replace the placeholders in a text. A multi-line value is indented like its placeholder."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        start = match.string.rfind("\n", 0, match.start()) + 1
        indent = match.string[start : match.start()]
        return values[match[1]].replace("\n", "\n" + " " * len(indent))

    return _PLACE.sub(value, text)


def placeholders_in(node: Node) -> frozenset[str]:
    """Return the names of all placeholders in a template."""
    if isinstance(node, Scalar):
        return frozenset(_PLACE.findall(node.text))
    if isinstance(node, Sequence):
        return frozenset[str]().union(*map(placeholders_in, node.items))
    inner = (placeholders_in(entry.value) | frozenset(_PLACE.findall(entry.key.text)) for entry in node.entries)
    return frozenset[str]().union(*inner)


def without_key(mapping: Mapping, name: str) -> Mapping:
    """Return the mapping without one of its keys."""
    return replace(mapping, entries=tuple(entry for entry in mapping.entries if entry.name != name))


# Reading the template of a preset.


def read_template(fields: Fields) -> Template | None:
    """Return the template of a preset, or None. Problems are added to the problems of `fields`.

    A preset with only `service` has a single mode, which follows from its placeholders. With `{{logs}}` the sidecar
    reads files, with `{{target}}` it serves one container, and otherwise it serves the host.
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


def _mode_of(parts: ModeSettings) -> Mode:
    places = placeholders_in(parts.service) | placeholders_in(parts.target)
    return "files" if "logs" in places else "stdout" if "target" in places or parts.target.entries else "host"


def _modes(value: Value) -> tuple[tuple[Mode, ModeSettings], ...]:
    fields = value.fields()
    fields.check_keys(MODES)
    found: list[tuple[Mode, ModeSettings]] = []
    for mode in MODES:
        parts = fields.read(mode, _mode, None)
        if parts is not None:
            found.append((mode, parts))
    return tuple(found)


def _mode(value: Value) -> ModeSettings:
    fields = value.fields()
    fields.check_keys(("service", "target", "config"))
    fields.need("service", Value.content, Mapping())
    return _parts(fields)


def _parts(fields: Fields) -> ModeSettings:
    return ModeSettings(
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


# Reading the advice of a preset.

_ABOUT: Final = ("command", "config", "unique", "mount", "alone")


def read_advice(value: Value) -> Advice:
    """Return one piece of advice. Problems are added to the problems of the value."""
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
        value.refuse(f"is not a valid regular expression: {error}")
        return ""
    if has < groups:
        value.refuse("needs a group for the part that must be unique")
        return ""
    return text
