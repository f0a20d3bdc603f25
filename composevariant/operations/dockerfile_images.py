"""The images that base and variant are built to: the same one, or one each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.findings import Note, found_by, note
from composevariant.operations.dockerfile_builds import lineage
from composevariant.operations.dockerfile_writing import rewritten
from composevariant.tree import Scalar, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.operations.dockerfile_plan import Swap
    from composevariant.operations.dockerfile_writing import Services
    from composevariant.overlay import Dockerfiles
    from composevariant.tree import Mapping

_IMAGE: Final = "{image}"


def with_images(before: Services, after: Services, swaps: Iterable[Swap], template: str) -> tuple[Services, list[Note]]:
    """The services with images of their own, named after those of the base."""
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
    value = rewritten(own, name) if isinstance(own, Scalar) else string(name)
    return services[service].with_value("image", value)


def shared_images(services: Services, swaps: Iterable[Swap], wanted: Dockerfiles) -> list[Note]:
    """Advice where base and variant are built to the same `image`."""
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
    """What Compose calls the image of a service without `image`; it sets this variable itself (measured, 2.40.3)."""
    return f"${{COMPOSE_PROJECT_NAME}}-{service}"
