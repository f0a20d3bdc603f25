"""Services with what they extend written out, as Compose has them when it looks for contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.extends import flattened
from composevariant.errors import ComposeVariantError
from composevariant.validation.problem import Problem, place_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.tree import Mapping


class Inherited(NamedTuple):
    """The services that extend another of the same file, written out, and why some could not be."""

    services: dict[str, Mapping]
    problems: list[Problem]


def written_out(root: Mapping, heirs: Table[str, Mapping], services: Table[str, Mapping]) -> Inherited:
    """The heirs, which have `extends`. It is still there in those that extend another file, which is not read."""
    whole = Inherited({}, [])
    for name, heir in heirs.items():
        try:
            whole.services[name] = flattened(heir, services, services)
        except ComposeVariantError as error:
            path = ("services", name, "extends")
            message = f"{shown(path[:2])} cannot extend that service: {error.message}"
            whole.problems.append(Problem("service.extends", "error", path, message, place_of(root, path)))
    return whole
