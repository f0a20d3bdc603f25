"""What the Dockerfile of a service says: whether it fits the service, and whether it ships what it builds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.variables import with_defaults
from composevariant.errors import UnusableInput, did_you_mean
from composevariant.operations.dockerfile_builds import build_of
from composevariant.source import Location
from composevariant.tree import location_of
from composevariant.validation.catalog import ADVICE
from composevariant.validation.problem import Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.stages import Dockerfile
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Severity


CHECKS: Final = frozenset(
    (
        "build.args",
        "build.target",
        "dockerfile.cache-over-output",
        "dockerfile.lost-stage",
        "dockerfile.shared-compile-cache",
        "dockerfile.stale-dummy",
    )
)
"""What is found here of any Dockerfile, that of a variant or not."""


class _Read(NamedTuple):
    build: Build
    dockerfile: Dockerfile
    path: Path
    """Of the build."""


def dockerfile_problems(look: Look) -> Iterator[Problem]:
    """What is found of the Dockerfiles, each of which is read once for all."""
    for read in _read(look):
        yield from _no_stage(*read)
        yield from _undeclared_argument(*read)
        yield from _dangerous_recipes(*read)


def _no_stage(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """A `target` that is no stage; the build fails."""
    target = with_defaults(build.target.text) if build.target else ""
    if target and dockerfile.target(target) is None:
        names = [stage.name for stage in dockerfile.stages if stage.name]
        wrong = f'names "{target}", which is not a stage of {dockerfile.source.name}{did_you_mean(target, names)}'
        yield _problem("build.target", (*path, "target"), wrong, location_of(build.target))


def _undeclared_argument(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Build arguments that have no effect."""
    from composevariant.operations.dockerfile_preflight import is_declared

    declared = dockerfile.arguments()
    for name, argument in build.arguments.items():
        if not is_declared(name, declared):
            wrong = f"is not declared by {dockerfile.source.name}, and has no effect"
            yield _problem("build.args", (*path, "args", name), wrong, location_of(argument.node))


def _dangerous_recipes(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Recipes that ship something else than what is built, or throw it away."""
    from composevariant.dockerfile.hazards.all import hazards

    target = with_defaults(build.target.text) if build.target else ""
    for hazard in hazards(dockerfile, target):
        where = hazard.location
        inline = build.inline is not None
        place = location_of(build.inline) if inline else Location(dockerfile.source.name, where.line, where.column)
        wrong = f"is built from {dockerfile.source.name}, line {where.line}: {hazard.message}"
        yield _problem(hazard.check, path, wrong, place)


def _problem(check: str, path: Path, wrong: str, place: Location | None) -> Problem:
    severity: Severity = "advice" if check in ADVICE else "warning"
    return Problem(check, severity, path, f"{shown(path)} {wrong}", place, (wrong,))


def _read(look: Look) -> Iterator[_Read]:
    """The builds whose Dockerfile can be looked at; what is wrong with the others is for Docker to say."""
    for name in look.services:
        build = build_of(look.services, name)
        source = build.source_in(look.disk) if build is not None and look.disk is not None else None
        if build is None or source is None:
            continue
        from composevariant.dockerfile.stages import read_dockerfile

        try:
            yield _Read(build, read_dockerfile(source), ("services", name, "build"))
        except UnusableInput:
            continue
