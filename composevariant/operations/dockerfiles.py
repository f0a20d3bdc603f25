"""The operation `dockerfiles`: services are built from other Dockerfiles, found by a suffix or named in a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.services import services_of, with_services
from composevariant.errors import ComposeVariantError, raise_all
from composevariant.operations.dockerfile_images import shared_images, with_images
from composevariant.operations.dockerfile_plan import make_plan
from composevariant.operations.dockerfile_writing import keep_others, with_dockerfiles
from composevariant.operations.outcome import Note, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.operations.dockerfile_plan import Swap
    from composevariant.operations.outcome import Context, Workspace
    from composevariant.overlay import Dockerfiles
    from composevariant.tree import Mapping


def apply(tree: Mapping, wanted: Dockerfiles, context: Context) -> Outcome:
    """The tree with the Dockerfiles of the variant: "Swapping a Dockerfile" in DESIGN.md section 4.

    Raises:
        UnusableInput: a service that should get another Dockerfile cannot, the map or the selector is wrong, or a
            `target` is not a stage of the new file; all of them at once.
    """
    plan = make_plan(tree, wanted, context.workspace)
    findings = _findings(plan.swaps, context.workspace)
    errors = [each for each in findings if isinstance(each, ComposeVariantError)]
    raise_all([*plan.errors, *errors])
    before = services_of(tree)
    after = with_dockerfiles(before, plan.swaps)
    after, kept = keep_others(before, after, plan.swaps)
    if wanted.image is None:
        images = shared_images(before, plan.swaps, wanted)
    else:
        after, images = with_images(before, after, plan.swaps, wanted.image)
    warnings = [each for each in findings if isinstance(each, Note)]
    order = {name: place for place, name in enumerate(before)}
    notes = sorted((*plan.notes, *kept, *warnings, *images), key=lambda note: order[note.service])
    return Outcome(with_services(tree, after), tuple(notes))


def _findings(swaps: Iterable[Swap], workspace: Workspace) -> list[Note | ComposeVariantError]:
    if not swaps:
        return []
    from composevariant.operations.dockerfile_preflight import Shelf, findings

    shelf = Shelf(workspace)
    return [finding for swap in swaps for finding in findings(swap, shelf)]
