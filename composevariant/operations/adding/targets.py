"""Which services a sidecar is added for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of, text_of
from composevariant.errors import UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, note
from composevariant.sidecars.detect import suspects
from composevariant.sidecars.marker import SIDECAR, label
from composevariant.sidecars.patterns import fits_image
from composevariant.sidecars.presets import load_preset, preset_names
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.outcome import Context
    from composevariant.overlay import Add
    from composevariant.sidecars.preset import Preset
    from composevariant.sidecars.template import Mode


class Served(NamedTuple):
    """What one generated service is there for."""

    name: str
    """The service that is served; "" for the whole host."""
    mode: Mode
    logs: str = ""
    """Where it writes its log files."""
    senders: tuple[str, ...] = ()
    """The services that send to the generated one."""

    @property
    def patched(self) -> tuple[str, ...]:
        """The services that get something of their own for it."""
        return self.senders or ((self.name,) if self.name else ())


def targets(tree: Mapping, wanted: Add, preset: Preset, context: Context) -> tuple[list[Served], list[Note]]:
    """What the sidecar is added for, one service each; and what a wildcard left out.

    Raises:
        UnusableInput: a service that is named is not there, or none is left.
    """
    receives = preset.template is not None and preset.template.parts("receive") is not None
    if wanted.targets is None:
        watches = preset.template is not None and preset.template.parts("host") is not None
        return [Served("", "host" if watches or not receives else "receive")], []
    names = wanted.targets.select_or_error(tree)
    written = {name.text for name in wanted.targets.name}
    out = dict(_left_out(tree, [name for name in names if name not in written], preset, context))
    services = services_of(tree)
    notes = [
        note(
            "add.left-out",
            "note",
            ("services", name),
            location_of(services[name]),
            sidecar=preset.title,
            target=name,
            reason=why,
        )
        for name, why in out.items()
    ]
    chosen = [name for name in names if name not in out]
    if not chosen:
        raise UnusableInput("no service is left to add it for", wanted.targets.location, "name the services")
    unknown = [(name, place) for name, _, place in wanted.logs if name != "*" and name not in chosen]
    raise_all(
        [
            UnusableInput(f'add.logs: "{name}" is none of the services in for{did_you_mean(name, chosen)}', place)
            for name, place in unknown
        ]
    )
    paths = {name: path for name, path, _ in wanted.logs}
    logs = {name: paths.get(name, paths.get("*", "")) for name in chosen}
    if receives and not wanted.logs:
        return [Served("", "receive", senders=tuple(chosen))], notes
    return [Served(name, "files" if logs[name] else "stdout", logs[name]) for name in chosen], notes


def _left_out(tree: Mapping, names: list[str], preset: Preset, context: Context) -> Iterator[tuple[str, str]]:
    """The services that a wildcard does not mean: jobs, what the sidecar sends to, and other sidecars."""
    services = services_of(tree)
    jobs = _jobs(services)
    others = [load_preset(name) for name in preset_names()] if names else []
    outputs = preset.template.outputs if preset.template else ()
    backends = (*preset.backends, *(image for output in outputs for image in output.images))
    for name in names:
        image = text_of(services[name].get("image"))
        known = [
            other.title
            for other in others
            if any(found.certain for found in suspects(services, [name], other, context.workspace))
        ]
        if name in jobs:
            yield name, "it runs once"
        elif label(services[name], SIDECAR) or known:
            yield name, f"it is a sidecar itself{f' ({known[0]})' if known else ''}"
        elif fits_image(image, backends):
            yield name, f"{preset.title} may send to it"


def _jobs(services: dict[str, Mapping]) -> set[str]:
    jobs = {name for name, service in services.items() if text_of(service.get("restart")) == "no"}
    for service in services.values():
        depends_on = service.get("depends_on")
        for other, settings in depends_on.items() if isinstance(depends_on, Mapping) else ():
            condition = settings.get("condition") if isinstance(settings, Mapping) else None
            if text_of(condition) == "service_completed_successfully":
                jobs.add(other)
    return jobs
