"""What `list sidecars` does: the sidecars that are known, and what of them is found in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.terminal import aligned, data
from composevariant.compose.services import services_of
from composevariant.disk import BuildFiles
from composevariant.operations.outcome import Context
from composevariant.sidecars.detect import suspects
from composevariant.sidecars.presets import find_preset, own_names, preset_names
from composevariant.sidecars.traces import traces_of
from composevariant.workshop import Workshop, load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping


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
    workshop = Workshop(folder, base, load_rules(schema))
    own = {name: preset for variant in workshop.project.variants for name, preset in variant.keys.sidecars}
    files = BuildFiles(workshop.files, "")
    context = Context(files, "", tuple(own.items()), files)
    names = dict.fromkeys((*preset_names(), *own, *own_names(context)))
    presets = [find_preset(name, context, whole=True) for name in names]
    rows = [_known(preset, workshop.tree, context) for preset in presets]
    data(_json(rows) if form == "json" else _table(rows))
    return 0


def _known(preset: Preset, tree: Mapping, context: Context) -> Known:
    services = services_of(tree)
    found = suspects(services, services, preset, context.workspace)
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


def _table(rows: Sequence[Known]) -> str:
    cells = [(row.sidecar, row.title, row.sort, ", ".join(row.modes) or "strip only", _found(row)) for row in rows]
    return aligned(cells)


def _found(row: Known) -> str:
    said = [", ".join(row.services)] if row.services else []
    said += [f"perhaps {', '.join(row.candidates)}"] if row.candidates else []
    said += [f"{row.traces} trace{'s' if row.traces > 1 else ''} on other services"] if row.traces else []
    return "; ".join(said)


def _json(rows: Sequence[Known]) -> str:
    import json

    listed = {
        "sidecars": [{"class" if key == "sort" else key: value for key, value in row._asdict().items()} for row in rows]
    }
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
