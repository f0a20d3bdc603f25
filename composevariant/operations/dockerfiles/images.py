"""The image names and Dockerfiles of services after the swaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.findings import Note, found_by, note
from composevariant.operations.dockerfiles.builds import build_of, lineage
from composevariant.operations.dockerfiles.plan import dockerfile_path
from composevariant.tree import Entry, Mapping, Scalar, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.operations.dockerfiles.plan import Swap
    from composevariant.overlay import Dockerfiles

_IMAGE: Final = "{image}"


def with_images(before: Services, after: Services, swaps: Iterable[Swap], template: str) -> tuple[Services, list[Note]]:
    """Return the services with separate images, whose names derive from those in the base, and notes."""
    renamed, notes = dict(after), []
    for swap in swaps:
        service = swap.build.service
        old = _image(before, service)
        name = old.text if old else _default_image(service)
        new = template.replace(_IMAGE, name)
        renamed[service] = _with_image(renamed, service, new)
        path, where = ("services", service, "image"), location_of(old or swap.build.node)
        notes.append(note("dockerfiles.image", "changed", path, where, before=name, after=new))
    swapped = {swap.build.service for swap in swaps}
    for service in before.keys() - swapped:
        inherited = _image(before, service)
        if inherited is not None:
            renamed[service] = _with_image(renamed, service, inherited.text)
    return renamed, notes


def _with_image(services: Services, service: str, name: str) -> Mapping:
    now = _image(services, service)
    if now is not None and now.text == name:
        return services[service]
    own = services[service].get("image")
    value = scalar_in_place_of(own, name) if isinstance(own, Scalar) else string(name)
    return services[service].with_value("image", value)


def shared_images(services: Services, swaps: Iterable[Swap], wanted: Dockerfiles) -> list[Note]:
    """Return a note for each service whose base and variant build the same `image`."""
    template = f"{_IMAGE}-{(wanted.suffix or '').strip('.-_') or 'variant'}"
    notes = []
    for swap in swaps:
        image = _image(services, swap.build.service)
        if image is not None:
            path, names = ("services", swap.build.service, "image"), {"image": image.text, "template": template}
            notes.append(found_by("build.same-image", "note", path, location_of(image), **names))
    return notes


def _image(services: Services, service: str) -> Scalar | None:
    for name in lineage(services, service):
        image = services[name].get("image")
        if isinstance(image, Scalar) and image.meaning.kind != "null":
            return image
    return None


def _default_image(service: str) -> str:
    """Return Compose's image name for a service without `image`. Compose 2.40.3 sets the variable (measured)."""
    return f"${{COMPOSE_PROJECT_NAME}}-{service}"


# Dockerfiles.

Services = dict[str, Mapping]


def with_dockerfiles(services: Services, swaps: Iterable[Swap]) -> Services:
    """Return the services after the swaps. A Dockerfile that a service inherits through `extends` is not repeated."""
    after = dict(services)
    for swap in sorted(swaps, key=lambda swap: len(lineage(services, swap.build.service))):
        service = swap.build.service
        now = build_of(after, service)
        if now is None or now.shown != swap.name:
            after[service] = _with_dockerfile(after[service], swap.name)
    return after


def keep_others(before: Services, after: Services, swaps: Iterable[Swap]) -> tuple[Services, list[Note]]:
    """Set the old Dockerfile in services that inherit it from a swapped service but are not swapped themselves."""
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


def scalar_in_place_of(old: Scalar, text: str) -> Scalar:
    """Return a scalar that replaces `old` and has the same quotes."""
    style = old.style if old.style in ("'", '"') else string(text).style
    return Scalar(text, style, origin=old)


def _with_dockerfile(service: Mapping, name: str) -> Mapping:
    build = service.get("build")
    old = build.get("dockerfile") if isinstance(build, Mapping) else None
    value = scalar_in_place_of(old, name) if isinstance(old, Scalar) else string(name)
    if isinstance(build, Mapping):
        return service.with_value("build", build.with_value("dockerfile", value).without("dockerfile_inline"))
    entries = [Entry(Scalar("dockerfile"), value)]
    if isinstance(build, Scalar) and build.meaning.kind != "null":
        entries.insert(0, Entry(Scalar("context"), build))
    return service.with_value("build", Mapping(tuple(entries), origin=build))
