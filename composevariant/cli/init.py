"""Create a commented composevariant.yml for this project, and the schemas for completion in editors."""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder


def command(
    show: Annotated[bool, typer.Option("--print", help="Print the file and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing composevariant.yml.")] = False,
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.init import init_project
    from composevariant.commands.projects import for_each_project

    return for_each_project(
        folder or ["."], lambda project: init_project(project, tuple(file or ()), show=show, force=force)
    )
