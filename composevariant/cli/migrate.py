"""Write the variant files.

Without a name: the default variant. With a dry run the diff of base and variant goes to stdout and nothing is written.
"""

from typing import Annotated

import typer

from composevariant.cli import options as completing
from composevariant.cli.options import BaseFiles, DiffForm, Folder, Schema, ShowSecrets


def command(
    variant: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VARIANT]...", show_default=False, autocompletion=completing.variants),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the diff and write nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not up to date.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All variants; all are written or none.")] = False,
    overlay: Annotated[str | None, typer.Option(metavar="FILE", help="Apply this overlay last, or alone.")] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file; - is stdout.")
    ] = None,
    diff: Annotated[DiffForm | None, typer.Option(help="How to show the change.", show_default=False)] = None,
    against: Annotated[str, typer.Option(metavar="[base|output]", help="What the diff starts from.")] = "base",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a hand-edited file, kept as FILE.orig.")] = False,
    show_secrets: ShowSecrets = False,
    written_as: Annotated[
        str | None, typer.Option("--as", metavar="[full|override]", help="Write a whole file, or an override.")
    ] = None,
    flatten: Annotated[bool, typer.Option("--flatten", help="Write out what the base extends and includes.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Keep what was edited by hand, merged three ways.")] = False,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.migrate import MigrateOptions, migrate
    from composevariant.commands.projects import require_one_project

    form = diff.value if diff else "unified" if dry_run else "none"
    options = MigrateOptions(
        tuple(variant or ()),
        tuple(file or ()),
        overlay,
        output,
        form,
        against,
        schema,
        dry_run,
        check,
        every,
        force,
        show_secrets,
        merge,
        written_as,
        flatten,
    )
    require_one_project(folder, form)
    return migrate(folder or [], options)
