"""Build the images of the base and of a variant in turns, and compare build times and contents.

Builds use a copy of the context and separate cache mounts. All images and caches are removed afterwards, also on
Ctrl-C. Exits with 1 if an image contains an outdated program, or if --fail-under is not met.
"""

from enum import StrEnum
from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, Folder, Schema, complete_variants


class BenchForm(StrEnum):
    """The formats of the report."""

    text = "text"
    json = "json"
    markdown = "markdown"


def command(
    variant: Annotated[
        str | None, typer.Argument(metavar="[VARIANT]", show_default=False, autocompletion=complete_variants)
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Build only this service; default: all that differ.", show_default=False),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Run only this scenario; default: cold, nochange, code, manifest.", show_default=False
        ),
    ] = None,
    runs: Annotated[
        list[str] | None,
        typer.Option(metavar="N", help="Builds per scenario, or SCENARIO=N; default: 3.", show_default=False),
    ] = None,
    edit: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Source file to change in the context, or SERVICE=FILE.", show_default=False),
    ] = None,
    dependency: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE=NEW", help="Replace FILE by NEW in the scenario dependency.", show_default=False),
    ] = None,
    form: Annotated[BenchForm, typer.Option("--format", help="Format of the report.")] = BenchForm.text,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Also write an HTML page with charts.")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCENARIO=PERCENT", help="Exit 1 unless the variant is faster by PERCENT.", show_default=False
        ),
    ] = None,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.bench import BenchOptions, bench
    from composevariant.commands.projects import choose_folders

    folders = choose_folders(folder, file or ())
    if len(folders) > 1:
        raise typer.BadParameter("bench works on one project", param_hint="-C")
    options = BenchOptions(
        variant,
        tuple(service or ()),
        tuple(scenario or ()),
        tuple(runs or ()),
        tuple(edit or ()),
        tuple(dependency or ()),
        form.value,
        html,
        tuple(fail_under or ()),
        tuple(file or ()),
        schema,
    )
    return bench(folders[0], options)
