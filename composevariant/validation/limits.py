"""Settings that exist both in a service and under its `deploy`, where their values must not differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import UNKNOWN, text_of
from composevariant.tree import Mapping, value_at
from composevariant.validation.attribute_checks import cast_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Path


def wrong_scale(service: Mapping) -> Iterator[tuple[Path, str]]:
    """Report a `scale` that differs from `deploy.replicas`, and a `container_name` for several containers."""
    scale, replicas = text_of(service.get("scale")), text_of(value_at(service, "deploy", "replicas"))
    numbers = [_number(text) for text in (scale, replicas)]
    if None not in numbers and numbers[0] != numbers[1]:
        yield ("scale",), f"differs from deploy.replicas ({scale} and {replicas}); write the same or remove one"
    count = numbers[1] if numbers[0] is None else numbers[0]
    if count and count > 1 and UNKNOWN not in scale and text_of(service.get("container_name")):
        yield ("container_name",), f"cannot be shared by {count:g} containers; remove it or set scale to 1"


def _number(text: str) -> float | None:
    meaning = cast_text(text, "float")
    return meaning.value if meaning and isinstance(meaning.value, float) else None


def wrong_limits(service: Mapping) -> Iterator[tuple[Path, str]]:
    """Report limits that differ from the limits in `deploy.resources`, where a missing limit means 0."""
    for twin in _TWINS:
        section = value_at(service, "deploy", "resources", twin.section)
        own = text_of(service.get(twin.setting))
        if not isinstance(section, Mapping) or not own:
            continue
        other = text_of(section.get(twin.name)) or "0"
        amount, other_amount = twin.amount(own), twin.amount(other)
        if amount and other_amount is not None and amount != other_amount:
            there = f"deploy.resources.{twin.section}.{twin.name}"
            yield (twin.setting,), f"differs from {there} ({own} and {other}); write the same or remove one"


class _Twin(NamedTuple):
    setting: str
    section: str
    name: str
    amount: Callable[[str], float | None]


def _bytes(text: str) -> float | None:
    """Convert a size such as `512m` or `1.5 GiB` to bytes.

    As in Compose, the result is rounded down. Return None if the text is not a size.
    """
    digits = text.rstrip("bBiIkKmMgGtTpP")
    unit = text[len(digits) :].lower().removesuffix("b").removesuffix("i")
    number = _number(digits.removesuffix(" "))
    return None if number is None or unit not in _UNITS else float(int(number * _UNITS[unit]))


_UNITS: Final = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}
_TWINS: Final = (
    _Twin("cpus", "limits", "cpus", _number),
    _Twin("mem_limit", "limits", "memory", _bytes),
    _Twin("mem_reservation", "reservations", "memory", _bytes),
    _Twin("pids_limit", "limits", "pids", _number),
)
