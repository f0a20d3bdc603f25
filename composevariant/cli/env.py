"""Print the shell commands that select a variant: `eval "$(composevariant env fast)"`; `env base` undoes it."""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, VariantOrBase


def command(
    variant: VariantOrBase,
    shell: Annotated[
        str,
        typer.Option(metavar="[bash|zsh|sh|fish|powershell|cmd|json|github|dotenv]", help="Output format."),
    ] = "bash",
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders, for_each_project
    from composevariant.commands.switch import print_env

    folders = choose_folders(folder, file or ())
    return for_each_project(folders, lambda project: print_env(project, variant, tuple(file or ()), shell))
