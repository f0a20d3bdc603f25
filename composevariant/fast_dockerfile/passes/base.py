"""What a rung is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from composevariant.dockerfile import BuildContext

if TYPE_CHECKING:
    from composevariant.dockerfile import Dockerfile, Rewriting, Stage
    from composevariant.sidecars import Preset
    from composevariant.source import Location


class Applied(NamedTuple):
    """Something that a rung did."""

    rung: str
    ecosystem: str
    location: Location


class Skipped(NamedTuple):
    """What a rung did not do, and the precondition that forbids it."""

    rung: str
    reason: str
    location: Location


class PassNote(NamedTuple):
    """What somebody should know about what a rung did."""

    rung: str
    message: str
    location: Location


class ReplacementFile(NamedTuple):
    """A file that the fast Dockerfile copies instead of another one. Paths count from the build context."""

    path: str
    text: str
    made_of: str


class StartOverride(NamedTuple):
    """What a service of the Compose file starts in the image."""

    setting: str
    """`services.app.command`."""
    text: str


class BuildRequest(NamedTuple):
    """What a fast Dockerfile is made for."""

    project: str
    """Compose's name of the project."""
    services: tuple[str, ...] = ()
    """All services that are built from the file."""
    targets: frozenset[str] | None = frozenset(("",))
    """The stages that these build, by name; "" is the last one. None when they are not known."""
    context: BuildContext = BuildContext()
    platform: str = ""
    """What the services are built for, where the Compose file says so, and it is one."""
    command: str = ""
    """What makes the file again."""
    sidecars: tuple[Preset, ...] = ()
    """What is to be taken out of the image."""
    starts: tuple[StartOverride, ...] = ()
    """What the services start instead of what the Dockerfile says."""
    many_platforms: bool = False
    """Whether they are built for several."""


class PassInput(NamedTuple):
    """One rung's work: a Dockerfile as the rungs before left it, and the changes that this one asks for."""

    dockerfile: Dockerfile
    rewriting: Rewriting
    request: BuildRequest

    def ships(self, stage: Stage) -> bool:
        """Whether an image of a service is, or builds on, this stage."""
        if self.request.targets is None:
            return True
        found = [self.dockerfile.target(name) for name in self.request.targets]
        return any(stage in self.dockerfile.lineage(each) for each in found if each)

    def builds_on(self, stage: Stage) -> list[Stage]:
        """The later stages that build on this one."""
        later = self.dockerfile.stages[stage.number + 1 :]
        return [each for each in later if stage in self.dockerfile.lineage(each)]


Result: TypeAlias = Applied | Skipped | PassNote | ReplacementFile
Pass: TypeAlias = Callable[[PassInput], Iterator[Result]]
"""Asks `work.rewriting` for its changes, and gives what was done, or why not."""
