"""What other files bring, which one file cannot change: Compose merges later files into it, but it has no later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.identity import identity
from composevariant.compose.whole import whole_if_known
from composevariant.errors import Refused
from composevariant.paths import find, format_path, get
from composevariant.tree import location_of

if TYPE_CHECKING:
    from composevariant.compose.other_files import Others
    from composevariant.operations.outcome import Context
    from composevariant.paths import PathPattern
    from composevariant.source import Location
    from composevariant.tree import Mapping

HINT = "change it there, or write all into one file first: `flatten: true` in the variant, or --flatten"


def others_of(context: Context) -> Others | None:
    """What finds the services of other files; None where none are to be read."""
    if context.extended is None:
        return None
    from composevariant.compose.other_files import OtherFiles, Others

    return Others(OtherFiles(context.extended))


def refusal_of(tree: Mapping, pattern: PathPattern, context: Context, location: Location | None) -> Refused | None:
    """Why the setting that a path names, which is not in the tree, cannot be changed; None where no file has it."""
    whole = whole_if_known(tree, context.others)
    places = find(whole, pattern, identity) if whole is not tree else ()
    if not places:
        return None
    there = location_of(get(whole, places[0]))
    return Refused(f"{format_path(places[0], whole, identity)} comes from another file ({there})", location, HINT)
