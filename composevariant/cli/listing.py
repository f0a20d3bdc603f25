"""What `list` does, without its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.projects import open_project
from composevariant.cli.terminal import aligned, data, error_line
from composevariant.environment.variables import active_files
from composevariant.errors import DIFFERENCES, ComposeVariantError, worst
from composevariant.migration import chosen_variants, plan
from composevariant.outputs import output_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.migration import Migration
    from composevariant.workshop import Workshop


class Row(NamedTuple):
    """One variant in the list. `state` is `unusable` when it cannot be made, which is explained on stderr."""

    variant: str
    output: str
    state: str
    states: tuple[str, ...]
    """All that sets the file apart, `state` first."""
    default: bool
    description: str


class Used(NamedTuple):
    """What a bare `docker compose` in the project's folder uses."""

    variant: str | None
    """`base` or a variant's name; None where its files are neither."""
    files: tuple[str, ...]
    source: str
    """Who says so, such as `the shell` or `.env:12`."""


def show_list(folder: str, base: Sequence[str], schema: str | None, form: str, *, checking: bool = False) -> int:
    """Print the variants; gives the exit code: the worst of the variants that cannot be made.

    When `checking`, it is 1 where a file is not up to date.
    """
    workshop = open_project(folder, base, schema)
    outputs = output_paths(workshop.project, workshop.base.name)
    default = _default(workshop)
    rows: list[Row] = []
    code = 0
    for declared in workshop.project.variants:
        try:
            variants = chosen_variants(workshop, [declared.name], None, every=False)
            states = _states(plan(workshop, variants, None, None)[0])
        except ComposeVariantError as error:
            error_line(str(error))
            states, code = ("unusable",), worst((code, error.exit_code))
        name = declared.name
        rows.append(Row(name, outputs[name], states[0], states, name == default, declared.keys.description))
    used = _used(workshop, rows)
    data(_json(workshop.base.names, rows, used) if form == "json" else _table(workshop.base.label, rows, used))
    outdated = checking and any(row.state != "up to date" for row in rows)
    return worst((code, DIFFERENCES if outdated else 0))


def _states(planned: Migration) -> tuple[str, ...]:
    """What sets the variant's file apart, and the files beside it."""
    beside = tuple(f"{file.path} {file.state}" for file in planned.beside if file.state != "up to date")
    own = planned.standing.states
    return (*own, *beside) if own != ("up to date",) or not beside else beside


def _used(workshop: Workshop, rows: Sequence[Row]) -> Used:
    dotenv = workshop.files.read(".env")
    active = active_files(os.environ, dotenv.text if dotenv else None)
    if not active.files:
        return Used("base", workshop.base.names, "")
    overrides = {variant.name for variant in workshop.project.variants if variant.form == "override"}
    places = {"base": workshop.base.names} | {
        row.variant: (*(workshop.base.names if row.variant in overrides else ()), row.output) for row in rows
    }
    name = next((name for name, paths in places.items() if _same_files(workshop, paths, active.files)), None)
    return Used(name, active.files, active.source)


def _same_files(workshop: Workshop, ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return len(ours) == len(theirs) and all(map(workshop.files.is_same, ours, theirs))


def _default(workshop: Workshop) -> str | None:
    try:
        return chosen_variants(workshop, [], None, every=False)[0].name
    except ComposeVariantError:
        return None


def _table(base: str, rows: Sequence[Row], used: Used) -> str:
    cells = [("base", base, "", "")] + [
        (
            f"{row.variant}{' (default)' if row.default and len(rows) > 1 else ''}",
            row.output,
            ", ".join(row.states),
            row.description,
        )
        for row in rows
    ]
    table = aligned(cells)
    if not used.source:
        return table
    return f"{table}active: {used.variant or ', '.join(used.files)}, says {used.source}\n"


def _json(base: Sequence[str], rows: Sequence[Row], used: Used) -> str:
    import json

    listed = {
        "base": base[0],
        "base_files": base,
        "active": used._asdict(),
        "variants": [row._asdict() for row in rows],
    }
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
