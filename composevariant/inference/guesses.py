"""Guess whole operations: stripped sidecars, removed services and swapped Dockerfiles."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of, text_of
from composevariant.errors import ComposeVariantError
from composevariant.inference.change_requests import mapping
from composevariant.inference.settings import distance, is_equal
from composevariant.operations import apply
from composevariant.overlay import Dockerfiles, Name, Remove, Selector, Strip
from composevariant.sidecars import preset_names
from composevariant.tree import Mapping, Sequence, literal, string

if TYPE_CHECKING:
    from composevariant.operations import Context
    from composevariant.tree import Node


class Guess(NamedTuple):
    """The tree after a guessed operation, and the parameters of that operation."""

    tree: Mapping
    removed: tuple[tuple[tuple[str, ...], bool], ...] = ()
    names: tuple[str, ...] = ()
    swap: Mapping | None = None


def guess_strips(tree: Mapping, wanted: Mapping, context: Context) -> Guess:
    """Strip each preset sidecar whose removal brings the tree closer to the other file."""
    names: list[str] = []
    left = distance(tree, wanted)
    for name in preset_names():
        try:
            after = apply(tree, Strip(name), context).tree
        except ComposeVariantError:
            continue
        if after is not tree and (closer := distance(after, wanted)) < left:
            tree, left = after, closer
            names.append(name)
    return Guess(tree, names=tuple(names))


def guess_removed_services(tree: Mapping, wanted: Mapping, context: Context) -> Guess:
    """Remove the services that the other file does not have, with `cascade` where possible."""
    removed: list[tuple[tuple[str, ...], bool]] = []
    for name in services_of(tree):
        if name in services_of(wanted):
            continue
        for cascade in (True, False):
            operation = Remove(literal("services", name), cascade=cascade)
            try:
                tree = apply(tree, operation, context).tree
            except ComposeVariantError:
                continue
            removed.append((("services", name), cascade))
            break
    return Guess(tree, tuple(removed))


def guess_dockerfiles(tree: Mapping, wanted: Mapping, context: Context) -> Guess:
    """Swap the Dockerfiles for those of the other file, if these share a suffix."""
    pairs = {name: _names(service, services_of(wanted).get(name)) for name, service in services_of(tree).items()}
    found = {name: pair for name, pair in pairs.items() if pair and pair[0] != pair[1]}
    suffixes = {suffix for old, new in found.values() if (suffix := _suffix(old, new))}
    for suffix in sorted(suffixes):
        names = tuple(name for name, pair in found.items() if _suffix(*pair) == suffix)
        for chosen in (None, Selector(name=tuple(map(Name, names)))):
            operation = Dockerfiles(services=chosen, suffix=suffix)
            try:
                after = apply(tree, operation, context).tree
            except ComposeVariantError:
                continue
            if all(_has_swapped(after, wanted, name) for name in services_of(after)):
                return Guess(after, swap=_written(suffix, names if chosen else ()))
    return Guess(tree)


def _has_swapped(tree: Mapping, wanted: Mapping, name: str) -> bool:
    """Return whether a service has the same Dockerfile as in the other file."""
    old, new = services_of(tree)[name], services_of(wanted).get(name)
    pair = _names(old, new)
    return pair is None or pair[0] == pair[1] or is_equal(_build(old), _build(new), ("services", name, "build"))


def _build(service: Mapping | None) -> Node | None:
    return service.get("build") if service else None


def _names(old: Mapping, new: Mapping | None) -> tuple[str, str] | None:
    """Return the Dockerfiles of a service in both files, or None unless both files build the service."""
    builds = _build(old), _build(new)
    if builds[0] is None or builds[1] is None:
        return None
    first, second = (
        text_of(build.get("dockerfile")) if isinstance(build, Mapping) else "" for build in builds if build is not None
    )
    return first or "Dockerfile", second or "Dockerfile"


def _suffix(old: str, new: str) -> str:
    """Return the suffix that the new name adds to the old name, with or without the old extension."""
    for stem in (old, posixpath.splitext(old)[0]):
        rest = new.removeprefix(stem)
        if rest != new and rest and "/" not in rest:
            return rest
    return ""


def _written(suffix: str, names: tuple[str, ...]) -> Mapping:
    keys: list[tuple[str, Node]] = [("suffix", string(suffix))]
    if names:
        keys.insert(0, ("services", Sequence(tuple(map(string, names)), flow=True)))
    return mapping(keys, flow=True)


def is_override(tree: Mapping, base: Mapping) -> bool:
    """Return whether a file is meant to be merged into the base, because one of its services needs the base."""
    own, known = services_of(tree), services_of(base)
    alone = ("image", "build", "extends", "provider")
    return any(name in known and not any(map(service.entry, alone)) for name, service in own.items()) and any(
        any(map(known[name].entry, alone)) for name in own if name in known
    )
