"""Pairs of base and override for the settings of `schema_settings`: below attributes of services, and of resources."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from tests.compose.flow_yaml import parsed
from tests.compose.schema_settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

USES: Final = {"networks": "networks: [%s]", "volumes": "volumes: ['%s:/x']", "secrets": "secrets: [%s]",
               "configs": "configs: [%s]", "models": "models: [%s]"}  # fmt: skip
"""How a service uses a resource: Compose drops those that none does."""
_COMMON: Final = {
    "services": "  a: {image: i}\n",
    "networks": "  na:\n",
    "volumes": "  aa:\n",
    "secrets": "  sa: {file: ./sa}\n",
    "configs": "  ca: {file: ./ca}\n",
    "models": "  ma: {model: m}\n",
}
_BESIDE: Final = {
    ("services", "build"): "context: .",
    ("services", "depends_on"): "condition: service_started",
}
"""What a mapping must have beside the setting that is tried in it."""
_MAKES: Final = {
    "services": ("image: i", ("build", "provider")),
    "secrets": ("file: ./sa", ("file", "environment", "external")),
    "configs": ("file: ./ca", ("file", "environment", "external", "content")),
    "models": ("model: m", ("model",)),
}
"""What a base must have, and the settings that stand for it."""
_RULES: Final = Rules(installed_schema())


class Pair(NamedTuple):
    """One setting in a base and in an override; empty where it is not there."""

    section: str
    path: tuple[str, ...]
    base: str
    override: str

    @property
    def attribute(self) -> str:
        return ".".join((self.section, *self.path))

    def written(self, side: str) -> str:
        """The service or resource in a flow mapping."""
        value = self.base if side == "base" else self.override
        makes, others = _MAKES.get(self.section, ("", ()))
        first = makes if side == "base" and not (value and self.path[0] in others) else ""
        return f"{{{', '.join(filter(None, (first, self._setting(value, side))))}}}"

    def _setting(self, value: str, side: str) -> str:
        if not value:
            return ""
        beside = _BESIDE.get((self.section, self.path[0]), "") if side == "base" else ""
        for depth, key in reversed(list(enumerate(self.path))):
            own = f"{key}: {value}"
            with_it = beside and depth == len(self.path) - 1 and not beside.startswith(f"{key}:")
            value = f"{{{beside}, {own}}}" if with_it else f"{{{own}}}"
        return value[1:-1]


def project(things: Iterable[tuple[str, str]], *, whole: bool = True) -> str:
    """A file with services and resources, each with its section; a `whole` one has all that they name, and users."""
    sections = dict(_COMMON) if whole else dict.fromkeys(_COMMON, "")
    for number, (section, text) in enumerate(things):
        sections[section] += f"  n{number}: {text}\n"
        if whole and section in USES:
            sections["services"] += f"  u{number}: {{image: i, {USES[section] % f'n{number}'}}}\n"
    return "".join(f"{section}:\n{lines}" for section, lines in sections.items() if lines)


def all_pairs() -> list[Pair]:
    """Every pair of the values of each setting, in a fixed order; of `extends`, one file cannot say it."""
    pairs: dict[Pair, None] = {}
    for section, path, values in settings():
        overrides = [*values, "null", "!reset null", *(f"!override {value}" for value in values)]
        bases = ["", *(value for value in values if _is_sound(Pair(section, path, value, "")))]
        if path[0] != "extends":
            pairs |= dict.fromkeys(Pair(section, path, base, override) for base in bases for override in overrides)
    return list(pairs)


def _is_sound(pair: Pair) -> bool:
    """Whether the base is accepted by itself: what was wrong before a merge is no question of the merge."""
    return is_valid(pair, pair.written("base"))


def is_valid(pair: Pair, text: str) -> bool:
    """Whether our checks find nothing wrong with the service or resource."""
    return not find_problems(parsed(project([(pair.section, text)])), _RULES, "base")


def some_pairs(number: int, seed: int) -> list[Pair]:
    """So many of them, at least one for each setting; all when there are no more."""
    every = all_pairs()
    random.Random(seed).shuffle(every)  # noqa: S311 - examples, no secrets
    first = {pair.attribute: pair for pair in reversed(every)}
    return list(dict.fromkeys([*first.values(), *every]))[:number]
