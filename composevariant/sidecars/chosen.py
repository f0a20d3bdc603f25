"""Which services a `strip` is about: what the overlay says of them goes before what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of
from composevariant.sidecars.detect import suspects

if TYPE_CHECKING:
    from composevariant.file_views import Files
    from composevariant.overlay import Strip
    from composevariant.sidecars.detect import Suspect
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping


class Chosen(NamedTuple):
    """The services of a project in the light of one sidecar."""

    sidecars: dict[str, str]
    """The sidecar itself, with the reason why each service is taken for it."""
    companions: dict[str, str]
    """Services that only serve the sidecar, with the reason."""
    excepted: frozenset[str]
    """Services that the overlay keeps out of this."""
    kept: frozenset[str]
    """Those among them that are the sidecar."""
    candidates: tuple[Suspect, ...]
    """Services that may be the sidecar; too little speaks for it."""

    @property
    def untouchable(self) -> frozenset[str]:
        """Services on which nothing is a trace: the excepted ones, and those that may be the sidecar themselves."""
        return self.excepted | {suspect.name for suspect in self.candidates if suspect.goes_by_the_name}


def choose(tree: Mapping, wanted: Strip, preset: Preset, workspace: Files) -> Chosen:
    """The services that are to be stripped, and those that are not."""
    services = services_of(tree)
    found = {suspect.name: suspect for suspect in suspects(services, services, preset, workspace)}
    certain = {name: suspect.reasons for name, suspect in found.items() if suspect.certain}
    named = {name: "named in the overlay" for name in wanted.services if name in services}
    excepted = frozenset(name for name in wanted.excepted if name in services)
    decided = {*certain, *named, *excepted}
    sidecars = {name: why for name, why in (certain | named).items() if name not in excepted}
    return Chosen(
        sidecars=sidecars,
        companions=_companions(tree, sidecars, preset, excepted, workspace),
        excepted=excepted,
        kept=excepted.intersection(certain),
        candidates=tuple(suspect for name, suspect in found.items() if name not in decided),
    )


def with_heirs(chosen: Chosen, before: Mapping, after: Mapping, preset: Preset, workspace: Files) -> Chosen:
    """The same, with those that became the sidecar when what they took from it was written out."""
    old, new = services_of(before), services_of(after)
    changed = [name for name, service in new.items() if service is not old[name] and name not in chosen.excepted]
    found = {suspect.name: suspect.reasons for suspect in suspects(new, changed, preset, workspace) if suspect.certain}
    if not found:
        return chosen
    candidates = tuple(suspect for suspect in chosen.candidates if suspect.name not in found)
    return chosen._replace(sidecars=chosen.sidecars | found, candidates=candidates)


def _companions(
    tree: Mapping, sidecars: dict[str, str], preset: Preset, excepted: frozenset[str], workspace: Files
) -> dict[str, str]:
    if not sidecars:
        return {}
    from composevariant.sidecars.companions import companions

    return {name: why for name, why in companions(tree, sidecars, preset, workspace).items() if name not in excepted}
