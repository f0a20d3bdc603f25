"""List the variants, how their files stand and which one is active; exits 1 when a file is not up to date."""

from composevariant.cli.options import BaseFiles, Folder, Format, ReportFormat, Schema


def command(
    report_format: ReportFormat = Format.text,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.list import show_list
    from composevariant.commands.projects import chosen_folders, for_each_project, one_report

    one_report(folder, report_format.value)
    return for_each_project(
        chosen_folders(folder, file or ()),
        lambda place: show_list(place, tuple(file or ()), schema, report_format.value, checking=True),
    )
