"""List the variants, the state of their files and the active one; exits with 1 if a file is not up to date."""

from composevariant.cli.options import BaseFiles, Folder, Format, ReportFormat, Schema


def command(
    report_format: ReportFormat = Format.text,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.list import list_variants
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project

    require_one_project(folder, report_format.value)
    return for_each_project(
        choose_folders(folder, file or ()),
        lambda project: list_variants(project, tuple(file or ()), schema, report_format.value, checking=True),
    )
