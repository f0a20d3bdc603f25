"""Names that lead nowhere: services, volumes, networks, configs, secrets and models that are not defined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import items_at, mapping_at
from composevariant.compose.references import SECTIONS
from composevariant.errors import did_you_mean
from composevariant.tree import Mapping, location_of
from composevariant.validation.problem import Problem, place_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.compose.references import Reference

_INSIDE_BUILD: Final = ("additional_contexts", "build.secrets")
_MOST_HINTS: Final = 100


def undefined(root: Mapping, found: Iterable[Reference]) -> Iterator[Problem]:
    """The references that lead nowhere. With `include`, other files may define anything, so nothing is claimed."""
    if has_include(root):
        return
    defined = {target: set(mapping_at(root, section).names()) for target, section in SECTIONS.items()}
    defined["network"] |= {"default"}
    missing = (reference for reference in found if reference.name not in defined[reference.target])
    for count, reference in enumerate(missing):
        # A search through all names for each of thousands of problems would take minutes.
        known = defined[reference.target] - {reference.user} if count < _MOST_HINTS else set()
        yield _undefined(root, reference, did_you_mean(reference.name, known))


def not_buildable(root: Mapping, services: Table[str, Mapping], found: Iterable[Reference]) -> Iterator[Problem]:
    """Build contexts that are to come from a service which is not built."""
    for reference in found:
        target = services.get(reference.name) if reference.kind == "additional_contexts" else None
        if target is not None and not target.entry("build") and not target.entry("extends"):
            yield reference_problem(root, reference, "additional-contexts", "a service without build; give it a build")


def has_include(root: Mapping) -> bool:
    """Whether the file brings in others."""
    return bool(items_at(root, "include"))


def reference_problem(root: Mapping, reference: Reference, check: str, wrong: str) -> Problem:
    """A problem at a reference; `wrong` ends the sentence that begins with the setting that holds it."""
    path = reference.path
    setting = path[: 4 if reference.kind in _INSIDE_BUILD else 3]
    place = location_of(reference.node) or place_of(root, path)
    message = f'{shown(setting)} names "{reference.name}", {wrong}'
    return Problem(f"reference.{check}", "error", path, message, place, (reference.name,))


def _undefined(root: Mapping, reference: Reference, hint: str) -> Problem:
    if reference.target == "service":
        wrong = f"which is not a service{hint}"
    else:
        wrong = f"which is not defined under {SECTIONS[reference.target]}{hint or '; define it there'}"
    return reference_problem(root, reference, reference.kind.replace("_", "-").replace(".", "-"), wrong)
