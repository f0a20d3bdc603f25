"""Show the differences between two of: the base, a variant as it would be written now, a file.

Without arguments, compares the base and the default variant; with one argument, the base and that.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, DiffForm, Folder, Schema, ShowSecrets, complete_variants_or_base


def command(
    a: Annotated[
        str | None,
        typer.Argument(metavar="[A]", show_default=False, autocompletion=complete_variants_or_base),
    ] = None,
    b: Annotated[
        str | None,
        typer.Argument(metavar="[B]", show_default=False, autocompletion=complete_variants_or_base),
    ] = None,
    diff: Annotated[DiffForm, typer.Option(help="Format of the diff.")] = DiffForm.unified,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if the two sides differ.")] = False,
    show_secrets: ShowSecrets = False,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.diff import DiffOptions, diff_sides
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project
    from composevariant.disk import ProjectFiles

    require_one_project(folder, diff.value)
    left, right = ("base", a) if a and not b else (a or "base", b)
    options = DiffOptions(left, right, diff.value, tuple(file or ()), schema, exit_code, show_secrets)
    named = [*(file or ()), *(side for side in (a, b) if side and ProjectFiles().is_file(side))]
    return for_each_project(choose_folders(folder, named), lambda project: diff_sides(project, options))
