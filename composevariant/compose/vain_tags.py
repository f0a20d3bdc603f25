"""Tags that Docker Compose would silently ignore: what to say about them, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import OVERRIDE
from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from composevariant.path_syntax import PathPattern
    from composevariant.tree import Node
    from composevariant.tree_edits import Path

_ATTRIBUTE: Final = 3
"""The length of the path of a service's attribute."""


def in_vain(override: Node, path: Path, node: Node, *, inside: bool, extends: bool) -> UnusableInput | None:
    """Why the tag of a node has no effect whatever the base says; None when it may have one.

    `inside` says that the node stands below an `!override`, `extends` that its service extends another.
    """
    tag = node.tag or ""
    if tag == OVERRIDE and isinstance(node, Scalar) and not node.style and node.meaning.kind == "null":
        wrong = f"Docker Compose takes {tag} {node.text or 'without a value'} for a text"
        return UnusableInput(wrong, location_of(node), "use !reset null to remove what the base has")
    if inside:
        wrong = f"Docker Compose ignores {tag} inside !override; leave it out of the value"
    elif not path:
        wrong = f"Docker Compose ignores {tag} on the whole file"
    elif any(isinstance(key, int) for key in path):
        wrong = f"Docker Compose ignores {tag} on an item of a list"
    elif "*" in path[:-1]:
        wrong = 'Docker Compose takes "*" for a name here, not for every name'
    elif _is_resolved_before(path):
        wrong = f"Docker Compose ignores {tag} on {path[-1]}, which it has resolved before"
    elif extends and len(path) > _ATTRIBUTE:
        wrong = f"beside extends, {tag} works on a whole attribute only"
    else:
        return None
    hint = "put !override on the whole list or attribute" if tag == OVERRIDE else _removing(_pattern(path, override))
    return UnusableInput(wrong, location_of(node), hint)


def _is_resolved_before(path: Path) -> bool:
    """Whether Compose has taken this out of the base already when it looks for the paths to reset."""
    match path:
        case ("include" | "version",) | ("services", _, "extends"):
            return True
        case ("networks" | "volumes" | "secrets" | "configs", _, "external", "name"):
            return True
        case _:
            return False


def vain_reset(base: Mapping, path: Path, node: Node) -> UnusableInput:
    """Why a `!reset` finds nothing in the base."""
    from composevariant.compose.identity import identity
    from composevariant.paths import nearest, write_path

    pattern = _pattern(path, base)
    missing = nearest(base, pattern, identity)
    if missing:
        wrong = f"!reset has nothing to reset: {missing}"
        return UnusableInput(wrong, location_of(node), f"{_removing(pattern)}, with missing: ok")
    wrong = f"Docker Compose ignores !reset here, for {write_path(pattern[:-1])} is a list in the base"
    return UnusableInput(wrong, location_of(node), _removing(pattern))


def masked_reset(path: Path, node: Node) -> UnusableInput:
    """Of a `!reset` that stays in the file beside `extends`: Compose takes what `<<` brings for newer than that."""
    wrong = f"`<<` brings {path[-1]} back beside a !reset"
    return UnusableInput(wrong, location_of(node), f"{_removing(_pattern(path, None))} first, and then !reset")


def _removing(pattern: PathPattern) -> str:
    from composevariant.paths import write_path

    return f"use the operation remove with the path {write_path(pattern)}" if pattern else "name the parts instead"


def _pattern(path: Path, tree: Node | None) -> PathPattern:
    """The path for `remove`. Items of lists go by what the override says of them."""
    from composevariant.compose.identity import identity
    from composevariant.paths import Step

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
