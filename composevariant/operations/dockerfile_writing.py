"""Services with other Dockerfiles in their `build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.findings import Note, note
from composevariant.operations.dockerfile_builds import build_of, lineage
from composevariant.operations.dockerfile_plan import dockerfile_path
from composevariant.tree import Entry, Mapping, Scalar, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.operations.dockerfile_plan import Swap

Services = dict[str, Mapping]


def with_dockerfiles(services: Services, swaps: Iterable[Swap]) -> Services:
    """The services after the swaps. What a service would inherit anyway, by `extends`, is not written."""
    after = dict(services)
    for swap in sorted(swaps, key=lambda swap: len(lineage(services, swap.build.service))):
        service = swap.build.service
        now = build_of(after, service)
        if now is None or now.shown != swap.name:
            after[service] = _with_dockerfile(after[service], swap.name)
    return after


def keep_others(before: Services, after: Services, swaps: Iterable[Swap]) -> tuple[Services, list[Note]]:
    """Write out what services inherited from a swapped one, if they are not swapped themselves."""
    swapped = {swap.build.service for swap in swaps}
    heirs = [name for name in before if name not in swapped and len(lineage(before, name)) > 1]
    kept, notes = dict(after), []
    for name in sorted(heirs, key=lambda name: len(lineage(before, name))):
        old, new = build_of(before, name), build_of(kept, name)
        if old is None or new is None or old.shown == new.shown:
            continue
        if old.inline is None:
            kept[name] = _with_dockerfile(kept[name], old.name)
            where = location_of(old.node)
            notes.append(note("dockerfiles.written-out", "kept", dockerfile_path(old), where, file=old.name))
        else:
            names = {"file": new.name, "base": old.inline_of}
            path, where = dockerfile_path(old), location_of(old.node)
            notes.append(note("dockerfiles.inherited", "warning", path, where, **names))
    return kept, notes


def rewritten(old: Scalar, text: str) -> Scalar:
    """A scalar with another text that stands where `old` stood, quoted the same way."""
    style = old.style if old.style in ("'", '"') else string(text).style
    return Scalar(text, style, origin=old)


def _with_dockerfile(service: Mapping, name: str) -> Mapping:
    build = service.get("build")
    old = build.get("dockerfile") if isinstance(build, Mapping) else None
    value = rewritten(old, name) if isinstance(old, Scalar) else string(name)
    if isinstance(build, Mapping):
        return service.with_value("build", build.with_value("dockerfile", value).without("dockerfile_inline"))
    entries = [Entry(Scalar("dockerfile"), value)]
    if isinstance(build, Scalar) and build.meaning.kind != "null":
        entries.insert(0, Entry(Scalar("context"), build))
    return service.with_value("build", Mapping(tuple(entries), origin=build))
