"""Infer the overlay that turns one file into another.

Whole operations are guessed first, then completed with changes to single settings. The result is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of
from composevariant.errors import ComposeVariantError, InternalError
from composevariant.inference.change_requests import ChangeRequest, Each, OverlayRequest, length, overlay_tree
from composevariant.inference.guesses import guess_dockerfiles, guess_removed_services, guess_strips, is_override
from composevariant.inference.settings import is_equal, request_changes, split_shared
from composevariant.operations import apply
from composevariant.overlay import load_overlay
from composevariant.source import Source
from composevariant.tree import Mapping, node_text
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.inference.change_requests import Names
    from composevariant.operations import Context
    from composevariant.tree import Node


class InferredOverlay(NamedTuple):
    """An overlay that was verified to produce the meaning of the second file."""

    overlay: Mapping
    text: str
    """The overlay as YAML, which is empty if the overlay changes nothing."""
    wanted: Mapping
    """The tree of the second file."""
    result: Mapping
    """The base with the overlay applied, which has the same meaning as `wanted`."""


class InferredTogether(NamedTuple):
    """The overlays of several variants, and the part that they have in common."""

    common: str
    """The common overlay, which is empty if the variants have nothing in common."""
    own: tuple[str, ...]


def infer(base: Mapping, other: Mapping, context: Context) -> InferredOverlay:
    """Return the smallest overlay found, by number of values, that turns the base into the other file.

    If the other file is meant to be merged into the base, as docker-compose.override.yml is, the target is the result
    of that merge.

    Raises:
        UnusableInput: Compose cannot merge the two files.
        InternalError: No overlay was found. This is a bug, because replacing everything should always work.
    """
    wanted, requests = other, list[OverlayRequest]()
    if is_override(other, base):
        from composevariant.compose.merge import merge

        wanted = merge(base, other, ignored_tags=[])
        merged = tuple(((entry.name,), entry.value) for entry in other.entries)
        requests = [OverlayRequest(requested=ChangeRequest(merged=merged))]
    found = []
    for request in (*requests, *_candidates(base, wanted, context)):
        for candidate in (request, request._replace(cascade=False)):
            proved = _check(overlay_tree(candidate), base, wanted, context)
            if proved:
                found.append(proved)
                break
    if not found:
        raise InternalError("found no overlay that produces the second file", None, "please report this as a bug")
    return min(found, key=lambda inferred: length(inferred.overlay))


def infer_together(base: Mapping, inferred: Sequence[InferredOverlay], context: Context) -> InferredTogether:
    """Split off the common part of the overlays.

    They are split only if applying the common part and then the rest still produces each variant.
    """
    parts = split_shared([each.overlay for each in inferred])
    common, own = _text(parts.common), tuple(map(_text, parts.own))
    try:
        proved = common and all(
            is_equal(apply_overlay(text, apply_overlay(common, base, context), context), each.wanted, ())
            for text, each in zip(own, inferred, strict=True)
        )
    except ComposeVariantError:
        proved = False
    return InferredTogether(common, own) if proved else InferredTogether("", tuple(each.text for each in inferred))


def _candidates(base: Mapping, wanted: Mapping, context: Context) -> Iterator[OverlayRequest]:
    """Yield candidate overlays. The last candidate replaces every difference."""
    for guess_sidecars in (True, False):
        first = guess_strips(base, wanted, context) if guess_sidecars else None
        if first and not first.names:
            continue
        removed = guess_removed_services(first.tree if first else base, wanted, context)
        swap = guess_dockerfiles(removed.tree, wanted, context)
        request = OverlayRequest(first.names if first else (), removed.removed, (), swap.swap)
        requested = _complete(swap.tree, wanted)
        once = factor_shared(requested, swap.tree, wanted)
        if once.each or once.globs:
            yield request._replace(requested=once.requested, each=once.each, globs=once.globs)
        yield request._replace(requested=requested)
    removed = guess_removed_services(base, wanted, context)
    yield OverlayRequest(without=removed.removed, requested=_by_service(removed.tree, wanted))
    yield OverlayRequest(requested=_whole(base, wanted))


def _complete(tree: Mapping, wanted: Mapping) -> ChangeRequest:
    """Return the remaining changes to single settings."""
    requested = ChangeRequest()
    for name in _names(tree, wanted):
        before, after = tree.get(name), wanted.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            requested += sum(
                (request_changes(before.get(key), after.get(key), (name, key)) for key in _names(before, after)),
                ChangeRequest(),
            )
        else:
            requested += request_changes(before, after, (name,))
    return requested


def _by_service(tree: Mapping, wanted: Mapping) -> ChangeRequest:
    """Return requests that replace each differing service and definition as a whole."""
    requested = ChangeRequest()
    for name in _names(tree, wanted):
        before, after = tree.get(name), wanted.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key in _names(before, after):
                requested += _replace_whole(before.get(key), after.get(key), (name, key))
        else:
            requested += _replace_whole(before, after, (name,))
    return requested


def _whole(tree: Mapping, wanted: Mapping) -> ChangeRequest:
    return sum(
        (_replace_whole(tree.get(name), wanted.get(name), (name,)) for name in _names(tree, wanted)), ChangeRequest()
    )


def _replace_whole(before: Node | None, after: Node | None, path: tuple[str, ...]) -> ChangeRequest:
    if is_equal(before, after, path):
        return ChangeRequest()
    return ChangeRequest(removed=(path,)) if after is None else ChangeRequest(replaced=((path, after),))


def _names(one: Mapping, other: Mapping) -> list[str]:
    return list(dict.fromkeys((*one.names(), *other.names())))


def _check(overlay: Mapping, base: Mapping, wanted: Mapping, context: Context) -> InferredOverlay | None:
    """Return the overlay if reading and applying it produces the wanted tree, or None otherwise."""
    text = _text(overlay)
    try:
        tree = apply_overlay(text, base, context)
    except ComposeVariantError:
        return None
    return InferredOverlay(overlay, text, wanted, tree) if is_equal(tree, wanted, ()) else None


def _text(overlay: Mapping) -> str:
    return edit(parse(Source("overlay.yml", "")), overlay).lstrip("\n") if overlay.entries else ""


def apply_overlay(text: str, base: Mapping, context: Context) -> Mapping:
    """Apply an overlay to a base. Errors in its operations are raised."""
    tree = base
    for operation in load_overlay(parse(Source("overlay.yml", text)), "overlay").layer.operations:
        tree = apply(tree, operation, context).tree
    return tree


# Changes that several services share are moved to `each`.

_ENOUGH = 3
"""The number of services needed to move a change to `each`. One fewer is enough if they are all services."""

_SERVICE = 2
"""The length of the path of a service."""


class Factored(NamedTuple):
    """The changes to single services, and the changes that several services share."""

    requested: ChangeRequest
    each: tuple[Each, ...]
    globs: Names


def factor_shared(requested: ChangeRequest, base: Mapping, wanted: Mapping) -> Factored:
    """Move changes shared by three or more services to `each` or a wildcard. New services stay as they are."""
    known = set(services_of(base))
    removed = _groups(((path, None) for path in requested.removed), known)
    merged = _groups(requested.merged, known)
    replaced = _groups(requested.replaced, known)
    globs = tuple(
        f"services.*{_below(path)}" for (path, _), names in removed.items() if _is_everywhere(path, names, base)
    )
    every = set(services_of(wanted))
    shared: dict[tuple[str, ...], ChangeRequest] = {}
    taken: set[tuple[str, Names]] = set()
    for kind, groups in (("removed", removed), ("merged", merged), ("replaced", replaced)):
        for (path, _), members in groups.items():
            names = tuple(members)
            if kind == "removed" and f"services.*{_below(path)}" in globs:
                taken |= {(kind, ("services", name, *path)) for name in names}
            elif len(names) >= (_ENOUGH if set(names) != every else _ENOUGH - 1):
                taken |= {(kind, ("services", name, *path)) for name in names}
                shared[names] = shared.get(names, ChangeRequest()) + _request(kind, path, next(iter(members.values())))
    left = ChangeRequest(
        tuple(path for path in requested.removed if ("removed", path) not in taken),
        tuple((path, value) for path, value in requested.merged if ("merged", path) not in taken),
        tuple((path, value) for path, value in requested.replaced if ("replaced", path) not in taken),
    )
    each = tuple(Each(() if set(names) == every else names, one) for names, one in shared.items())
    return Factored(left, each, globs)


def _groups(
    changes: Iterable[tuple[Names, Node | None]], known: set[str]
) -> dict[tuple[Names, str], dict[str, Node | None]]:
    """Group the changes to services by content, and return for each change the services that share it."""
    groups: dict[tuple[Names, str], dict[str, Node | None]] = {}
    for path, value in changes:
        if path[0] == "services" and len(path) > _SERVICE and path[1] in known:
            groups.setdefault((path[2:], node_text(value) if value is not None else ""), {})[path[1]] = value
    return groups


def _is_everywhere(path: Names, names: dict[str, Node | None], base: Mapping) -> bool:
    """Return whether all services with a setting lose that setting. This applies only to direct keys of a service."""
    having = [name for name, service in services_of(base).items() if len(path) == 1 and service.entry(path[0])]
    return len(names) > 1 and set(having) == set(names)


def _below(path: Names) -> str:
    from composevariant.tree import literal, write_step

    return "".join(write_step(step) for step in literal(*path))


def _request(kind: str, path: Names, value: Node | None) -> ChangeRequest:
    if value is None:
        return ChangeRequest(removed=(path,))
    return ChangeRequest(merged=((path, value),)) if kind == "merged" else ChangeRequest(replaced=((path, value),))
