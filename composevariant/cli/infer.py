"""Write the overlay that turns one existing Compose file into another, and verify the result.

With several variants, their common changes become a shared overlay, and -o names a folder.
"""

from typing import Annotated

import typer

from composevariant.cli.options import Folder


def command(
    base: Annotated[str, typer.Argument(metavar="BASE", show_default=False)],
    variant: Annotated[list[str], typer.Argument(metavar="VARIANT...", show_default=False)],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file or folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
    file: Annotated[
        list[str] | None,
        typer.Option("-f", "--file", metavar="FILE", help="Another file of the base; repeatable.", show_default=False),
    ] = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.infer import InferOptions, write_overlays
    from composevariant.commands.projects import for_each_project

    options = InferOptions((base, *(file or ())), tuple(variant), output, force)
    return for_each_project(folder or ["."], lambda project: write_overlays(project, options))
