"""Reading the part of a preset that says how the sidecar is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.fields import Value
from composevariant.scalars import go_text
from composevariant.sidecars.template import MODES, Config, Destination, Mode, Parts, Template, places_in
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.fields import Fields


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
