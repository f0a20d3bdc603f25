"""What `list` does, without its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import aligned, data, error_line
from composevariant.compose import services_of
from composevariant.disk import RecordedFiles
from composevariant.errors import DIFFERENCES, ComposeVariantError, worst
from composevariant.operations import Context
from composevariant.project import active_files, output_paths
from composevariant.sidecars import find_preset, find_suspects, own_names, preset_names, traces_of
from composevariant.variants import OpenProject, chosen_variants, load_rules, plan_variants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.sidecars import Preset
    from composevariant.tree import Mapping
    from composevariant.variants import PlannedVariant


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
            states = _states(plan_variants(workshop, variants, None, None)[0])
        except ComposeVariantError as error:
            error_line(str(error))
            states, code = ("unusable",), worst((code, error.exit_code))
        name = declared.name
        rows.append(Row(name, outputs[name], states[0], states, name == default, declared.keys.description))
    used = _used(workshop, rows)
    data(_json(workshop.base.names, rows, used) if form == "json" else _table(workshop.base.label, rows, used))
    outdated = checking and any(row.state != "up to date" for row in rows)
    return worst((code, DIFFERENCES if outdated else 0))


def _states(planned: PlannedVariant) -> tuple[str, ...]:
    """What sets the variant's file apart, and the files beside it."""
    beside = tuple(f"{file.path} {file.state}" for file in planned.beside if file.state != "up to date")
    own = planned.standing.states
    return (*own, *beside) if own != ("up to date",) or not beside else beside


def _used(workshop: OpenProject, rows: Sequence[Row]) -> Used:
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


def _same_files(workshop: OpenProject, ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return len(ours) == len(theirs) and all(map(workshop.files.is_same, ours, theirs))


def _default(workshop: OpenProject) -> str | None:
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


# What `list sidecars` does: the sidecars that are known, and what of them is found in the project.


class Known(NamedTuple):
    """A sidecar, and what of it is found."""

    sidecar: str
    title: str
    sort: str
    modes: tuple[str, ...]
    """In which it can be added; none means that it can only be stripped."""
    services: tuple[str, ...]
    candidates: tuple[str, ...]
    """Services that may be it; too little speaks for it."""
    traces: int


def show_sidecars(folder: str, base: Sequence[str], schema: str | None, form: str) -> int:
    """Print the sidecars that come along, and those that variants and the folder of presets define."""
    workshop = OpenProject(folder, base, load_rules(schema))
    own = {name: preset for variant in workshop.project.variants for name, preset in variant.keys.sidecars}
    files = RecordedFiles(workshop.files, "")
    context = Context(files, "", tuple(own.items()), files)
    names = dict.fromkeys((*preset_names(), *own, *own_names(context)))
    presets = [find_preset(name, context, whole=True) for name in names]
    rows = [_known(preset, workshop.tree, context) for preset in presets]
    data(_sidecar_json(rows) if form == "json" else _sidecar_table(rows))
    return 0


def _known(preset: Preset, tree: Mapping, context: Context) -> Known:
    services = services_of(tree)
    found = find_suspects(services, services, preset, context.workspace)
    certain = tuple(suspect.name for suspect in found if suspect.certain)
    others = [(name, service) for name, service in services.items() if name not in certain]
    return Known(
        sidecar=preset.name,
        title=preset.title,
        sort=preset.sort,
        modes=tuple(mode for mode, _ in preset.template.modes) if preset.template else (),
        services=certain,
        candidates=tuple(suspect.name for suspect in found if not suspect.certain),
        traces=sum(1 for name, service in others for _ in traces_of(name, service, preset.traces)),
    )


def _sidecar_table(rows: Sequence[Known]) -> str:
    cells = [(row.sidecar, row.title, row.sort, ", ".join(row.modes) or "strip only", _found(row)) for row in rows]
    return aligned(cells)


def _found(row: Known) -> str:
    said = [", ".join(row.services)] if row.services else []
    said += [f"perhaps {', '.join(row.candidates)}"] if row.candidates else []
    said += [f"{row.traces} trace{'s' if row.traces > 1 else ''} on other services"] if row.traces else []
    return "; ".join(said)


def _sidecar_json(rows: Sequence[Known]) -> str:
    import json

    listed = {
        "sidecars": [{"class" if key == "sort" else key: value for key, value in row._asdict().items()} for row in rows]
    }
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
