"""What the checks look at, and how they say what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import text_of
from composevariant.compose.variables import interpolated
from composevariant.tree import Scalar
from composevariant.validation.problem import problem_at

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.file_views import Disk
    from composevariant.tree import Mapping, Node
    from composevariant.tree_edits import Path
    from composevariant.validation.problem import Problem, Severity


class Look(NamedTuple):
    """A whole project."""

    root: Mapping
    services: dict[str, Mapping]
    """With what they extend in the same file written out."""
    disk: Disk | None = None
    """None where the paths of the file mean nothing, as for text without a folder."""
    known: Table[str, str] | None = None
    """The variables of the environment and of `.env`; None where they are not to be asked."""

    def text(self, node: Node | None) -> str:
        """The text that a scalar gives Compose here and now; what is not set is empty, as in Compose."""
        if self.known is None or not isinstance(node, Scalar) or "$" not in node.text:
            return text_of(node)
        return interpolated(node.text, self.known) or ""

    def problem(self, check: str, severity: Severity, path: Path, wrong: str) -> Problem:
        """A finding: `<path> <wrong>`."""
        return problem_at(self.root, check, severity, path, wrong)
