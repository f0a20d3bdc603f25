"""Check Compose files against the official schema and Compose's own rules.

Without files: the base, and every variant as it would be written now. All problems come at once, in file order.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, ProblemForm, Schema


def command(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", show_default=False)] = None,
    report_format: Annotated[ProblemForm, typer.Option("--format", help="How to print them.")] = ProblemForm.text,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings and advice count as problems.")] = False,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project
    from composevariant.commands.validate import ValidateOptions, validate

    options = ValidateOptions(tuple(files or ()), tuple(file or ()), schema, report_format.value, strict)
    require_one_project(folder, report_format.value)
    return for_each_project(
        choose_folders(folder, [*(files or ()), *(file or ())]), lambda project: validate(project, options)
    )
