"""Attributes that Compose's merge takes as lists of texts, in whatever notation they are written.

`environment`, `labels` and the like are `KEY=VALUE` texts, `extra_hosts` are `HOST=IP` texts, and `dns`, `tmpfs` or
`env_file` may be a single text (compose-go's `mergeToSequence` and `mergeExtraHosts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.pairs import Pair, as_list, pairs_of
from composevariant.compose.placing import in_place_of, with_values
from composevariant.compose.sections import sections
from composevariant.tree import NULL, Entry, Mapping, Scalar, Sequence, string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.compose.merge import At, Walk
    from composevariant.tree import Node


def merge_pairs(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`KEY=VALUE` texts: one whose key the base has takes the place of the base's."""
    if not _all_texts(walk, base, override, at):
        return base
    pairs = {pair.name: pair for pair in pairs_of(override)}
    if not isinstance(base, Mapping) or None in pairs:
        return _grown(walk, base, [pair.item() for pair in pairs_of(override)], at)
    known = {pair.name: pair.text for pair in pairs_of(base)}
    values: dict[str, Node] = {}
    for name in pairs.keys() & known.keys():
        old = base.get(name or "") or NULL
        if pairs[name].text != known[name]:
            values[name or ""] = in_place_of(pairs[name].value or NULL, old)
    return with_values(base, values, [pair.entry(name or "") for name, pair in pairs.items() if name not in known])


def merge_texts(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """A text or a list of texts. The items of `env_file` may be mappings as well."""
    if isinstance(base, Mapping) or isinstance(override, Mapping):
        return walk.refuse_kind(base, override, at)
    if isinstance(override, Scalar) and not _all_texts(walk, base, override, at):
        return base
    return _grown(walk, base, override.items if isinstance(override, Sequence) else (override,), at)


def merge_hosts(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`HOST=IP` texts: one that the base has is left out, every other one is added, as a host has many addresses."""
    if not _all_texts(walk, base, override, at):
        return base
    known = {pair.text for pair in pairs_of(base)}
    pairs = [pair for pair in pairs_of(override) if pair.text not in known]
    if not isinstance(base, Mapping) or any(pair.name is None for pair in pairs):
        return _grown(walk, base, [pair.item() for pair in pairs], at)
    hosts: dict[str, Entry] = {}
    for name, key, addresses in map(_host, pairs):
        old = hosts[name].value if name in hosts else base.get(name)
        hosts[name] = Entry(key, _with_addresses(old, addresses))
    values = {name: entry.value for name, entry in hosts.items() if base.entry(name)}
    return with_values(base, values, [entry for name, entry in hosts.items() if name not in values])


def _host(pair: Pair) -> tuple[str, Scalar, list[Scalar]]:
    """A host and its addresses as a mapping has them. In a list, `HOST:IP` is right too, and commas part addresses."""
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


def _grown(walk: Walk, base: Node, items: Iterable[Node], at: At) -> Node:
    """The base as a list with more items; still the base itself when there are none."""
    old = base
    if isinstance(base, Mapping):
        old = as_list(base)
    elif isinstance(base, Scalar):
        old = Sequence((base,), tag=base.tag, origin=base.origin or base)
    new = walk.items(old, items, at) if isinstance(old, Sequence) else old
    return base if new is old else new


def _all_texts(walk: Walk, base: Node, override: Node, at: At) -> bool:
    """Whether the override holds nothing that Compose refuses, drops, or prints in a way nobody means."""
    values = override.items if isinstance(override, Sequence) else (override,)
    if isinstance(override, Mapping):
        values = tuple(value for _, value in override.items())
    for value in values:
        if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(override, Mapping)):
            hint = "write KEY: VALUE without a dash before it, or - KEY=VALUE"
            walk.refuse(base, value, at, "one of its values is not a single value", hint)
        elif isinstance(value, Scalar) and value.meaning.kind == "timestamp":
            walk.refuse(base, value, at, f"{value.text} is a date to Docker Compose", f'write "{value.text}"')
        elif isinstance(value, Scalar) and not isinstance(override, Mapping) and value.meaning.kind != "str":
            walk.refuse(base, value, at, f"{value.text or 'an empty item'} is not a text", "write it in quotes")
        else:
            continue
        return False
    return True
