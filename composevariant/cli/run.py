"""Run docker compose with the file and the variables of a variant: `composevariant run fast -- up`.

Returns the exit code of docker compose, or 125 if it cannot be started.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, NoMigrate, VariantOrBase


def command(
    variant: VariantOrBase,
    words: Annotated[list[str] | None, typer.Argument(metavar="-- COMMAND...", show_default=False)] = None,
    no_migrate: NoMigrate = False,
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders
    from composevariant.commands.switch import run_compose

    folders = choose_folders(folder, file or ())
    if len(folders) > 1:
        raise typer.BadParameter("run works on one project", param_hint="-C")
    return run_compose(folders[0], variant, tuple(file or ()), tuple(words or ()), migrate=not no_migrate)
