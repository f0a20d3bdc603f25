"""Read the overlay keys `add` and `sidecars`. This is a separate module because most overlays have neither key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.overlay.operations import Add
from composevariant.overlay.selectors import parse_selector
from composevariant.sidecars import preset_names, read_preset
from composevariant.tree import Mapping, Scalar, Value, go_text

if TYPE_CHECKING:
    from composevariant.source import Location
    from composevariant.tree import Field


def read_add(value: Value) -> Add:
    """Read a sidecar to add, which is given as a name or a mapping."""
    if isinstance(value.node, Scalar):
        return Add(value.text(), location=value.location)
    fields = value.fields()
    fields.check_keys(("sidecar", "for", "logs", "version", "output", "config", "params", "with"))
    if fields.mapping.entry("logs") and not fields.mapping.entry("for"):
        value.refuse("has logs, but no services that write them", "list these services under `for`")
    return Add(
        sidecar=fields.need("sidecar", Value.text, ""),
        targets=fields.read("for", parse_selector, None),
        logs=fields.read("logs", _logs, ()),
        version=fields.read("version", _text, None),
        output=fields.read("output", _output, None),
        config=fields.read("config", Value.text, "file"),
        params=fields.read("params", _params, ()),
        merged=fields.read("with", Value.content, None),
        location=value.location,
    )


def _logs(value: Value) -> tuple[tuple[str, str, Location | None], ...]:
    if isinstance(value.node, Scalar):
        return (("*", _log_path(value), value.location),)
    return tuple((field.key, _log_path(field.value), field.key_location) for field in value.fields().all())


def _log_path(value: Value) -> str:
    path = value.text()
    if path and not re.fullmatch(r"/[^\s$*:]*", path):
        value.refuse("must be an absolute path in the container, without variables, blanks and wildcards")
    return path.rstrip("/") or "/"


def _text(value: Value) -> str:
    """Read a string or an unquoted number, so that `version: 9` is read as `"9"`."""
    scalar = value.scalar("text")
    if scalar is not None and scalar.meaning.kind in ("int", "float"):
        return scalar.text
    return value.text()


def _output(value: Value) -> tuple[str, Mapping]:
    if isinstance(value.node, Scalar):
        return value.text(), Mapping()
    found = value.fields().all()
    if len(found) != 1:
        value.refuse("must be one output, with its options")
        return "", Mapping()
    return found[0].key, found[0].value.optional_fields().mapping


def _params(value: Value) -> tuple[tuple[str, str], ...]:
    return tuple((field.key, _param(field)) for field in value.fields().all())


def _param(field: Field) -> str:
    scalar = field.value.scalar("text, a number, true or false")
    if scalar is not None and scalar.meaning.kind == "null":
        field.value.expected("text, a number, true or false")
    return "" if scalar is None else go_text(scalar.meaning, scalar.text)


def read_presets(value: Value) -> tuple[tuple[str, Mapping], ...]:
    """Read the presets of the project. Every preset is read in full so that all errors are reported together."""
    found: list[tuple[str, Mapping]] = []
    for name, location, field in value.fields().all():
        if name in preset_names():
            what = f"{field.name}: {name} comes with composevariant and cannot be redefined"
            value.problems.append(UnusableInput(what, location, "choose another name"))
        try:
            read_preset(name, field.node, field.name)
        except ComposeVariantError as error:
            value.problems.extend(error.errors)
        if isinstance(field.node, Mapping):
            found.append((name, field.node))
    return tuple(found)
