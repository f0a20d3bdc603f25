"""Check Compose files against the official schema and the rules of Compose.

Without files, checks the base and every variant as it would be written now. Problems are listed in file order.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, ProblemForm, Schema


def command(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", show_default=False)] = None,
    report_format: Annotated[ProblemForm, typer.Option("--format", help="Format of the report.")] = ProblemForm.text,
    strict: Annotated[bool, typer.Option("--strict", help="Also exit 1 for warnings and advice.")] = False,
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
