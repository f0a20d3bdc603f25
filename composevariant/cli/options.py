"""Options that several commands share, each described once.

Here and in the commands, annotations are evaluated as they are read: typer needs them, and as texts they would have to
be compiled one by one at every start.
"""

from enum import StrEnum
from typing import Annotated

import typer

from composevariant.cli import completing


class DiffForm(StrEnum):
    """How to show a difference."""

    unified = "unified"
    semantic = "semantic"
    side_by_side = "side-by-side"
    json = "json"
    html = "html"
    none = "none"


class Format(StrEnum):
    """How to print a report."""

    text = "text"
    json = "json"


class ProblemForm(StrEnum):
    """How to print problems."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


Folder = Annotated[
    list[str] | None,
    typer.Option("-C", metavar="DIR", help="Work in this folder; several may be given.", show_default=False),
]
BaseFiles = Annotated[
    list[str] | None, typer.Option("-f", "--file", metavar="FILE", help="The base Compose file.", show_default=False)
]
Schema = Annotated[
    str | None, typer.Option(metavar="FILE", help="Validate with this Compose schema instead of the installed one.")
]
ReportFormat = Annotated[Format, typer.Option("--format", help="How to print the report.")]
VariantOrBase = Annotated[
    str,
    typer.Argument(
        metavar="VARIANT", help="A variant, or base.", show_default=False, autocompletion=completing.variants_or_base
    ),
]
NoMigrate = Annotated[
    bool, typer.Option("--no-migrate", help="Refuse, instead of writing it first, where the file is not up to date.")
]
ShowSecrets = Annotated[
    bool, typer.Option("--show-secrets", help="Do not mask what looks like a secret in JSON and HTML.")
]
