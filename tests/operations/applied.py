"""Operations as users write them: an overlay, applied to a base."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from composevariant.operations import compose, each, replace
from composevariant.operations.context import Context, Outcome
from composevariant.overlay.operations import Compose, Each, Replace
from composevariant.overlay.reader import load_overlay
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from composevariant.tree.nodes import Node


class NoFiles:
    """An empty folder. These operations do not look at it."""

    def read_text(self, path: str) -> str | None:
        raise AssertionError(path)

    def is_file(self, path: str) -> bool:
        raise AssertionError(path)


def tree(text: str, name: str = "compose.yml") -> Mapping:
    root = parse(Source(name, text)).root
    assert isinstance(root, Mapping)
    return root


def applied(base: Mapping, overlay: str) -> Outcome:
    """What the operations of an overlay make of a base, one after another."""
    after = Outcome(base)
    for operation in load_overlay(parse(Source("fast.yml", overlay)), "fast").layer.operations:
        new = _one(after.tree, operation)
        after = Outcome(new.tree, (*after.notes, *new.notes))
    return after


def _one(base: Mapping, operation: object) -> Outcome:
    context = Context(NoFiles())
    match operation:
        case Compose():
            return compose.apply(base, operation, context)
        case Each():
            return each.apply(base, operation, context)
        case Replace():
            return replace.apply(base, operation, context)
    raise AssertionError(operation)


def shown(node: Node) -> str:
    """A tree in a form in which order counts and 1 is not "1"."""
    return json.dumps(plain(node))
