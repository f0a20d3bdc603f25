"""One command on several project folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.cli.terminal import error_line, say
from composevariant.errors import DIFFERENCES, INTERNAL, REFUSED, UNUSABLE, ComposeVariantError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORST_FIRST = (INTERNAL, UNUSABLE, REFUSED, DIFFERENCES, 0)


def for_each_project(folders: Sequence[str], command: Callable[[str], int]) -> int:
    """Run the command in every folder, also after one failed; gives the worst exit code (4 > 2 > 3 > 1 > 0)."""
    if len(folders) == 1:
        return command(folders[0])
    codes: list[int] = []
    for folder in folders:
        say(f"{folder}:")
        try:
            codes.append(command(folder))
        except ComposeVariantError as error:
            error_line(str(error))
            codes.append(error.exit_code)
    return min(codes, key=_WORST_FIRST.index)
