"""`replace`: set the value at a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose import identity, item_key, item_with_value, key_and_value, notation_of
from composevariant.compose.merge import expand_build, names_as_mapping
from composevariant.errors import UnusableInput
from composevariant.operations.context import Outcome, refusal_of
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
"""The maximum number of matches in a message."""


def apply(tree: Mapping, wanted: Replace, context: Context) -> Outcome:
    """Return the tree with the value set at the path.

    The last step of the path may be a new key, either in a mapping or in a list of `KEY=VALUE` items, where the value
    becomes the value of `KEY`. Other list items are replaced as a whole. If several items have the same key, the last
    of them is replaced.

    Raises:
        UnusableInput: The path matches several settings, or its parent does not exist.
        Refused: The setting comes from another file.
    """
    try:
        return Outcome(with_value_at(tree, wanted.path, wanted))
    except UnusableInput:
        elsewhere = refusal_of(tree, wanted.path, context, wanted.location)
        if elsewhere is None:
            raise
        raise elsewhere from None


def with_value_at(tree: Mapping, path: PathPattern, wanted: Replace) -> Mapping:
    """Return the tree with the value of `wanted` at `path`, which starts at the root.

    Raises the same errors as `apply`.
    """
    found = find(tree, path, identity)
    if found:
        return _set(tree, _only(tree, found, path, wanted), wanted)
    return _add(tree, path, wanted)


def _only(tree: Mapping, found: tuple[Path, ...], path: PathPattern, wanted: Replace) -> Path:
    if len(found) == 1 or len({_key(tree, place) for place in found}) == 1:
        return found[-1]
    names = [format_path(place, tree, identity) for place in found[:_SHOWN]]
    more = ", …" if len(found) > _SHOWN else ""
    message = f"{write_path(path)} matches {len(found)} settings: {', '.join(names)}{more}"
    raise UnusableInput(
        message, wanted.location, "replace sets one value: use the full path, or `each` to change several services"
    )


def _key(tree: Mapping, place: Path) -> tuple[Path, str | int]:
    return place[:-1], item_key(place[:-1], get(tree, place)) or place[-1]


def _set(tree: Mapping, place: Path, wanted: Replace) -> Mapping:
    """Replace an existing value."""
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
    """Add the value under a new key of a mapping or list."""
    *above, last = path
    found = find(tree, tuple(above), identity)
    if not found or last.wild:
        message = f"no such path: {write_path(path)}: {nearest(tree, path, identity)}"
        hint = (
            ""
            if last.wild
            else "replace adds a key only to an existing parent: replace the parent, with its whole value"
        )
        raise UnusableInput(message, wanted.location, hint)
    place, value = _only(tree, found, tuple(above), wanted), detach(wanted.value)
    parent = get(tree, place)
    if isinstance(parent, Sequence):
        return _append(tree, place, last.text, wanted)
    if isinstance(parent, Scalar) and not is_null(parent):
        if place[2:] != ("build",):
            raise UnusableInput(f"{write_path(tuple(above))} holds a single value, not a mapping", wanted.location)
        tree = put(tree, place, expand_build(parent))
    return put(tree, (*place, last.text), value)


def _append(tree: Mapping, place: Path, key: str, wanted: Replace) -> Mapping:
    """Add the value under a new key of a list whose items have keys."""
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
            raise UnusableInput(message, wanted.location, "replace changes existing items; use compose to add one")
    return put(tree, place, names.with_items((*names.items, item))) if isinstance(names, Sequence) else tree


def _with_mapping(tree: Mapping, place: Path) -> Mapping:
    """Return the tree after converting a list of names to a mapping."""
    names = get(tree, place)
    return put(tree, place, names_as_mapping(names, str(place[-1]))) if isinstance(names, Sequence) else tree


def _single(value: Node, item: str, wanted: Replace) -> Scalar:
    """Check and return the value for a `KEY=VALUE` item. For the key `DEBUG`, the value is `1` and not `DEBUG=1`."""
    key = key_and_value(item)[0]
    if isinstance(value, Scalar) and not value.text.startswith(f"{key}="):
        return value
    message = f"{write_path(wanted.path)} is an item KEY=VALUE of a list and needs a single value"
    raise UnusableInput(message, wanted.location, f"write only the part after {key}=")
