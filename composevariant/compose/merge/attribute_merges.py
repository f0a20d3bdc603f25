"""The merge rules for names, `KEY=VALUE` texts, hosts, and lists without keys, which several attributes share.

For `depends_on`, `networks` and `models`, compose-go converts both sides to mappings (`mergeDependsOn`,
`mergeNetworks`, `mergeModels`). Here a list in the base stays a list as long as names alone can express the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import CanonicalPair, as_list, canonical_pairs, sections
from composevariant.tree import (
    NULL,
    Entry,
    Mapping,
    Scalar,
    Sequence,
    go_text_of,
    in_place_of,
    is_null,
    mapping_at,
    same,
    string,
    value_at,
    with_items,
    with_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from composevariant.compose import Attribute, PathTable
    from composevariant.compose.merge.merger import MergeWalk
    from composevariant.tree import Node

_NAME_ALONE: Final = {"condition": "service_started", "required": "true", "restart": "false"}
"""The settings implied by a name in a `depends_on` list."""


def merge_named(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `depends_on`, `networks` or `models`. Either side may be a list or a mapping."""
    if isinstance(override, Sequence) and not all(isinstance(item, Scalar) for item in override.items):
        hint = "write names only, or all of it as a mapping, without dashes"
        return walk.refuse(base, override, at, "one of its names is not a single value", hint)
    match base, override:
        case Mapping(), Mapping():
            return walk.merge_mappings(base, override, at)
        case Mapping(), Sequence():
            return walk.merge_mappings(base, _names_over(base, override, at.path[-1]), at)
        case Sequence(), Sequence():
            return walk.merge_lists(base, override.items, at)
        case Sequence(), Mapping():
            known = {go_text_of(item) for item in base.items}
            if all(_is_name_alone(at.path[-1], value, known=name in known) for name, value in override.items()):
                return walk.merge_lists(base, [entry.key for entry in override.entries], at)
            return walk.merge_mappings(names_as_mapping(base, at.path[-1]), override, at)
        case _:
            return walk.refuse_kind(base, override, at)


def names_as_mapping(names: Sequence, attribute: str) -> Mapping:
    """Return a list of names in mapping notation."""
    keys = [item for item in names.items if isinstance(item, Scalar)]
    entries = tuple(Entry(_key(key), _settings(attribute)) for key in keys)
    return Mapping(entries, tag=names.tag, origin=names.origin or names)


def _names_over(base: Mapping, names: Sequence, attribute: str) -> Mapping:
    """Return a list of names as a mapping that has the same effect when it is merged into `base`.

    A bare name in `depends_on` resets a condition to `service_started`, and `required` to `true`.
    """
    entries = []
    for name in names.items:
        old, settings = base.get(go_text_of(name)), _settings(attribute)
        if isinstance(settings, Mapping) and isinstance(old, Mapping) and old.entry("required"):
            settings = settings.with_value("required", Scalar("true"))
        if isinstance(name, Scalar):
            entries.append(Entry(_key(name), settings))
    return Mapping(tuple(entries))


def _settings(attribute: str) -> Mapping | Scalar:
    if attribute != "depends_on":
        return NULL
    return Mapping((Entry(Scalar("condition"), Scalar(_NAME_ALONE["condition"])),))


def _key(name: Scalar) -> Scalar:
    return Scalar(name.text, name.style, name.tag, origin=name.origin or name)


def _is_name_alone(attribute: str, value: Node, *, known: bool) -> bool:
    """Return whether an entry of the override means the same as its bare name in a list."""
    if attribute != "depends_on":
        return is_null(value) or (isinstance(value, Mapping) and not value.entries)
    if not isinstance(value, Mapping) or not (known or value.entry("condition")):
        return False
    return all(_NAME_ALONE.get(key) == go_text_of(setting) for key, setting in value.items())


# Attributes that Compose merges as lists of strings in any notation.


def merge_pairs(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `KEY=VALUE` texts. Each text in the override replaces the text with the same key in the base."""
    if not _all_texts(walk, base, override, at):
        return base
    pairs = {pair.name: pair for pair in canonical_pairs(override)}
    if not isinstance(base, Mapping) or None in pairs:
        return _extend_list(walk, base, [pair.item() for pair in canonical_pairs(override)], at)
    known = {pair.name: pair.text for pair in canonical_pairs(base)}
    values: dict[str, Node] = {}
    for name in pairs.keys() & known.keys():
        old = base.get(name or "") or NULL
        if pairs[name].text != known[name]:
            values[name or ""] = in_place_of(pairs[name].value or NULL, old)
    return with_values(base, values, [pair.entry(name or "") for name, pair in pairs.items() if name not in known])


def merge_texts(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge a string or a list of strings. The items of `env_file` may also be mappings."""
    if isinstance(base, Mapping) or isinstance(override, Mapping):
        return walk.refuse_kind(base, override, at)
    if isinstance(override, Scalar) and not _all_texts(walk, base, override, at):
        return base
    return _extend_list(walk, base, override.items if isinstance(override, Sequence) else (override,), at)


def merge_hosts(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `HOST=IP` entries. All distinct entries are kept, because a host may have several addresses."""
    if not _all_texts(walk, base, override, at):
        return base
    known = {pair.text for pair in canonical_pairs(base)}
    pairs = [pair for pair in canonical_pairs(override) if pair.text not in known]
    if not isinstance(base, Mapping) or any(pair.name is None for pair in pairs):
        return _extend_list(walk, base, [pair.item() for pair in pairs], at)
    hosts: dict[str, Entry] = {}
    for name, key, addresses in map(_host, pairs):
        old = hosts[name].value if name in hosts else base.get(name)
        hosts[name] = Entry(key, _with_addresses(old, addresses))
    values = {name: entry.value for name, entry in hosts.items() if base.entry(name)}
    return with_values(base, values, [entry for name, entry in hosts.items() if name not in values])


def _host(pair: CanonicalPair) -> tuple[str, Scalar, list[Scalar]]:
    """Return the name, key and addresses of a host. A list item may be `HOST:IP`, with commas between addresses."""
    key, value = pair.key, pair.value
    if value is None:
        key, *rest = sections(pair.key, ":")
        value = string(":".join(rest))
    host = pair._replace(key=key)
    name = host.name or key
    in_list = pair.written.text == pair.text
    addresses = [string(part) for part in sections(value.text, ",")] if in_list else [value]
    return name, host.entry(name).key, addresses


def _with_addresses(old: Node | None, addresses: list[Scalar]) -> Node:
    if old is None and len(addresses) == 1:
        return addresses[0]
    if isinstance(old, Sequence):
        return old.with_items((*old.items, *addresses))
    return Sequence((*([] if old is None else [old]), *addresses), origin=old)


def _extend_list(walk: MergeWalk, base: Node, items: Iterable[Node], at: Position) -> Node:
    """Return the base as a list with the items added, or the base itself if nothing changes."""
    old = base
    if isinstance(base, Mapping):
        old = as_list(base)
    elif isinstance(base, Scalar):
        old = Sequence((base,), tag=base.tag, origin=base.origin or base)
    new = walk.merge_lists(old, items, at) if isinstance(old, Sequence) else old
    return base if new is old else new


def _all_texts(walk: MergeWalk, base: Node, override: Node, at: Position) -> bool:
    """Return whether all values are strings. If not, add an error for the first value that is not a string.

    Compose refuses or drops values that are not strings, or prints them in an unexpected way.
    """
    values = override.items if isinstance(override, Sequence) else (override,)
    if isinstance(override, Mapping):
        values = tuple(value for _, value in override.items())
    for value in values:
        if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(override, Mapping)):
            hint = "write KEY: VALUE without a dash before it, or - KEY=VALUE"
            walk.refuse(base, value, at, "one of its values is not a single value", hint)
        elif isinstance(value, Scalar) and value.meaning.kind == "timestamp":
            walk.refuse(base, value, at, f"Docker Compose reads {value.text} as a date", f'write "{value.text}"')
        elif isinstance(value, Scalar) and not isinstance(override, Mapping) and value.meaning.kind != "str":
            walk.refuse(base, value, at, f"{value.text or 'an empty item'} is not a string", "write it in quotes")
        else:
            continue
        return False
    return True


# Top-level networks, volumes, secrets and configs, and lists without keys.

_RESOURCES: Final = ("networks", "volumes", "secrets", "configs")


def normalize_externals(base: Mapping, override: Mapping) -> Mapping:
    """Return the base with the old form of `external` rewritten, as Compose does.

    `external: {name: x}` becomes `external: true` and `name: x`.
    """
    for kind in _RESOURCES:
        ours, theirs = mapping_at(base, kind), mapping_at(override, kind)
        plain = {name: _normalize_external(old) for name, old in ours.items() if _sets_name(theirs.get(name))}
        base = with_values(base, {kind: with_values(ours, plain)}) if plain else base
    return base


def _sets_name(change: Node | None) -> bool:
    return isinstance(change, Mapping) and any(map(change.entry, ("external", "name")))


def _normalize_external(resource: Node) -> Node:
    external = value_at(resource, "external")
    if not isinstance(resource, Mapping) or not isinstance(external, Mapping):
        return resource
    plain = with_values(resource, {"external": in_place_of(Scalar("true"), external)})
    name = external.entry("name")
    return plain.with_entries((*plain.entries, name)) if name and not resource.entry("name") else plain


def merge_subnets(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge `ipam.config` by `subnet`, as `mergeIPAMConfig` does.

    Compose 2.40.3 compares every pair and modifies one map per item of the base. So an item of the base that is not in
    the override is lost, and if both sides have several items, some of their settings get mixed up. Users can write
    `!override` before the list to avoid this.
    """
    if not isinstance(base, Sequence) or not isinstance(override, Sequence):
        return walk.refuse_kind(base, override, at)
    merged: list[_SharedItem] = []
    for item in base.items:
        ours = _SharedItem(item)
        for other in override.items:
            if _subnet(other) != _subnet(ours.item) and _index(merged, other) is None:
                merged.append(_SharedItem(other))
                continue
            ours.item = walk.merge_by_kind(ours.item, other, at)
            known = _index(merged, ours.item)
            if known is None:
                merged.append(ours)
            else:
                merged[known] = ours
    return with_items(base, (shared.item for shared in merged))


class _SharedItem:
    """A mutable item, like the maps in compose-go, so a change is visible in every list that contains the item."""

    def __init__(self, item: Node) -> None:
        self.item = item


def _index(merged: list[_SharedItem], item: Node) -> int | None:
    return next((index for index, shared in enumerate(merged) if _subnet(shared.item) == _subnet(item)), None)


def _subnet(item: Node) -> str | None:
    subnet = value_at(item, "subnet")
    return go_text_of(subnet) if isinstance(subnet, Scalar) else None


def merge_volume_labels(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge the labels of a volume. Compose refuses a label that has the same value in both files."""
    known = {pair.text for pair in canonical_pairs(base)}
    twice = [pair for pair in canonical_pairs(override) if pair.text in known]
    return _refuse_duplicate(walk, base, twice[0].written, at) if twice else merge_pairs(walk, base, override, at)


def merge_distinct(walk: MergeWalk, base: Node, override: Node, at: Position) -> Node:
    """Merge lists in which Compose 2.40.3 does not remove duplicates, although its schema forbids equal items."""
    if isinstance(base, Sequence) and isinstance(override, Sequence):
        for item in override.items:
            if any(same(item, old) for old in base.items):
                return _refuse_duplicate(walk, base, item, at)
    return walk.merge_by_kind(base, override, at)


def _refuse_duplicate(walk: MergeWalk, base: Node, item: Node, at: Position) -> Node:
    text = item.text if isinstance(item, Scalar) else "an item"
    return walk.refuse(base, item, at, f"{text} is already in the base, which Docker Compose refuses", "remove it here")


class Position(NamedTuple):
    """The path of the values being merged, and the attribute table below that path."""

    path: tuple[str, ...]
    table: PathTable[Attribute]

    def under(self, name: str) -> Position:
        return Position((*self.path, name), self.table.under(name))


class Rule(NamedTuple):
    """A function that merges two values."""

    merge: Callable[[MergeWalk, Node, Node, Position], Node]
    even_null: bool = False
    """Whether the function handles `null` in the override. Otherwise `null` leaves the base unchanged."""
