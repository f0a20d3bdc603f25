"""Write .fast Dockerfiles of services from the standard ones; exits with 3 if nothing can be changed safely."""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, Format, ReportFormat, Schema


def command(
    service: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERVICE]...", help="Services; default: all that are built.", show_default=False),
    ] = None,
    strip: Annotated[
        list[str] | None,
        typer.Option(
            "--strip",
            metavar="NAME",
            help="Remove this sidecar from the images; repeatable. Default: the sidecars that the variant fast strips.",
            show_default=False,
        ),
    ] = None,
    keep_sidecars: Annotated[bool, typer.Option("--keep-sidecars", help="Remove no sidecar from the images.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the diff and write nothing.")] = False,
    report_format: ReportFormat = Format.text,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.dockerfile import DockerfileOptions, write_fast_dockerfiles
    from composevariant.commands.projects import choose_folders, for_each_project, require_one_project

    require_one_project(folder, report_format.value)
    names = () if keep_sidecars else tuple(strip) if strip else None
    options = DockerfileOptions(tuple(service or ()), tuple(file or ()), schema, report_format.value, dry_run, names)
    return for_each_project(
        choose_folders(folder, file or ()), lambda project: write_fast_dockerfiles(project, options)
    )
