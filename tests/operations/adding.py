"""Projects to which sidecars are added."""

from __future__ import annotations

from textwrap import dedent

from composevariant.operations.add import add
from composevariant.operations.context import Context, Outcome
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Add, Strip
from composevariant.overlay.reader import load_overlay
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.parser import parse
from tests.operations.removal import Files, tree, written


def adds(overlay: str) -> tuple[tuple[Add, ...], Context]:
    """What an overlay asks for, and what it defines."""
    keys = load_overlay(parse(Source("overlay.yml", dedent(overlay))), "overlay.yml")
    operations = tuple(operation for operation in keys.layer.operations if isinstance(operation, Add))
    return operations, Context(Files({}), "shop", keys.sidecars)


def added(before: str | Mapping, overlay: str) -> Outcome:
    """What the `add` of an overlay makes of a project."""
    operations, context = adds(overlay)
    outcome = Outcome(before if isinstance(before, Mapping) else tree(before))
    for operation in operations:
        more = add.apply(outcome.tree, operation, context)
        outcome = Outcome(more.tree, (*outcome.notes, *more.notes), (*outcome.files, *more.files))
    return outcome


def added_text(before: str, overlay: str) -> str:
    """The text of the project with the sidecar."""
    return written(before, added(before, overlay))


def stripped_again(text: str, sidecar: str, overlay: str = "{}") -> str:
    """The text of a project after a strip of the sidecar."""
    return written(text, strip.apply(tree(text), Strip(sidecar), adds(overlay)[1]))
