"""How the advice in a preset is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.fields import Value
from composevariant.sidecars.preset import Advice

if TYPE_CHECKING:
    from composevariant.fields import Fields

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
