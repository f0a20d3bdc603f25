"""Attributes that name services, networks or models: a list of names, or a mapping from these to settings.

compose-go makes mappings of both sides (`mergeDependsOn`, `mergeNetworks`, `mergeModels`). A list in the base stays a
list as long as names say everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import go_text_of, is_null
from composevariant.tree import NULL, Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from composevariant.compose.merge import At, Walk
    from composevariant.tree import Node

_NAME_ALONE: Final = {"condition": "service_started", "required": "true", "restart": "false"}
"""What a name in a list of `depends_on` means."""


def merge_named(walk: Walk, base: Node, override: Node, at: At) -> Node:
    """`depends_on`, `networks` and `models`, each side in either notation."""
    if isinstance(override, Sequence) and not all(isinstance(item, Scalar) for item in override.items):
        hint = "write names only, or all of it as a mapping, without dashes"
        return walk.refuse(base, override, at, "one of its names is not a single value", hint)
    match base, override:
        case Mapping(), Mapping():
            return walk.mapping(base, override, at)
        case Mapping(), Sequence():
            return walk.mapping(base, _over(base, override, at.path[-1]), at)
        case Sequence(), Sequence():
            return walk.items(base, override.items, at)
        case Sequence(), Mapping():
            known = {go_text_of(item) for item in base.items}
            if all(_is_name_alone(at.path[-1], value, known=name in known) for name, value in override.items()):
                return walk.items(base, [entry.key for entry in override.entries], at)
            return walk.mapping(named_mapping(base, at.path[-1]), override, at)
        case _:
            return walk.refuse_kind(base, override, at)


def named_mapping(names: Sequence, attribute: str) -> Mapping:
    """A list of names in the notation of a mapping."""
    keys = [item for item in names.items if isinstance(item, Scalar)]
    entries = tuple(Entry(_key(key), _settings(attribute)) for key in keys)
    return Mapping(entries, tag=names.tag, origin=names.origin or names)


def _over(base: Mapping, names: Sequence, attribute: str) -> Mapping:
    """A list of names as a mapping that, merged over `base`, says what Compose takes the list for.

    A bare name in `depends_on` takes a condition back to `service_started`, and `required` to `true`.
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
    """Whether an entry of the override says no more than its name would in a list."""
    if attribute != "depends_on":
        return is_null(value) or (isinstance(value, Mapping) and not value.entries)
    if not isinstance(value, Mapping) or not (known or value.entry("condition")):
        return False
    return all(_NAME_ALONE.get(key) == go_text_of(setting) for key, setting in value.items())
