"""Call the `apply` function of an operation.

The module of an operation is only imported when an overlay uses the operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.overlay import OPERATION_KEYS, Add, Compose, Dockerfiles, Each, Remove, Rename, Replace, Strip

if TYPE_CHECKING:
    from composevariant.operations.context import Context, Outcome
    from composevariant.overlay import Operation
    from composevariant.tree import Mapping


def key_of(operation: Operation) -> str:
    """Return the key of an operation in an overlay, which reports also use."""
    return OPERATION_KEYS[type(operation)]


def apply(tree: Mapping, operation: Operation, context: Context) -> Outcome:
    """Return the tree after an operation.

    Raises:
        UnusableInput: The operation is not possible.
        Refused: The operation would break something.
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
