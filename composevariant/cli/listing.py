"""What `list` does, without its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.projects import tell_notes
from composevariant.cli.terminal import data, error_line
from composevariant.errors import ComposeVariantError, worst
from composevariant.migration import chosen_variants, plan
from composevariant.outputs import output_paths
from composevariant.workshop import Workshop, load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence


class Row(NamedTuple):
    """One variant in the list. `state` is `unusable` when it cannot be made, which is explained on stderr."""

    variant: str
    output: str
    state: str
    default: bool
    description: str


def show_list(folder: str, base: Sequence[str], schema: str | None, form: str) -> int:
    """Print the variants; gives the exit code: the worst of the variants that cannot be made."""
    workshop = Workshop(folder, base, load_rules(schema))
    tell_notes(workshop)
    outputs = output_paths(workshop.project, workshop.base.name)
    default = _default(workshop)
    rows: list[Row] = []
    code = 0
    for declared in workshop.project.variants:
        try:
            variants = chosen_variants(workshop, [declared.name], None, every=False)
            state: str = plan(workshop, variants, None, None)[0].state
        except ComposeVariantError as error:
            error_line(str(error))
            state, code = "unusable", worst((code, error.exit_code))
        name = declared.name
        rows.append(Row(name, outputs[name], state, name == default, declared.keys.description))
    data(_json(workshop.base.name, rows) if form == "json" else _table(workshop.base.name, rows))
    return code


def _default(workshop: Workshop) -> str | None:
    try:
        return chosen_variants(workshop, [], None, every=False)[0].name
    except ComposeVariantError:
        return None


def _table(base: str, rows: Sequence[Row]) -> str:
    cells = [("base", base, "", "")] + [
        (
            f"{row.variant}{' (default)' if row.default and len(rows) > 1 else ''}",
            row.output,
            row.state,
            row.description,
        )
        for row in rows
    ]
    widths = [max(len(cell[column]) for cell in cells) for column in range(3)]
    lines = ("  ".join(text.ljust(width) for text, width in zip(cell, [*widths, 0], strict=True)) for cell in cells)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _json(base: str, rows: Sequence[Row]) -> str:
    import json

    listed = {"base": base, "variants": [row._asdict() for row in rows]}
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
