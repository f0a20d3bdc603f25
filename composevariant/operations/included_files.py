"""What other files bring, which one file cannot change: Compose merges later files into it, but it has no later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import identity
from composevariant.compose.files import resolve_project_if_possible
from composevariant.errors import Refused
from composevariant.tree import find, format_path, get, location_of

if TYPE_CHECKING:
    from composevariant.compose.files import ReferenceResolver
    from composevariant.operations.context import Context
    from composevariant.source import Location
    from composevariant.tree import Mapping, PathPattern

HINT = "change it there, or write all into one file first: `flatten: true` in the variant, or --flatten"


def others_of(context: Context) -> ReferenceResolver | None:
    """What finds the services of other files; None where none are to be read."""
    if context.extended is None:
        return None
    from composevariant.compose.files import OtherFiles, ReferenceResolver

    return ReferenceResolver(OtherFiles(context.extended))


def refusal_of(tree: Mapping, pattern: PathPattern, context: Context, location: Location | None) -> Refused | None:
    """Why the setting that a path names, which is not in the tree, cannot be changed; None where no file has it."""
    whole = resolve_project_if_possible(tree, context.others)
    places = find(whole, pattern, identity) if whole is not tree else ()
    if not places:
        return None
    there = location_of(get(whole, places[0]))
    return Refused(f"{format_path(places[0], whole, identity)} comes from another file ({there})", location, HINT)
