"""Write the files of the variants.

Without arguments, writes the default variant. With --dry-run, prints the diff to stdout and writes nothing.
"""

from typing import Annotated

import typer

from composevariant.cli.options import BaseFiles, DiffForm, Folder, Schema, ShowSecrets, complete_variants


def command(
    variant: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VARIANT]...", show_default=False, autocompletion=complete_variants),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the diff and write nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not up to date.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Write all variants, or none if one fails.")] = False,
    overlay: Annotated[str | None, typer.Option(metavar="FILE", help="Apply this overlay last, or on its own.")] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file; - for stdout.")
    ] = None,
    diff: Annotated[DiffForm | None, typer.Option(help="Format of the diff.", show_default=False)] = None,
    against: Annotated[
        str, typer.Option(metavar="[base|output]", help="Compare with the base or the existing output.")
    ] = "base",
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite hand-edited files; keep a copy as FILE.orig.")
    ] = False,
    show_secrets: ShowSecrets = False,
    written_as: Annotated[
        str | None,
        typer.Option("--as", metavar="[full|override]", help="Write a complete file, or an override of the base."),
    ] = None,
    flatten: Annotated[bool, typer.Option("--flatten", help="Resolve extends and include of the base.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Keep edits made by hand, with a three-way merge.")] = False,
    file: BaseFiles = None,
    schema: Schema = None,
    folder: Folder = None,
) -> int:
    from composevariant.commands.migrate import MigrateOptions, migrate
    from composevariant.commands.projects import require_one_project

    options = MigrateOptions(
        tuple(variant or ()),
        tuple(file or ()),
        overlay,
        output,
        diff.value if diff else None,
        against,
        schema,
        dry_run=dry_run,
        check=check,
        every=every,
        force=force,
        show_secrets=show_secrets,
        merge=merge,
        form=written_as,
        flatten=flatten,
    )
    require_one_project(folder, options.diff_form)
    return migrate(folder or [], options)
