"""The layers of an image, and bytes that are in it twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.preview.secrets import without_passwords

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHELL: Final = re.compile(r"^(RUN )?(\|\d+ .*?)?/bin/(ba)?sh -c (#\(nop\) +)?", re.DOTALL)
_SMALLEST: Final = 1_000_000
_CHANGES_FILES: Final = re.compile(r"\b(chown|chmod|chgrp|mv|cp|strip)\b")


class Layer(NamedTuple):
    """What one instruction added."""

    size: int
    created_by: str
    """The instruction, without the values of build arguments, which Docker puts before the command."""


def named(created_by: str) -> str:
    """The instruction in `docker history`'s words: `RUN |1 TOKEN=x /bin/sh -c make # buildkit` is `RUN make`."""
    words = without_passwords(created_by.removesuffix(" # buildkit"))
    found = _SHELL.match(words)
    if not found:
        return words
    rest = words[found.end() :]
    return rest if found[4] else f"RUN {rest}"


def repeated(layers: Sequence[Layer]) -> list[Layer]:
    """The layers that have the size of an earlier one and come of a command that only changes files.

    `layers` as Docker lists them, the last one first. A `chown -R` writes every file again.
    """
    found: list[Layer] = []
    earlier: list[int] = []
    for layer in reversed(layers):
        if layer.size >= _SMALLEST and _CHANGES_FILES.search(layer.created_by) and layer.size in earlier:
            found.append(layer)
        earlier.append(layer.size)
    return found


def repeated_bytes(layers: Sequence[Layer]) -> int:
    """What the image has twice."""
    return sum(layer.size for layer in repeated(layers))
