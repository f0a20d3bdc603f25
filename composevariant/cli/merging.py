"""What `migrate --merge` says, and what it shows of an edit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from composevariant.cli.terminal import data, printable, wants_color
from composevariant.drift.ancestor import find_ancestor
from composevariant.errors import ComposeVariantError, Refused, raise_all
from composevariant.merging import Reconciled, reconciled
from composevariant.preview.unified import unified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.drift.three_way import Conflict
    from composevariant.migration import Migration
    from composevariant.workshop import Workshop


def with_edits(workshop: Workshop, plans: Sequence[Migration]) -> list[Migration]:
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


def edit_of(workshop: Workshop, planned: Migration) -> str:
    """What somebody edited, as a diff: against what we wrote, or against what we would write where that is lost."""
    standing = planned.standing
    wanted = standing.header.body if standing.header else ""
    made = find_ancestor(workshop.files, planned.variant.name, planned.output, wanted)
    before = planned.generated if made is None else made
    return unified("as-made", before, planned.output, standing.existing or "", color=wants_color(sys.stderr))
