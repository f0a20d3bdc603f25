"""Surprising effects on Docker Compose when `.env` selects a variant (measured with 2.40.3)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of, text_of, texts_of
from composevariant.compose.files import assignments
from composevariant.project.active_variant import is_for_builders
from composevariant.project.base_files import COMPOSE_FILE
from composevariant.tree import Mapping, Sequence, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Table


class SwitchSituation(NamedTuple):
    """The state of a project after `switch`."""

    variant: str
    base: Mapping
    tree: Mapping
    """The tree of the variant."""
    env: tuple[tuple[str, str], ...]
    dotenv: str | None
    """The text of `.env` without the block of `switch`, or None if there is no file."""
    dotenv_path: str
    environment: Table[str, str]
    override: str | None
    """The override file that Compose would add to the base by default."""
    others: tuple[tuple[str, Mapping], ...] = ()
    """The names and trees of the other variants of the project."""


def describe_effects(situation: SwitchSituation) -> list[str]:
    """Return the effects, each as one sentence."""
    return [sentence for describe in _ALL for sentence in describe(situation)]


def _shell_wins(situation: SwitchSituation) -> Iterator[str]:
    value = situation.environment.get(COMPOSE_FILE)
    if value:
        yield f"{COMPOSE_FILE}={value} in this shell overrides .env: unset {COMPOSE_FILE}"
    for name, _ in situation.env:
        if name in situation.environment and not is_for_builders(name):
            yield f"{name} of this shell overrides the value in .env"


def _override_file(situation: SwitchSituation) -> Iterator[str]:
    if situation.override:
        yield f"{situation.override} is no longer loaded: Docker Compose adds it only if no file is named"


def _earlier_line(situation: SwitchSituation) -> Iterator[str]:
    for assigned in assignments(situation.dotenv or ""):
        if assigned.name == COMPOSE_FILE:
            yield f"{situation.dotenv_path}:{assigned.line}: this {COMPOSE_FILE} is now ignored; the line is kept"


def _builders(situation: SwitchSituation) -> Iterator[str]:
    names = [name for name, _ in situation.env if is_for_builders(name)]
    if names:
        has, them = ("have", "they are") if len(names) > 1 else ("has", "it is")
        variant = situation.variant
        use = f'`eval "$(composevariant env {variant})"` or `composevariant run {variant} -- …`'
        yield f"{', '.join(names)} {has} no effect from .env, so {them} not written there: use {use}"


def _subfolders(situation: SwitchSituation) -> Iterator[str]:
    del situation
    yield f"in a subfolder, `docker compose` uses the base: there it ignores {COMPOSE_FILE} of .env"


def _profiles(situation: SwitchSituation) -> Iterator[str]:
    values = {assigned.name: assigned.value for assigned in assignments(situation.dotenv or "")} | dict(situation.env)
    active = (situation.environment.get("COMPOSE_PROFILES") or values.get("COMPOSE_PROFILES", "")).split(",")
    known: set[str] = set()
    for name, service in services_of(situation.tree).items():
        profiles = texts_of(service.get("profiles"))
        known.update(profiles)
        if profiles and not {"*", *profiles} & set(active):
            yield f"{name} does not start by default: it is in the profile {' and '.join(profiles)} (COMPOSE_PROFILES)"
    gone = [profile for profile in active if profile and profile != "*" and profile not in known]
    if gone:
        yield f"COMPOSE_PROFILES names {', '.join(gone)}, which no service of {situation.variant} has"


def _env_files(situation: SwitchSituation) -> Iterator[str]:
    """Yield the services whose `env_file` is `.env`, because the variables of the block reach their containers."""
    for name, service in services_of(situation.tree).items():
        if any(posixpath.normpath(path) == posixpath.normpath(situation.dotenv_path) for path in _paths(service)):
            yield f"{name} has {situation.dotenv_path} as its env_file: the container gets {COMPOSE_FILE} too"


def _paths(service: Mapping) -> Iterator[str]:
    written = service.get("env_file")
    for item in written.items if isinstance(written, Sequence) else (written,):
        yield text_of(item.get("path") if isinstance(item, Mapping) else item)


def _one_image(situation: SwitchSituation) -> Iterator[str]:
    """Yield the services whose image name is built from a different `build` in the base or another variant."""
    services = services_of(situation.tree)
    rivals: dict[tuple[str, ...], list[str]] = {}
    for name, service in services.items():
        found = tuple(
            other
            for other, tree in (("base", situation.base), *situation.others)
            if name in services_of(tree) and _builds_over(services_of(tree)[name], service)
        )
        rivals.setdefault(found, []).append(name)
    for found, names in rivals.items():
        if found:
            images = "the same image" if len(names) == 1 else "the same images"
            built = f"{', '.join(names)}: {', '.join(found)} and {situation.variant} are built to {images}"
            yield f"{built}, so build again after each switch (--build)"


def _builds_over(one: Mapping, other: Mapping) -> bool:
    builds = one.get("build"), other.get("build")
    if builds[0] is None or builds[1] is None or same(builds[0], builds[1]):
        return False
    return text_of(one.get("image")) == text_of(other.get("image"))


_ALL: tuple[Callable[[SwitchSituation], Iterator[str]], ...] = (
    _shell_wins,
    _override_file,
    _earlier_line,
    _builders,
    _profiles,
    _env_files,
    _one_image,
    _subfolders,
)
"""All checks, in the order of the output."""
