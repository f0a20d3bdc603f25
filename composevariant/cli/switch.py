"""Select the variant that `docker compose` uses by default; `switch base` undoes it.

Writes COMPOSE_FILE and the variables of the variant to a marked block at the end of `.env`. Nothing else changes.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, NoMigrate, VariantOrBase


def command(
    variant: VariantOrBase,
    env_file: Annotated[str, typer.Option("--env-file", metavar="FILE", help="Write to this file.")] = ".env",
    show: Annotated[bool, typer.Option("--print", help="Print the block and write nothing.")] = False,
    no_migrate: NoMigrate = False,
    force: Annotated[bool, typer.Option("--force", help="Discard edits made by hand in the block.")] = False,
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders, for_each_project
    from composevariant.commands.switch import SwitchOptions, switch

    options = SwitchOptions(variant, tuple(file or ()), env_file, show, not no_migrate, force)
    return for_each_project(choose_folders(folder, file or ()), lambda project: switch(project, options))
