"""Apply `!reset` and `!override` as compose-go 2.9.1 does (`loader/reset.go`), and refuse tags without effect.

Compose deletes the tagged paths from the files that it has already read, and then merges. A tag without effect is
silently ignored by Compose, but is an error here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composevariant.compose import ATTRIBUTES, key_and_value
from composevariant.errors import UnusableInput
from composevariant.tree import (
    OVERRIDE,
    RESET,
    Entry,
    Mapping,
    Scalar,
    Sequence,
    delete,
    go_text,
    in_place_of,
    location_of,
    string,
    value_at,
    with_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.errors import ComposeVariantError
    from composevariant.tree import Node, Path, PathPattern

_ANY: Final = "*"

_ATTRIBUTE: Final = 3
"""The length of the path to a service's attribute."""


def apply_tags(base: Mapping, override: Node, errors: list[ComposeVariantError]) -> tuple[Mapping, Mapping]:
    """Apply the tags of the override. Return the changed base, and the rest of the override to merge into the base.

    Paths consist of names, and `*` is every name, as in `services: {'*': !reset null}`. A replaced value keeps its
    position. Tags without effect are added to `errors`.
    """
    tags = _Tags(base, override)
    left = tags.read(override, ())
    errors += tags.errors
    base = delete(base, [path for path in tags.deleted if _has_meaning_if_empty(path)])
    base = delete(base, [path for path in tags.deleted if not _has_meaning_if_empty(path)], prune=True)
    return _put_all(base, tags.replaced), left if isinstance(left, Mapping) else Mapping()


def _has_meaning_if_empty(path: Path) -> bool:
    """Return whether an empty parent must be kept.

    This is so because `build: {}` still builds, and because extension fields belong to the user.
    """
    return "build" in path[2:3] or any(str(key).startswith("x-") for key in path)


class _Tags:
    """The effects of the tags in one override on the base."""

    def __init__(self, base: Mapping, override: Node) -> None:
        self.base, self.override = base, override
        self.deleted: list[Path] = []
        self.replaced: list[tuple[Path, Node]] = []
        self.errors: list[ComposeVariantError] = []

    def read(self, node: Node, path: Path, *, inside: bool = False) -> Node | None:
        """Return the rest of a node to merge, or None. `inside` means that the node is inside an `!override`."""
        if node.tag == RESET and not inside:
            return self._reset(node, path)
        left = self._children(node, path, inside=inside or node.tag == OVERRIDE)
        if node.tag not in (RESET, OVERRIDE) or left is None:
            return left
        left = strip_tag(left)
        return self._inside(node, left, path) if inside else self._override(node, left, path)

    def _children(self, node: Node, path: Path, *, inside: bool) -> Node | None:
        if isinstance(node, Scalar):
            return node
        if isinstance(node, Sequence):
            read = [self.read(item, (*path, index), inside=inside) for index, item in enumerate(node.items)]
            items = tuple(item for item in read if item is not None)
            return node if items == node.items else replace(node, items=items)
        entries = []
        for entry in node.entries:
            value = self.read(entry.value, (*path, entry.name), inside=inside)
            if value is not None:
                entries.append(entry if value is entry.value else Entry(entry.key, value))
        if node.entries and not entries:
            return None
        return node if tuple(entries) == node.entries else replace(node, entries=tuple(entries))

    def _inside(self, node: Node, value: Node, path: Path) -> Node:
        """Return a tagged value inside an `!override`, where Compose ignores tags."""
        problem = ineffective_tag(self.override, path, node, inside=True, extends=False)
        self.errors += [problem] if problem and node.tag == RESET else []
        return value

    def _reset(self, node: Node, path: Path) -> Node | None:
        found = list(_find_paths(self.base, path))
        problem = ineffective_tag(self.override, path, node, inside=False, extends=self._extends(path))
        if problem is None and self._extends(path):
            if self._is_merged(path):
                problem = masked_reset(path, node)
            elif found or self._inherits(path):
                return self._replace(Scalar("null", tag=RESET, span=node.span), path)
        if problem is None and not found:
            problem = ineffective_reset(self.base, path, node)
        if problem:
            self.errors.append(problem)
        else:
            self.deleted += found
        return None

    def _override(self, node: Node, value: Node, path: Path) -> Node | None:
        problem = ineffective_tag(self.override, path, node, inside=False, extends=self._extends(path))
        if problem:
            self.errors.append(problem)
            return value
        if path[-1:] == (_ANY,):
            self.deleted += _find_paths(self.base, path)
            return value
        return self._replace(replace(value, tag=OVERRIDE) if self._extends(path) else value, path)

    def _replace(self, value: Node, path: Path) -> Node | None:
        old = value_at(self.base, *path)
        if old is None:
            return value
        self.replaced.append((path, in_place_of(value, old)))
        return None

    def _extends(self, path: Path) -> bool:
        """Return whether the path is in a service with `extends`, where the tag is kept for inherited settings."""
        service = value_at(self.base, *path[:2]) if len(path) >= _ATTRIBUTE and path[0] == "services" else None
        return isinstance(service, Mapping) and service.entry("extends") is not None

    def _inherits(self, path: Path) -> bool:
        """Return whether the service inherits the attribute, or may inherit it from another file."""
        from composevariant.compose import services_of
        from composevariant.compose.merge.extends import resolve_extends

        services = services_of(self.base)
        whole = resolve_extends(services[str(path[1])], services, services)
        return whole.entry("extends") is not None or whole.entry(str(path[2])) is not None

    def _is_merged(self, path: Path) -> bool:
        """Return whether the base has the entry through a merge key (`<<`)."""
        parent = value_at(self.base, *path[:-1])
        entry = parent.entry(str(path[-1])) if isinstance(parent, Mapping) else None
        return entry is not None and entry.inherited


def strip_tag(node: Node) -> Node:
    """Return a node without its tag. go-yaml reads a tagged scalar as a string, so `!override 1.10` is not `1.1`."""
    if isinstance(node, Scalar) and not node.style:
        meaning = node.meaning
        if meaning.kind in ("timestamp", "null") or go_text(meaning, node.text) != node.text:
            return string(node.text)
    return replace(node, tag=None)


def _find_paths(node: Node, path: Path, at: Path = ()) -> Iterator[Path]:
    """Yield the paths in the base that match a tagged path, including lists that Compose converts to mappings."""
    if not path:
        yield at
    elif isinstance(node, Mapping):
        for name in node.names() if path[0] == _ANY else [str(path[0])]:
            value = node.get(name)
            if value is not None:
                yield from _find_paths(value, path[1:], (*at, name))
    elif isinstance(node, Sequence) and len(path) == 1 and _becomes_mapping(at):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar) and path[0] in (key_and_value(item.text)[0], _ANY):
                yield (*at, index)


def _becomes_mapping(path: Path) -> bool:
    attribute = ATTRIBUTES.at(path)
    return attribute is not None and attribute.becomes == "mapping"


def _put_all(tree: Mapping, replaced: list[tuple[Path, Node]]) -> Mapping:
    """Return the tree with the values at existing paths replaced, in one pass over each mapping."""
    values: dict[str, Node] = {}
    below: dict[str, list[tuple[Path, Node]]] = {}
    for (key, *rest), value in replaced:
        if rest:
            below.setdefault(str(key), []).append((tuple(rest), value))
        else:
            values[str(key)] = value
    for name, deeper in below.items():
        child = tree.get(name)
        values[name] = _put_all(child, deeper) if isinstance(child, Mapping) else values[name]
    return with_values(tree, values)


# The errors for tags that Docker Compose would silently ignore.


def ineffective_tag(override: Node, path: Path, node: Node, *, inside: bool, extends: bool) -> UnusableInput | None:
    """Return the error for a tag that has no effect on any base, or None if the tag can have an effect.

    `inside` means that the node is inside an `!override`, and `extends` means that its service has `extends`.
    """
    tag = node.tag or ""
    if tag == OVERRIDE and isinstance(node, Scalar) and not node.style and node.meaning.kind == "null":
        wrong = f"Docker Compose reads {tag} {node.text or 'without a value'} as a string"
        return UnusableInput(wrong, location_of(node), "use !reset null to remove what the base has")
    if inside:
        wrong = f"Docker Compose ignores {tag} inside !override; remove it from the value"
    elif not path:
        wrong = f"Docker Compose ignores {tag} on the whole file"
    elif any(isinstance(key, int) for key in path):
        wrong = f"Docker Compose ignores {tag} on an item of a list"
    elif "*" in path[:-1]:
        wrong = 'Docker Compose reads "*" as a name here, not as every name'
    elif _is_resolved_before(path):
        wrong = f"Docker Compose ignores {tag} on {path[-1]}, which it resolves first"
    elif extends and len(path) > _ATTRIBUTE:
        wrong = f"in a service with extends, {tag} works only on a whole attribute"
    else:
        return None
    hint = "put !override on the whole list or attribute" if tag == OVERRIDE else _remove_hint(_pattern(path, override))
    return UnusableInput(wrong, location_of(node), hint)


def _is_resolved_before(path: Path) -> bool:
    """Return whether Compose removes this path from the base before it looks for paths to reset."""
    match path:
        case ("include" | "version",) | ("services", _, "extends"):
            return True
        case ("networks" | "volumes" | "secrets" | "configs", _, "external", "name"):
            return True
        case _:
            return False


def ineffective_reset(base: Mapping, path: Path, node: Node) -> UnusableInput:
    """Return the error for a `!reset` that matches nothing in the base."""
    from composevariant.compose import identity
    from composevariant.tree import nearest, write_path

    pattern = _pattern(path, base)
    missing = nearest(base, pattern, identity)
    if missing:
        wrong = f"!reset has nothing to reset: {missing}"
        return UnusableInput(wrong, location_of(node), f"{_remove_hint(pattern)}, with missing: ok")
    wrong = f"Docker Compose ignores !reset here, because {write_path(pattern[:-1])} is a list in the base"
    return UnusableInput(wrong, location_of(node), _remove_hint(pattern))


def masked_reset(path: Path, node: Node) -> UnusableInput:
    """Return the error for a `!reset` in a service with `extends`, which a merge key (`<<`) would override."""
    wrong = f"`<<` sets {path[-1]} again in spite of !reset"
    return UnusableInput(wrong, location_of(node), f"{_remove_hint(_pattern(path, None))} first, and then !reset")


def _remove_hint(pattern: PathPattern) -> str:
    from composevariant.tree import write_path

    return f"use the operation remove with the path {write_path(pattern)}" if pattern else "name the parts instead"


def _pattern(path: Path, tree: Node | None) -> PathPattern:
    """Return the path for `remove`, which identifies list items by their names in the override."""
    from composevariant.compose import identity
    from composevariant.tree import Step

    steps = []
    for depth, key in enumerate(path):
        if isinstance(tree, Sequence) and isinstance(key, int):
            tree = tree.items[key]
            names = identity(path[:depth], tree) or (str(key),)
            steps.append(Step(tree.text if isinstance(tree, Scalar) and tree.text in names else names[0]))
        else:
            tree = tree.get(str(key)) if isinstance(tree, Mapping) else None
            steps.append(Step(str(key), wild=key == "*"))
    return tuple(steps)
