"""Make a variant the one that a bare `docker compose` uses; `switch base` takes it back.

Writes COMPOSE_FILE and the variant's variables into one marked block, the last of `.env`; all else there stays.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, NoMigrate, VariantOrBase


def command(
    variant: VariantOrBase,
    env_file: Annotated[str, typer.Option("--env-file", metavar="FILE", help="Write to this file.")] = ".env",
    show: Annotated[bool, typer.Option("--print", help="Print what would be written, and write nothing.")] = False,
    no_migrate: NoMigrate = False,
    force: Annotated[bool, typer.Option("--force", help="Drop what somebody wrote into our block.")] = False,
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders, for_each_project
    from composevariant.commands.switch import SwitchOptions, switch

    options = SwitchOptions(variant, tuple(file or ()), env_file, show, not no_migrate, force)
    return for_each_project(choose_folders(folder, file or ()), lambda project: switch(project, options))
