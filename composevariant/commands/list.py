"""The commands `list` and `status`, which show variants, the state of their files, and known sidecars."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import align_rows, print_data, print_error
from composevariant.compose import services_of
from composevariant.disk import RecordedFiles
from composevariant.errors import DIFFERENCES, ComposeVariantError, worst
from composevariant.operations import Context
from composevariant.project import active_files, output_paths
from composevariant.sidecars import find_preset, find_suspects, own_names, preset_names, traces_of
from composevariant.variants import OpenProject, load_rules, plan_variants, resolve_variants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.sidecars import Preset
    from composevariant.tree import Mapping
    from composevariant.variants import PlannedVariant


class ListedVariant(NamedTuple):
    """A variant in the list.

    `state` is `unusable` if the variant cannot be generated, in which case the error is printed to stderr.
    """

    variant: str
    output: str
    state: str
    states: tuple[str, ...]
    """All states of the file, starting with `state`."""
    default: bool
    description: str


class ActiveVariant(NamedTuple):
    """The files that `docker compose` uses in the project folder by default."""

    variant: str | None
    """`base`, the name of a variant, or None for other files."""
    files: tuple[str, ...]
    source: str
    """Where the files are set, such as `the shell` or `.env:12`."""


def list_variants(folder: str, base: Sequence[str], schema: str | None, form: str, *, checking: bool = False) -> int:
    """Print the variants and return the worst exit code of those that cannot be generated.

    If `checking`, the exit code is at least 1 if a file is not up to date.
    """
    project = open_project(folder, base, schema)
    outputs = output_paths(project.declared, project.base.name)
    default = _default(project)
    rows: list[ListedVariant] = []
    code = 0
    for declared in project.declared.variants:
        try:
            variants = resolve_variants(project, [declared.name], None, every=False)
            states = _states(plan_variants(project, variants, None, None)[0])
        except ComposeVariantError as error:
            print_error(str(error))
            states, code = ("unusable",), worst((code, error.exit_code))
        name = declared.name
        rows.append(ListedVariant(name, outputs[name], states[0], states, name == default, declared.keys.description))
    used = _find_active(project, rows)
    print_data(_json(project.base.names, rows, used) if form == "json" else _table(project.base.label, rows, used))
    outdated = checking and any(row.state != "up to date" for row in rows)
    return worst((code, DIFFERENCES if outdated else 0))


def _states(planned: PlannedVariant) -> tuple[str, ...]:
    """Return the states of the file of the variant and of its extra files."""
    beside = tuple(f"{file.path} {file.state}" for file in planned.extra_files if file.state != "up to date")
    own = planned.status.states
    return (*own, *beside) if own != ("up to date",) or not beside else beside


def _find_active(project: OpenProject, rows: Sequence[ListedVariant]) -> ActiveVariant:
    dotenv = project.files.read(".env")
    active = active_files(os.environ, dotenv.text if dotenv else None)
    if not active.files:
        return ActiveVariant("base", project.base.names, "")
    overrides = {variant.name for variant in project.declared.variants if variant.form == "override"}
    places = {"base": project.base.names} | {
        row.variant: (*(project.base.names if row.variant in overrides else ()), row.output) for row in rows
    }
    name = next((name for name, paths in places.items() if _same_files(project, paths, active.files)), None)
    return ActiveVariant(name, active.files, active.source)


def _same_files(project: OpenProject, ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return len(ours) == len(theirs) and all(map(project.files.is_same, ours, theirs))


def _default(project: OpenProject) -> str | None:
    try:
        return resolve_variants(project, [], None, every=False)[0].name
    except ComposeVariantError:
        return None


def _table(base: str, rows: Sequence[ListedVariant], used: ActiveVariant) -> str:
    cells = [("base", base, "", "")] + [
        (
            f"{row.variant}{' (default)' if row.default and len(rows) > 1 else ''}",
            row.output,
            ", ".join(row.states),
            row.description,
        )
        for row in rows
    ]
    table = align_rows(cells)
    if not used.source:
        return table
    return f"{table}active: {used.variant or ', '.join(used.files)}, set by {used.source}\n"


def _json(base: Sequence[str], rows: Sequence[ListedVariant], used: ActiveVariant) -> str:
    import json

    listed = {
        "base": base[0],
        "base_files": base,
        "active": used._asdict(),
        "variants": [row._asdict() for row in rows],
    }
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"


# `list sidecars`: the known sidecars, and their use in the project.


class ListedSidecar(NamedTuple):
    """A known sidecar and how it is used in the project."""

    sidecar: str
    title: str
    sort: str
    modes: tuple[str, ...]
    """The modes in which the sidecar can be added, which are empty if it can only be stripped."""
    services: tuple[str, ...]
    candidates: tuple[str, ...]
    """Services that may be the sidecar, but with too little evidence."""
    traces: int


def list_sidecars(folder: str, base: Sequence[str], schema: str | None, form: str) -> int:
    """Print the bundled sidecars and those defined by variants and the presets folder, and return the exit code."""
    project = OpenProject(folder, base, load_rules(schema))
    own = {name: preset for variant in project.declared.variants for name, preset in variant.keys.sidecars}
    files = RecordedFiles(project.files, "")
    context = Context(files, "", tuple(own.items()), files)
    names = dict.fromkeys((*preset_names(), *own, *own_names(context)))
    presets = [find_preset(name, context, whole=True) for name in names]
    rows = [_find_sidecar(preset, project.tree, context) for preset in presets]
    print_data(_sidecar_json(rows) if form == "json" else _sidecar_table(rows))
    return 0


def _find_sidecar(preset: Preset, tree: Mapping, context: Context) -> ListedSidecar:
    services = services_of(tree)
    found = find_suspects(services, services, preset, context.workspace)
    certain = tuple(suspect.name for suspect in found if suspect.certain)
    others = [(name, service) for name, service in services.items() if name not in certain]
    return ListedSidecar(
        sidecar=preset.name,
        title=preset.title,
        sort=preset.sort,
        modes=tuple(mode for mode, _ in preset.template.modes) if preset.template else (),
        services=certain,
        candidates=tuple(suspect.name for suspect in found if not suspect.certain),
        traces=sum(1 for name, service in others for _ in traces_of(name, service, preset.traces)),
    )


def _sidecar_table(rows: Sequence[ListedSidecar]) -> str:
    cells = [(row.sidecar, row.title, row.sort, ", ".join(row.modes) or "strip only", _usage(row)) for row in rows]
    return align_rows(cells)


def _usage(row: ListedSidecar) -> str:
    parts = [", ".join(row.services)] if row.services else []
    parts += [f"perhaps {', '.join(row.candidates)}"] if row.candidates else []
    parts += [f"{row.traces} trace{'s' if row.traces > 1 else ''} on other services"] if row.traces else []
    return "; ".join(parts)


def _sidecar_json(rows: Sequence[ListedSidecar]) -> str:
    import json

    listed = {
        "sidecars": [{"class" if key == "sort" else key: value for key, value in row._asdict().items()} for row in rows]
    }
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
