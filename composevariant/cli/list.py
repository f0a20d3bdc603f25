"""List the variants and the state of their files: up to date, base changed, hand-edited, missing and so on.

With `sidecars`, lists the known sidecars, how each can be added, and where this project uses it.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, Format, ReportFormat, Schema


def command(
    what: Annotated[str, typer.Argument(metavar="[variants|sidecars]", show_default=False)] = "variants",
    report_format: ReportFormat = Format.text,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project
    from composevariant.errors import UnusableInput

    if what not in ("variants", "sidecars"):
        raise UnusableInput(f'invalid argument "{what}": expected variants or sidecars')
    require_one_project(folder, report_format.value)
    if what == "sidecars":
        from composevariant.commands.list import list_sidecars as show
    else:
        from composevariant.commands.list import list_variants as show
    return for_each_project(
        choose_folders(folder, file or ()),
        lambda project: show(project, tuple(file or ()), schema, report_format.value),
    )
