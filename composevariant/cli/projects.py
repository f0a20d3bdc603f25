"""One command on several project folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.cli.terminal import error_line, say
from composevariant.errors import DIFFERENCES, INTERNAL, REFUSED, UNUSABLE, ComposeVariantError, UnusableInput
from composevariant.files import ProjectFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from composevariant.workshop import Workshop


def tell_notes(workshop: Workshop) -> None:
    """Say what there is to know about how the base was found."""
    for note in workshop.base.notes:
        say(f"{note.kind}: {note.message}")


def one_report(folders: Sequence[str] | None, form: str) -> None:
    """A JSON report is of one project: two after each other would not be JSON."""
    if form == "json" and folders and len(folders) > 1:
        raise UnusableInput("--format json reports on one project at a time", None, "call it once for each folder")


_WORST_FIRST = (INTERNAL, UNUSABLE, REFUSED, DIFFERENCES, 0)


def for_each_project(folders: Sequence[str], command: Callable[[str], int]) -> int:
    """Run the command in every folder, also after one failed; gives the worst exit code (4 > 2 > 3 > 1 > 0)."""
    for folder in folders:
        if not ProjectFiles(folder).is_there():
            raise UnusableInput(f"-C names {folder}, which is not a folder")
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
