"""A variant's file that was edited by hand, merged with what base and overlays give now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.errors import Refused, UnusableInput, raise_all
from composevariant.source import Source
from composevariant.text import three_way
from composevariant.validation import find_problems, introduced
from composevariant.variants.file_state import KEPT_FOLDER, find_ancestor
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from composevariant.text import Conflict
    from composevariant.variants.open_project import OpenProject
    from composevariant.variants.plan import PlannedVariant


class MergedEdits(NamedTuple):
    """A variant with the edits of its file in it, or what forbids that."""

    planned: PlannedVariant
    conflicts: tuple[Conflict, ...] = ()


def merge_edits(project: OpenProject, planned: PlannedVariant) -> MergedEdits:
    """The variant as it is to be written when what somebody edited is kept.

    The header stays that of what base and overlays give, so the file still counts as edited by hand.

    Raises:
        Refused: what the file was before it was edited is not known, or it is none of ours.
        UnusableInput: the merged text is no Compose file any more.
    """
    status = planned.status
    if not status.is_protected:
        return MergedEdits(planned)
    if status.header is None:
        raise Refused(f"{planned.output} was not made by composevariant, so there is nothing to merge it with")
    ancestor = find_ancestor(project.files, planned.variant.name, planned.output, status.header.body)
    if ancestor is None:
        wrong = f"what {planned.output} was before it was edited is neither in {KEPT_FOLDER} nor in git"
        raise Refused(wrong, None, "put the edit into the base or an overlay; --force drops it and keeps a copy")
    merged = three_way(ancestor, status.existing or "", planned.generated_text)
    if not merged.conflicts:
        _check(project, planned.output, merged.text)
    return MergedEdits(planned._replace(text=planned.header + merged.text, keeps_edits=True), merged.conflicts)


def _check(project: OpenProject, path: str, text: str) -> None:
    root = parse(Source(path, text)).root
    found = introduced(project.problems, find_problems(root, project.rules, path))
    raise_all(
        [
            UnusableInput(f"merged with the edit, {problem.message} [{problem.check}]", problem.location)
            for problem in found
            if problem.severity == "error"
        ]
    )
