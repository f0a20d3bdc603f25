"""Variables that have to be set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem

_REQUIRED: Final = re.compile(r"(?<!\$)(?:\$\$)*\$\{([A-Za-z_]\w*)(:?)\?", re.ASCII)


def required_and_unset(look: Look) -> Iterator[Problem]:
    """`${NAME:?message}` without a value in the environment or in `.env`: Compose refuses the project."""
    if look.known is None:
        return
    for path, text in _texts(look.root, ()):
        for found in _REQUIRED.finditer(text):
            value = look.known.get(found[1])
            if value is None or (found[2] and not value):
                wrong = f"needs the variable {found[1]}, which neither the environment nor .env sets"
                yield look.problem("variable.required", "error", path, wrong)


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Scalar):
        if "?" in node.text:
            yield path, node.text
        return
    below = node.items() if isinstance(node, Mapping) else enumerate(node.items)
    for key, value in below:
        yield from _texts(value, (*path, key))
