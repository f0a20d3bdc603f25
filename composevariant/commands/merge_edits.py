"""What `migrate --merge` says, and what it shows of an edit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from composevariant.commands.terminal import data, printable, wants_color
from composevariant.errors import ComposeVariantError, Refused, raise_all
from composevariant.preview import unified
from composevariant.variants import Reconciled, find_ancestor, reconciled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.text import Conflict
    from composevariant.variants import OpenProject, PlannedVariant


def with_edits(workshop: OpenProject, plans: Sequence[PlannedVariant]) -> list[PlannedVariant]:
    """The variants with what somebody edited in their files.

    Raises:
        Refused: there are conflicts, which are printed first, or what a file was before is not known.
    """
    found: list[Reconciled] = []
    errors: list[ComposeVariantError] = []
    for planned in plans:
        try:
            found.append(reconciled(workshop, planned))
        except ComposeVariantError as error:
            errors.append(error)
    for planned, conflicts in found:
        if conflicts:
            data(printable("".join(_shown(planned.output, conflict) for conflict in conflicts)))
            errors.append(_refusal(planned.output, len(conflicts)))
    raise_all(errors)
    return [planned for planned, _ in found]


def _refusal(output: str, number: int) -> Refused:
    places = "one place" if number == 1 else f"{number} places"
    wrong = f"{output} was edited by hand in {places} where base and overlays give something else now"
    return Refused(wrong, None, "make the edit part of the base or an overlay, or undo it there, and merge again")


def _shown(output: str, conflict: Conflict) -> str:
    """A conflict as git shows one, with what both sides started from."""
    sides = (
        (f"<<<<<<< {output}:{conflict.line}, edited by hand", conflict.ours),
        ("||||||| as it was made", conflict.ancestor),
        ("=======", conflict.theirs),
    )
    lines = [line for title, texts in sides for line in (f"{title}\n", *texts)]
    ended = [line if line.endswith("\n") else f"{line}\n" for line in lines]
    return "".join([*ended, ">>>>>>> what base and overlays give now\n"])


def edit_of(workshop: OpenProject, planned: PlannedVariant) -> str:
    """What somebody edited, as a diff: against what we wrote, or against what we would write where that is lost."""
    standing = planned.standing
    wanted = standing.header.body if standing.header else ""
    made = find_ancestor(workshop.files, planned.variant.name, planned.output, wanted)
    before = planned.generated if made is None else made
    return unified("as-made", before, planned.output, standing.existing or "", color=wants_color(sys.stderr))
