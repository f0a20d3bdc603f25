"""Trees from YAML and back, for tests that do not look at text."""

from __future__ import annotations

import json

from composevariant.source import Source
from composevariant.tree.nodes import Mapping, Node, Scalar, Sequence
from composevariant.yamltext.parser import parse


def parsed(text: str, name: str = "compose.yml") -> Mapping:
    root = parse(Source(name, text)).root
    assert isinstance(root, Mapping)
    return root


def flow(node: Node) -> str:
    """The tree as JSON with the tags of YAML. Numbers are spelled as they are."""
    tag = f"{node.tag} " if node.tag else ""
    if isinstance(node, Mapping):
        return tag + "{" + ", ".join(f"{json.dumps(name)}: {flow(value)}" for name, value in node.items()) + "}"
    if isinstance(node, Sequence):
        return tag + "[" + ", ".join(map(flow, node.items)) + "]"
    return tag + _scalar(node)


def _scalar(scalar: Scalar) -> str:
    kind = scalar.meaning.kind
    return "null" if kind == "null" else scalar.text if kind != "str" else json.dumps(scalar.text)
