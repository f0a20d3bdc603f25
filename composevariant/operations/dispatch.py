"""What an overlay can do to a tree: one module per operation, each with a pure function `apply`.

`apply` finds the function of an operation, and `key_of` its key in an overlay. A module is loaded when an overlay first
uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.overlay import Add, Compose, Dockerfiles, Each, Remove, Rename, Replace, Strip

if TYPE_CHECKING:
    from composevariant.operations.context import Context, Outcome
    from composevariant.overlay import Operation
    from composevariant.tree import Mapping

KEYS: Final[dict[type[Operation], str]] = {
    Strip: "strip",
    Remove: "remove",
    Rename: "rename",
    Dockerfiles: "dockerfiles",
    Compose: "compose",
    Each: "each",
    Replace: "replace",
    Add: "add",
}
"""The key of each operation in an overlay, by which reports name it."""


def key_of(operation: Operation) -> str:
    return KEYS[type(operation)]


def apply(tree: Mapping, operation: Operation, context: Context) -> Outcome:
    """The tree after an operation.

    Raises:
        UnusableInput: the operation cannot be done.
        Refused: it would break something.
    """
    match operation:
        case Strip():
            from composevariant.operations.strip import strip

            return strip.apply(tree, operation, context)
        case Remove():
            from composevariant.operations.remove import remove

            return remove.apply(tree, operation, context)
        case Rename():
            from composevariant.operations import rename

            return rename.apply(tree, operation, context)
        case Dockerfiles():
            from composevariant.operations.dockerfiles import dockerfiles

            return dockerfiles.apply(tree, operation, context)
        case Compose():
            from composevariant.operations import compose

            return compose.apply(tree, operation, context)
        case Each():
            from composevariant.operations import each

            return each.apply(tree, operation, context)
        case Replace():
            from composevariant.operations import replace

            return replace.apply(tree, operation, context)
        case Add():
            from composevariant.operations.add import add

            return add.apply(tree, operation, context)
