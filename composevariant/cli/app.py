"""The commands of `composevariant`, put together. A command's module is imported only when it runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer
from typer.core import TyperGroup

from composevariant import __version__

if TYPE_CHECKING:
    from typer._click.core import Command, Context


class _Row(NamedTuple):
    module: str
    """Has the function `command`; its docstring is the help."""
    summary: str


COMMANDS: Final = {
    "migrate": _Row("composevariant.cli.migrate", "Write the variant files."),
    "diff": _Row("composevariant.cli.diff", "Show what differs between base, variants and files."),
    "validate": _Row("composevariant.cli.validate", "Check Compose files against the schema and Compose's own rules."),
    "init": _Row("composevariant.cli.init", "Look at the project and write a commented composevariant.yml."),
    "list": _Row("composevariant.cli.list", "List the variants and how their files stand."),
    "status": _Row("composevariant.cli.status", "Like list; exits 1 when a file is not up to date."),
    "dockerfile": _Row(
        "composevariant.cli.dockerfile", "Write the .fast Dockerfile from the standard one, or say why not."
    ),
    "bench": _Row("composevariant.cli.bench", "Build base and variant for real and compare."),
    "infer": _Row("composevariant.cli.infer", "Write the overlay that turns one existing file into another."),
    "explain": _Row("composevariant.cli.explain", "Tell where a setting of a variant comes from."),
    "switch": _Row("composevariant.cli.switch", "Make a variant the one that a bare `docker compose` uses."),
    "env": _Row("composevariant.cli.env", "Print what a shell has to do to use a variant."),
    "run": _Row("composevariant.cli.run", "Run docker compose with a variant."),
}


class _Commands(TyperGroup):
    """Knows all commands by name; makes the one that is called."""

    def list_commands(self, ctx: Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        row = COMMANDS[cmd_name]
        module = import_module(row.module)
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name, help=module.__doc__, short_help=row.summary)(module.command)
        return typer.main.get_command(single)


def _show_version(requested: bool) -> None:
    if requested:
        typer.echo(f"composevariant {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    folder: Annotated[
        list[str] | None,
        typer.Option("-C", metavar="DIR", help="Work in this folder; several may be given.", show_default=False),
    ] = None,
) -> None:
    """One docker-compose.yml and small overlays instead of hand-kept copies of it."""
    # Here for the help: `version` does its work in its callback, and `cli.run` has handed `folder` to the command.
    del version, folder
