"""The overlay that turns one file into another: guessed in large steps, completed setting by setting, and proved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of
from composevariant.errors import ComposeVariantError, InternalError
from composevariant.inference.asked import Asked, Each, Wish, length, overlay_tree
from composevariant.inference.guesses import is_override, stripped, swapped, without_services
from composevariant.inference.meaning import is_equal
from composevariant.inference.settings import asked_for, shared
from composevariant.operations import apply
from composevariant.overlay import load_overlay
from composevariant.source import Source
from composevariant.tree import Mapping, node_text
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.inference.asked import Names
    from composevariant.operations import Context
    from composevariant.tree import Node


class Inferred(NamedTuple):
    """An overlay, proved to give what the second file means."""

    overlay: Mapping
    text: str
    """The overlay as YAML; empty where it changes nothing."""
    wanted: Mapping
    """What the second file means."""
    result: Mapping
    """What the overlay makes of the base, which means the same."""


class InferredTogether(NamedTuple):
    """Overlays of several variants, and what they share."""

    common: str
    """Empty where they have nothing in common."""
    own: tuple[str, ...]


def infer(base: Mapping, other: Mapping, context: Context) -> Inferred:
    """The overlay with the fewest values of those that were found to turn the base into the other file.

    A file that is no copy of the base but one to be merged into it, such as docker-compose.override.yml, counts as what
    Compose makes of both.

    Raises:
        UnusableInput: Compose could not merge the two.
        InternalError: no overlay does it, which is a bug: replacing everything always should.
    """
    wanted, wishes = other, list[Wish]()
    if is_override(other, base):
        from composevariant.compose.merge import merge

        wanted = merge(base, other, ignored_tags=[])
        merged = tuple(((entry.name,), entry.value) for entry in other.entries)
        wishes = [Wish(asked=Asked(merged=merged))]
    found = []
    for wish in (*wishes, *_wishes(base, wanted, context)):
        for told in (wish, wish._replace(cascade=False)):
            proved = _proved(overlay_tree(told), base, wanted, context)
            if proved:
                found.append(proved)
                break
    if not found:
        raise InternalError("no overlay was found that gives the second file", None, "please report this as a bug")
    return min(found, key=lambda inferred: length(inferred.overlay))


def together(base: Mapping, inferred: Sequence[Inferred], context: Context) -> InferredTogether:
    """The overlays with what all of them ask for as one of its own, where both in turn still give each variant."""
    parts = shared([each.overlay for each in inferred])
    common, own = _text(parts.common), tuple(map(_text, parts.own))
    try:
        proved = common and all(
            is_equal(applied(text, applied(common, base, context), context), each.wanted, ())
            for text, each in zip(own, inferred, strict=True)
        )
    except ComposeVariantError:
        proved = False
    return InferredTogether(common, own) if proved else InferredTogether("", tuple(each.text for each in inferred))


def _wishes(base: Mapping, wanted: Mapping, context: Context) -> Iterator[Wish]:
    """Several ways to say it; the last one replaces everything that differs."""
    for guess_sidecars in (True, False):
        first = stripped(base, wanted, context) if guess_sidecars else None
        if first and not first.names:
            continue
        removed = without_services(first.tree if first else base, wanted, context)
        swap = swapped(removed.tree, wanted, context)
        wish = Wish(first.names if first else (), removed.told, (), swap.swap)
        asked = _completed(swap.tree, wanted)
        once = factored(asked, swap.tree, wanted)
        if once.each or once.globs:
            yield wish._replace(asked=once.asked, each=once.each, globs=once.globs)
        yield wish._replace(asked=asked)
    removed = without_services(base, wanted, context)
    yield Wish(without=removed.told, asked=_by_service(removed.tree, wanted))
    yield Wish(asked=_whole(base, wanted))


def _completed(tree: Mapping, wanted: Mapping) -> Asked:
    """All that is left, setting by setting."""
    asked = Asked()
    for name in _names(tree, wanted):
        before, after = tree.get(name), wanted.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            asked += sum(
                (asked_for(before.get(key), after.get(key), (name, key)) for key in _names(before, after)), Asked()
            )
        else:
            asked += asked_for(before, after, (name,))
    return asked


def _by_service(tree: Mapping, wanted: Mapping) -> Asked:
    """Every service and definition that differs, as a whole."""
    asked = Asked()
    for name in _names(tree, wanted):
        before, after = tree.get(name), wanted.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key in _names(before, after):
                asked += _exact(before.get(key), after.get(key), (name, key))
        else:
            asked += _exact(before, after, (name,))
    return asked


def _whole(tree: Mapping, wanted: Mapping) -> Asked:
    return sum((_exact(tree.get(name), wanted.get(name), (name,)) for name in _names(tree, wanted)), Asked())


def _exact(before: Node | None, after: Node | None, path: tuple[str, ...]) -> Asked:
    if is_equal(before, after, path):
        return Asked()
    return Asked(removed=(path,)) if after is None else Asked(replaced=((path, after),))


def _names(one: Mapping, other: Mapping) -> list[str]:
    return list(dict.fromkeys((*one.names(), *other.names())))


def _proved(overlay: Mapping, base: Mapping, wanted: Mapping, context: Context) -> Inferred | None:
    """The overlay as text, if reading it and applying it gives what is wanted."""
    text = _text(overlay)
    try:
        tree = applied(text, base, context)
    except ComposeVariantError:
        return None
    return Inferred(overlay, text, wanted, tree) if is_equal(tree, wanted, ()) else None


def _text(overlay: Mapping) -> str:
    return edit(parse(Source("overlay.yml", "")), overlay).lstrip("\n") if overlay.entries else ""


def applied(text: str, base: Mapping, context: Context) -> Mapping:
    """What an overlay makes of a base. Raises whatever its operations raise."""
    tree = base
    for operation in load_overlay(parse(Source("overlay.yml", text)), "overlay").layer.operations:
        tree = apply(tree, operation, context).tree
    return tree


# The same change in many services, said once.

_ENOUGH = 3
"""So many services make a change worth an `each` of its own, one less if that is all of them."""


_SERVICE = 2
"""The length of the path of a service."""


class Factored(NamedTuple):
    """What stays on its own, and what many services share."""

    asked: Asked
    each: tuple[Each, ...]
    globs: Names


def factored(asked: Asked, base: Mapping, wanted: Mapping) -> Factored:
    """Take out of what is asked for what three or more services have in common; new services are left alone."""
    known = set(services_of(base))
    removed = _groups(((path, None) for path in asked.removed), known)
    merged = _groups(asked.merged, known)
    replaced = _groups(asked.replaced, known)
    globs = tuple(
        f"services.*{_below(path)}" for (path, _), names in removed.items() if _is_everywhere(path, names, base)
    )
    every = set(services_of(wanted))
    shared: dict[tuple[str, ...], Asked] = {}
    taken: set[tuple[str, Names]] = set()
    for kind, groups in (("removed", removed), ("merged", merged), ("replaced", replaced)):
        for (path, _), members in groups.items():
            names = tuple(members)
            if kind == "removed" and f"services.*{_below(path)}" in globs:
                taken |= {(kind, ("services", name, *path)) for name in names}
            elif len(names) >= (_ENOUGH if set(names) != every else _ENOUGH - 1):
                taken |= {(kind, ("services", name, *path)) for name in names}
                shared[names] = shared.get(names, Asked()) + _one(kind, path, next(iter(members.values())))
    left = Asked(
        tuple(path for path in asked.removed if ("removed", path) not in taken),
        tuple((path, value) for path, value in asked.merged if ("merged", path) not in taken),
        tuple((path, value) for path, value in asked.replaced if ("replaced", path) not in taken),
    )
    each = tuple(Each(() if set(names) == every else names, one) for names, one in shared.items())
    return Factored(left, each, globs)


def _groups(
    told: Iterable[tuple[Names, Node | None]], known: set[str]
) -> dict[tuple[Names, str], dict[str, Node | None]]:
    """The changes of services by what they are, with the services that share them."""
    groups: dict[tuple[Names, str], dict[str, Node | None]] = {}
    for path, value in told:
        if path[0] == "services" and len(path) > _SERVICE and path[1] in known:
            groups.setdefault((path[2:], node_text(value) if value is not None else ""), {})[path[1]] = value
    return groups


def _is_everywhere(path: Names, names: dict[str, Node | None], base: Mapping) -> bool:
    """Whether every service that has a setting loses it. Only for settings that stand directly in a service."""
    having = [name for name, service in services_of(base).items() if len(path) == 1 and service.entry(path[0])]
    return len(names) > 1 and set(having) == set(names)


def _below(path: Names) -> str:
    from composevariant.tree import literal, write_step

    return "".join(write_step(step) for step in literal(*path))


def _one(kind: str, path: Names, value: Node | None) -> Asked:
    if value is None:
        return Asked(removed=(path,))
    return Asked(merged=((path, value),)) if kind == "merged" else Asked(replaced=((path, value),))
