"""Show where a setting comes from: its value in the base, each operation that changed it, and the result."""

from typing import Annotated

import typer

from composevariant.cli.options import (
    BaseFiles,
    Folder,
    Format,
    ReportFormat,
    ShowSecrets,
    complete_paths,
    complete_variants,
)


def command(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH",
            help="A setting, such as services.app.image.",
            show_default=False,
            autocompletion=complete_paths,
        ),
    ],
    variant: Annotated[
        str | None, typer.Argument(metavar="[VARIANT]", show_default=False, autocompletion=complete_variants)
    ] = None,
    report_format: ReportFormat = Format.text,
    show_secrets: ShowSecrets = False,
    file: BaseFiles = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.explain import ExplainOptions, explain_path
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project

    require_one_project(folder, report_format.value)
    options = ExplainOptions(path, variant, tuple(file or ()), report_format.value, show_secrets)
    return for_each_project(choose_folders(folder, file or ()), lambda project: explain_path(project, options))
