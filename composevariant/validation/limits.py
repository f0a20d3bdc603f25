"""Settings that Compose knows under two names, in a service and under its `deploy`: they must not differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.partial import UNKNOWN
from composevariant.compose.placing import value_at
from composevariant.compose.services import text_of
from composevariant.tree import Mapping
from composevariant.validation.casts import cast_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree_edits import Path

_UNITS: Final = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}


def _number(text: str) -> float | None:
    meaning = cast_text(text, "float")
    return meaning.value if meaning and isinstance(meaning.value, float) else None


def _bytes(text: str) -> float | None:
    """A size such as `512m` or `1.5 GiB` in bytes, whole as Compose has it; None for what is none."""
    digits = text.rstrip("bBiIkKmMgGtTpP")
    unit = text[len(digits) :].lower().removesuffix("b").removesuffix("i")
    number = _number(digits.removesuffix(" "))
    return None if number is None or unit not in _UNITS else float(int(number * _UNITS[unit]))


class _Twin(NamedTuple):
    setting: str
    section: str
    name: str
    amount: Callable[[str], float | None]


_TWINS: Final = (
    _Twin("cpus", "limits", "cpus", _number),
    _Twin("mem_limit", "limits", "memory", _bytes),
    _Twin("mem_reservation", "reservations", "memory", _bytes),
    _Twin("pids_limit", "limits", "pids", _number),
)


def wrong_limits(service: Mapping) -> Iterator[tuple[Path, str]]:
    """Limits of a service that its `deploy.resources` contradicts. A section without the limit sets it to 0."""
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


def wrong_scale(service: Mapping) -> Iterator[tuple[Path, str]]:
    """A `scale` that `deploy.replicas` contradicts, and several containers that would have to share one name."""
    scale, replicas = text_of(service.get("scale")), text_of(value_at(service, "deploy", "replicas"))
    numbers = [_number(text) for text in (scale, replicas)]
    if None not in numbers and numbers[0] != numbers[1]:
        yield ("scale",), f"differs from deploy.replicas ({scale} and {replicas}); write the same or remove one"
    count = numbers[1] if numbers[0] is None else numbers[0]
    if count and count > 1 and UNKNOWN not in scale and text_of(service.get("container_name")):
        yield ("container_name",), f"is one name for {count:g} containers; remove it, or scale to 1"
