"""`replace`: exactly this value at exactly this path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import identity, item_key, item_with_value, key_and_value, notation_of
from composevariant.compose.merge import expand_build, names_as_mapping
from composevariant.errors import UnusableInput
from composevariant.operations.context import Outcome
from composevariant.operations.included_files import refusal_of
from composevariant.tree import (
    Mapping,
    Scalar,
    Sequence,
    detach,
    find,
    format_path,
    get,
    in_place_of,
    is_null,
    nearest,
    put,
    string,
    write_path,
)

if TYPE_CHECKING:
    from composevariant.operations.context import Context
    from composevariant.overlay import Replace
    from composevariant.tree import Node, Path, PathPattern

_SHOWN: Final = 5
"""How many of several matches a message names."""


def apply(tree: Mapping, wanted: Replace, context: Context) -> Outcome:
    """The tree with the value at the path.

    The last step of the path may be new: a key of a mapping, or of a list of `KEY=VALUE`, where the value becomes that
    of `KEY`. Every other item of a list is replaced as a whole. Of several items with the same key the last one counts.

    Raises:
        UnusableInput: the path names several settings, or leads through something that is not there.
        Refused: it leads into something that comes from another file.
    """
    try:
        return Outcome(replaced(tree, wanted.path, wanted))
    except UnusableInput:
        elsewhere = refusal_of(tree, wanted.path, context, wanted.location)
        if elsewhere is None:
            raise
        raise elsewhere from None


def replaced(tree: Mapping, path: PathPattern, wanted: Replace) -> Mapping:
    """The tree with the value of `wanted` at `path`, which counts from the tree. Raises like `apply`."""
    found = find(tree, path, identity)
    if found:
        return _set(tree, _only(tree, found, path, wanted), wanted)
    return _add(tree, path, wanted)


def _only(tree: Mapping, found: tuple[Path, ...], path: PathPattern, wanted: Replace) -> Path:
    if len(found) == 1 or len({_key(tree, place) for place in found}) == 1:
        return found[-1]
    names = [format_path(place, tree, identity) for place in found[:_SHOWN]]
    more = ", …" if len(found) > _SHOWN else ""
    message = f"{write_path(path)} names {len(found)} settings: {', '.join(names)}{more}"
    raise UnusableInput(message, wanted.location, "replace sets one; name it, or change many services with each")


def _key(tree: Mapping, place: Path) -> tuple[Path, str | int]:
    return place[:-1], item_key(place[:-1], get(tree, place)) or place[-1]


def _set(tree: Mapping, place: Path, wanted: Replace) -> Mapping:
    """The value instead of what is there."""
    above, old, value = place[:-1], get(tree, place), detach(wanted.value)
    if isinstance(place[-1], int) and isinstance(old, Scalar):
        notation = notation_of(above)
        if notation in ("pairs", "hosts"):
            value = item_with_value(old.text, _single(value, old.text, wanted), host=notation == "hosts")
        elif notation == "names" and isinstance(value, Mapping):
            return put(_with_mapping(tree, above), (*above, old.text), value)
    new = in_place_of(value, old)
    return tree if new is old else put(tree, place, new)


def _add(tree: Mapping, path: PathPattern, wanted: Replace) -> Mapping:
    """The value under a key that is not there yet."""
    *above, last = path
    found = find(tree, tuple(above), identity)
    if not found or last.wild:
        message = f"{write_path(path)} names nothing: {nearest(tree, path, identity)}"
        hint = (
            "" if last.wild else "replace makes a new key, but not what it stands in: name that, with all of its value"
        )
        raise UnusableInput(message, wanted.location, hint)
    place, value = _only(tree, found, tuple(above), wanted), detach(wanted.value)
    parent = get(tree, place)
    if isinstance(parent, Sequence):
        return _append(tree, place, last.text, wanted)
    if isinstance(parent, Scalar) and not is_null(parent):
        if place[2:] != ("build",):
            raise UnusableInput(f"{write_path(tuple(above))} holds a single value, no keys", wanted.location)
        tree = put(tree, place, expand_build(parent))
    return put(tree, (*place, last.text), value)


def _append(tree: Mapping, place: Path, key: str, wanted: Replace) -> Mapping:
    """The value under a new key of a list, where the items of the list have keys."""
    names, value = get(tree, place), detach(wanted.value)
    match notation_of(place):
        case "pairs" | "hosts":
            item: Node = item_with_value(key, _single(value, key, wanted))
        case "names" if not is_null(value):
            return put(_with_mapping(tree, place), (*place, key), value)
        case "names":
            item = string(key)
        case _:
            message = f'{format_path(place, tree, identity)} has no item "{key}"'
            raise UnusableInput(message, wanted.location, "replace sets what is there; use compose to add an item")
    return put(tree, place, names.with_items((*names.items, item))) if isinstance(names, Sequence) else tree


def _with_mapping(tree: Mapping, place: Path) -> Mapping:
    """The tree with a list of names written as a mapping."""
    names = get(tree, place)
    return put(tree, place, names_as_mapping(names, str(place[-1]))) if isinstance(names, Sequence) else tree


def _single(value: Node, item: str, wanted: Replace) -> Scalar:
    """The value for an item `KEY=VALUE`. That of `DEBUG` is `1`; `DEBUG=1` would make it `DEBUG=DEBUG=1`."""
    key = key_and_value(item)[0]
    if isinstance(value, Scalar) and not value.text.startswith(f"{key}="):
        return value
    message = f"{write_path(wanted.path)} is an item KEY=VALUE of a list, and takes a single value"
    raise UnusableInput(message, wanted.location, f"write only what follows {key}=")
