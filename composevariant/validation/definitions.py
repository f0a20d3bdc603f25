"""Volumes, configs and secrets as they are defined at the top level, by the rules of compose-go's `validation` 2.9.1.

As in `values`, every function says what is wrong with the node of one definition; empty when nothing is.
"""

from __future__ import annotations

from composevariant.compose.placing import value_at
from composevariant.tree import Mapping, Node, Scalar, same
from composevariant.validation.casts import cast_text, has_variable


def wrong_network(node: Node) -> str:
    return _wrong_name(node) if isinstance(node, Mapping) and node.entries else ""


def wrong_volume(node: Node) -> str:
    if not isinstance(node, Mapping) or not node.entries or not _is_external(node):
        return ""
    others = [name for name in node.names() if name not in ("name", "external") and not name.startswith("x-")]
    if others:
        return f'is external, so "{others[0]}" has no effect and Compose refuses it; remove one of them'
    return _wrong_name(node)


def wrong_config(node: Node) -> str:
    return _wrong_file_object(node, ("file", "environment", "content"))


def wrong_secret(node: Node) -> str:
    """Unlike a config, a secret needs a source even with a driver, or with `external: false`."""
    wrong = _wrong_file_object(node, ("file", "environment"))
    if wrong or not isinstance(node, Mapping) or _is_external(node) is not False:
        return wrong
    return "" if node.entry("file") or node.entry("environment") else "needs file or environment"


def _wrong_file_object(node: Node, sources: tuple[str, ...]) -> str:
    if not isinstance(node, Mapping):
        return ""
    present = [name for name in sources if node.entry(name)]
    if len(present) > 1:
        return f"has both {present[0]} and {present[1]}; keep one of them"
    if present or node.entry("driver") or node.entry("external"):
        return _wrong_name(node)
    return f"needs {', '.join(sources[:-1])} or {sources[-1]}, or external: true"


def _wrong_name(node: Mapping) -> str:
    """`external: {name: …}`, the old form, beside another `name`."""
    old, name = value_at(node, "external", "name"), node.get("name")
    if old is None or name is None or same(old, name):
        return ""
    return "has a name and another one under external; keep name and write external: true"


def _is_external(node: Mapping) -> bool | None:
    """Whether `external` says so; None when that depends on a variable."""
    external = node.get("external")
    if not isinstance(external, Scalar):
        return isinstance(external, Mapping)
    if has_variable(external.text):
        return None
    meaning = external.meaning if external.meaning.kind != "str" else cast_text(external.text, "bool")
    return meaning is not None and meaning.value is True
