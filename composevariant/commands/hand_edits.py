"""Edits made by hand to generated files: `migrate --merge` and the diff of the edits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from composevariant.commands.terminal import print_data, printable, wants_color
from composevariant.errors import ComposeVariantError, Refused, raise_all
from composevariant.preview import unified
from composevariant.variants import MergedEdits, find_ancestor, merge_edits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.text import Conflict
    from composevariant.variants import OpenProject, PlannedVariant


def merge_hand_edits(project: OpenProject, plans: Sequence[PlannedVariant]) -> list[PlannedVariant]:
    """Return the variants with the edits to their files merged in.

    Raises:
        Refused: The merge has conflicts, which are printed first, or the generated version of a file is unknown.
    """
    found: list[MergedEdits] = []
    errors: list[ComposeVariantError] = []
    for planned in plans:
        try:
            found.append(merge_edits(project, planned))
        except ComposeVariantError as error:
            errors.append(error)
    for planned, conflicts in found:
        if conflicts:
            print_data(printable("".join(_render(planned.output, conflict) for conflict in conflicts)))
            errors.append(_refusal(planned.output, len(conflicts)))
    raise_all(errors)
    return [planned for planned, _ in found]


def _refusal(output: str, number: int) -> Refused:
    places = "one place" if number == 1 else f"{number} places"
    wrong = f"{output} was edited by hand in {places} where the base or an overlay has changed too"
    return Refused(wrong, None, "move the edit into the base or an overlay, or undo it, and merge again")


def _render(output: str, conflict: Conflict) -> str:
    """Return a conflict in git's diff3 style."""
    sides = (
        (f"<<<<<<< {output}:{conflict.line}, edited by hand", conflict.ours),
        ("||||||| as generated", conflict.ancestor),
        ("=======", conflict.theirs),
    )
    lines = [line for title, texts in sides for line in (f"{title}\n", *texts)]
    ended = [line if line.endswith("\n") else f"{line}\n" for line in lines]
    return "".join([*ended, ">>>>>>> as generated now from base and overlays\n"])


def diff_hand_edit(project: OpenProject, planned: PlannedVariant) -> str:
    """Return the edits as a diff against the generated version, or against a new version if the old one is lost."""
    status = planned.status
    digest = status.header.body if status.header else ""
    as_written = find_ancestor(project.files, planned.variant.name, planned.output, digest)
    before = planned.generated_text if as_written is None else as_written
    return unified("as-generated", before, planned.output, status.existing or "", color=wants_color(sys.stderr))
