"""Which version of a sidecar is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.partial import UNKNOWN, as_far_as_known
from composevariant.errors import UnusableInput
from composevariant.sidecars.patterns import fits_image
from composevariant.tree import Scalar
from composevariant.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.operations.adding.outputs import Output
    from composevariant.overlay import Add
    from composevariant.sidecars.template import Template
    from composevariant.tree import Mapping


def version(
    template: Template, wanted: Add, default: str | None, services: Table[str, Mapping], sends: Output | None
) -> str | None:
    """The version that is asked for, else that of the service it sends to where both go together, else the default.

    Raises:
        UnusableInput: the configuration is not written for this version.
    """
    if wanted.version is None:
        return _as_the_output(template, services, sends) or default
    if not _fits(wanted.version, template):
        what = f"{wanted.sidecar} {wanted.version} is not a version that can be added"
        raise UnusableInput(what, wanted.location, f"the configuration is for {', '.join(template.versions)}")
    return wanted.version


def _fits(text: str, template: Template) -> bool:
    known = as_far_as_known(text)
    return not template.versions or UNKNOWN in known or any(matches(each, known) for each in template.versions)


def _as_the_output(template: Template, services: Table[str, Mapping], sends: Output | None) -> str | None:
    """The tag of the service it sends to: sidecars of a stack have the version of the stack."""
    destination = next((each for each in template.outputs if sends and each.name == sends.name), None)
    if sends is None or destination is None or not destination.same_version or sends.service not in services:
        return None
    image = services[sends.service].get("image")
    if not isinstance(image, Scalar) or not fits_image(image.text, destination.images):
        return None
    tag = image.text.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return tag if tag and UNKNOWN not in as_far_as_known(tag) and _fits(tag, template) else None
