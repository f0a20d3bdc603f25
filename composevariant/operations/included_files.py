"""Settings from extended and included files, which a single variant file cannot change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import identity
from composevariant.compose.files import whole_if_known
from composevariant.errors import Refused
from composevariant.tree import find, format_path, get, location_of

if TYPE_CHECKING:
    from composevariant.compose.files import Others
    from composevariant.operations.context import Context
    from composevariant.source import Location
    from composevariant.tree import Mapping, PathPattern

HINT = "change it there, or merge all files into one first with `flatten: true` in the variant or --flatten"


def others_of(context: Context) -> Others | None:
    """Return the reader of services in other files; None if the context has no such files."""
    if context.extended is None:
        return None
    from composevariant.compose.files import OtherFiles, Others

    return Others(OtherFiles(context.extended))


def refusal_of(tree: Mapping, pattern: PathPattern, context: Context, location: Location | None) -> Refused | None:
    """Return the error for a setting that is in another file instead of the tree; None if no file has it."""
    whole = whole_if_known(tree, context.others)
    places = find(whole, pattern, identity) if whole is not tree else ()
    if not places:
        return None
    there = location_of(get(whole, places[0]))
    return Refused(f"{format_path(places[0], whole, identity)} comes from another file ({there})", location, HINT)
