"""Write the .fast Dockerfile of services from the standard one; exits 3 when nothing could be done safely."""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, Format, ReportFormat, Schema


def command(
    service: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERVICE]...", help="Default: all that are built.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, write nothing.")] = False,
    report_format: ReportFormat = Format.text,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.cli.dockerfiles import Wanted, make_fast
    from composevariant.cli.projects import chosen_folders, for_each_project, one_report

    one_report(folder, report_format.value)
    wanted = Wanted(tuple(service or ()), tuple(file or ()), schema, report_format.value, dry_run)
    return for_each_project(chosen_folders(folder, file or ()), lambda place: make_fast(place, wanted))
