"""The typer application with all commands. The module of a command is imported only when the command runs."""

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
    """The module that defines the function `command`. The docstring of the module is the help text."""
    summary: str


COMMANDS: Final = {
    "migrate": _Row("composevariant.cli.migrate", "Write the files of the variants."),
    "diff": _Row("composevariant.cli.diff", "Show the differences between the base, variants and files."),
    "validate": _Row("composevariant.cli.validate", "Check Compose files against the schema and the rules of Compose."),
    "init": _Row("composevariant.cli.init", "Create a commented composevariant.yml for this project."),
    "list": _Row("composevariant.cli.list", "List the variants and the state of their files."),
    "status": _Row("composevariant.cli.status", "List the variants; exit 1 if a file is not up to date."),
    "dockerfile": _Row("composevariant.cli.dockerfile", "Write .fast Dockerfiles from the standard ones."),
    "bench": _Row("composevariant.cli.bench", "Build the base and a variant and compare the build times."),
    "infer": _Row("composevariant.cli.infer", "Write the overlay that turns one Compose file into another."),
    "explain": _Row("composevariant.cli.explain", "Show where a setting of a variant comes from."),
    "switch": _Row("composevariant.cli.switch", "Select the variant that `docker compose` uses by default."),
    "env": _Row("composevariant.cli.env", "Print the shell commands that select a variant."),
    "run": _Row("composevariant.cli.run", "Run docker compose with a variant."),
}


class _Commands(TyperGroup):
    """The group of all commands, which lists them by name but builds only the command that is called."""

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
        typer.Option("-C", metavar="DIR", help="Run as if started in DIR; repeatable.", show_default=False),
    ] = None,
) -> None:
    """Generate variants of a docker-compose.yml from small overlays."""
    # Declared for the help only: the callback handles `version`, and `run_cli` passes `folder` on to the command.
    del version, folder
