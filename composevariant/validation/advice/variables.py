"""Variables that have to be set, and references to variables that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import variables
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem


def broken_reference(look: Look) -> Iterator[Problem]:
    """A `${` that begins no reference: Compose refuses the project, also below `x-` and whatever variables are set."""
    for path, text in _texts(look.root, ()):
        if "${" in text:
            for broken in variables.broken_references(text):
                wrong = f'has "{broken}", which begins no reference such as ${{NAME:-default}}; a mere $ is written $$'
                yield look.problem("variable.syntax", "error", path, wrong)


def required_and_unset(look: Look) -> Iterator[Problem]:
    """`${NAME:?message}` without a value in the environment or in `.env`: Compose refuses the project."""
    if look.known is None:
        return
    for path, text in _texts(look.root, ()):
        if "?" in text:
            for name in variables.required_and_unset(text, look.known):
                wrong = f"needs the variable {name}, which neither the environment nor .env sets"
                yield look.problem("variable.required", "error", path, wrong)


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts with a `$`. Keys are not interpolated."""
    if isinstance(node, Scalar):
        if "$" in node.text:
            yield path, node.text
        return
    below = node.items() if isinstance(node, Mapping) else enumerate(node.items)
    for key, value in below:
        yield from _texts(value, (*path, key))
