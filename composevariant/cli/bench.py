"""Build base and variant for real, in turns, and print how long each takes and whether both ship the same.

Builds work on a copy of the context, with cache mounts of their own. Everything that is made is removed, also after
Ctrl-C. Exits 1 when an image ships an old program, or when --fail-under is not reached.
"""

from enum import StrEnum
from typing import Annotated

import typer

from composevariant.cli import options as completing
from composevariant.cli.options import BaseFiles, Folder, Schema


class BenchForm(StrEnum):
    """How to print what was measured."""

    text = "text"
    json = "json"
    markdown = "markdown"


def command(
    variant: Annotated[
        str | None, typer.Argument(metavar="[VARIANT]", show_default=False, autocompletion=completing.variants)
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this service; default: those that differ.", show_default=False),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this one; default: cold, nochange, code, manifest.", show_default=False
        ),
    ] = None,
    runs: Annotated[
        list[str] | None,
        typer.Option(metavar="N", help="Builds of each scenario, 3; or SCENARIO=N.", show_default=False),
    ] = None,
    edit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="The source file of the context to change; or SERVICE=FILE.", show_default=False
        ),
    ] = None,
    dependency: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE=NEW", help="Put NEW in FILE's place for that scenario.", show_default=False),
    ] = None,
    form: Annotated[BenchForm, typer.Option("--format", help="How to print the report.")] = BenchForm.text,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write a page with charts, too.")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(metavar="SCENARIO=PERCENT", help="Exit 1 unless so much faster.", show_default=False),
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
