"""Which sidecars `dockerfile` takes out of images, and the files that this needs beside the Dockerfile."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from composevariant.disk import BuildFiles
from composevariant.errors import UnusableInput, raise_all
from composevariant.operations.dockerfile_sidecars import with_sidecars
from composevariant.operations.outcome import Context
from composevariant.project import FAST_SIDECAR
from composevariant.sidecars.presets import find_preset
from composevariant.variants import resolve_variant

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.dockerfile.rungs.rung import Order
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping
    from composevariant.workshop import Workshop

_VARIANT: Final = "fast"
_USUAL: Final = (FAST_SIDECAR,)
"""What goes where no variant says anything: what the built-in variant strips."""


class SidecarsOut:
    """The sidecars to take out of all images of a call."""

    def __init__(self, workshop: Workshop, names: tuple[str, ...] | None) -> None:
        """Find the presets: of the sidecars that are named, else of those that the variant `fast` strips.

        Raises:
            UnusableInput: a sidecar is not known, or nothing is known of what it looks like inside an image.
        """
        self._named = names
        own: tuple[tuple[str, Mapping], ...] = ()
        chosen = names
        if names is None:
            chosen = _USUAL
            if workshop.project.variant(_VARIANT) is not None:
                overlay = resolve_variant(workshop.project, _VARIANT, workshop.files).overlay
                chosen, own = tuple(strip.sidecar for strip in overlay.strips), overlay.sidecars
        context = Context(BuildFiles(workshop.files, posixpath.dirname(workshop.base.name)), presets=own)
        self.presets: list[Preset] = [find_preset(name, context) for name in chosen or ()]
        raise_all([_unknown_inside(preset) for preset in self.presets if names and not preset.embedded.words])

    def added_to(self, order: Order, services: Table[str, Mapping]) -> Order:
        """The order for images without them; its command says so where that is not what happens anyway."""
        options = "".join(f" --strip {name}" for name in self._named or ())
        options = " --keep-sidecars" if self._named == () else options
        return with_sidecars(order._replace(command=order.command + options), self.presets, services)


def _unknown_inside(preset: Preset) -> UnusableInput:
    hint = "the key embedded: of its preset describes that"
    return UnusableInput(f"it is not known what {preset.title} looks like inside an image", None, hint)
