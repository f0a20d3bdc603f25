"""The presets that come with composevariant, and how a preset is read."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.fields import Value, one_of
from composevariant.sidecars.preset import CLASSES, Match, Preset, Traces

if TYPE_CHECKING:
    from composevariant.source import Location
    from composevariant.tree import Node

Patterns = TypeVar("Patterns", Match, Traces)

_FOLDER: Final = os.path.join(os.path.dirname(__file__), "presets")  # noqa: PTH118, PTH120 - pathlib costs 6 ms
_KEYS: Final = ("title", "class", "match", "traces", "companions", "backends")


def preset_names() -> tuple[str, ...]:
    """The names of the presets that come with composevariant, in alphabetical order."""
    files = os.listdir(_FOLDER)  # noqa: PTH208
    return tuple(sorted(file.removesuffix(".yml") for file in files if file.endswith(".yml")))


def load_preset(name: str, location: Location | None = None) -> Preset:
    """The preset of that name; `location` is where it is asked for.

    Raises:
        UnusableInput: there is none.
    """
    known = preset_names()
    if name not in known:
        hint = f"known are {', '.join(known)}"
        raise UnusableInput(f'"{name}" is not a known sidecar{did_you_mean(name, known)}', location, hint)
    return _shipped_preset(name)


@cache
def _shipped_preset(name: str) -> Preset:
    """Program data, the same for every project of a call."""
    from composevariant.source import Source
    from composevariant.yamltext import parse

    with open(os.path.join(_FOLDER, f"{name}.yml"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        root = parse(Source(f"presets/{name}.yml", file.read())).root
    if root is None:
        raise UnusableInput(f"the preset {name} is empty")
    return read_preset(name, root)


def read_preset(name: str, node: Node) -> Preset:
    """The preset that a mapping describes, wherever it is written.

    Raises:
        UnusableInput: it is no preset; several problems come together as `SeveralErrors`.
    """
    problems: list[ComposeVariantError] = []
    value = Value(node, "", problems).fields()
    value.check_keys(_KEYS)
    preset = Preset(
        name=name,
        title=value.read("title", Value.text, name),
        sort=value.read("class", one_of(*CLASSES), "collector"),
        match=value.need("match", lambda match: _patterns(match, Match), Match()),
        traces=value.read("traces", lambda traces: _patterns(traces, Traces), Traces()),
        companions=value.read("companions", Value.texts, ()),
        backends=value.read("backends", Value.texts, ()),
    )
    raise_all(problems)
    return preset


def _patterns(value: Value, kind: type[Patterns]) -> Patterns:
    keys = value.fields()
    keys.check_keys(kind._fields)
    return kind(**{name: keys.read(name, Value.texts, ()) for name in kind._fields})
