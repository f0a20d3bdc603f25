"""The input and the results of a pass. JSON output uses the names of the fields, including `rung`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from composevariant.dockerfile import BuildContext

if TYPE_CHECKING:
    from composevariant.dockerfile import Dockerfile, Rewriting, Stage
    from composevariant.sidecars import Preset
    from composevariant.source import Location


class Applied(NamedTuple):
    """A change that a pass made."""

    rung: str
    ecosystem: str
    location: Location


class Skipped(NamedTuple):
    """A change that a pass did not make, and the reason."""

    rung: str
    reason: str
    location: Location


class PassNote(NamedTuple):
    """A consequence of a change that the user should know."""

    rung: str
    message: str
    location: Location


class ReplacementFile(NamedTuple):
    """A file that the fast Dockerfile copies instead of `made_of`. Paths are relative to the build context."""

    path: str
    text: str
    made_of: str


class StartOverride(NamedTuple):
    """A command or entrypoint in the Compose file that overrides that of the image."""

    setting: str
    """The path in the Compose file, such as `services.app.command`."""
    text: str


class BuildRequest(NamedTuple):
    """The project and the services for which to make a fast Dockerfile."""

    project: str
    """The name of the Compose project."""
    services: tuple[str, ...] = ()
    """All services that are built from this Dockerfile."""
    targets: frozenset[str] | None = frozenset(("",))
    """The names of the stages that the services build, or None if unknown. An empty string means the last stage."""
    context: BuildContext = BuildContext()
    platform: str = ""
    """The platform of the services, if the Compose file sets exactly one platform."""
    command: str = ""
    """The command that regenerates the file."""
    sidecars: tuple[Preset, ...] = ()
    """The sidecars to remove from the image."""
    starts: tuple[StartOverride, ...] = ()
    """Commands in the Compose file that override those of the Dockerfile."""
    many_platforms: bool = False
    """Whether the services are built for more than one platform."""


class PassInput(NamedTuple):
    """The input of one pass: the Dockerfile after the previous passes, and the rewriting that collects changes."""

    dockerfile: Dockerfile
    rewriting: Rewriting
    request: BuildRequest

    def ships(self, stage: Stage) -> bool:
        """Return whether a service's image is this stage or builds on this stage."""
        if self.request.targets is None:
            return True
        found = [self.dockerfile.target(name) for name in self.request.targets]
        return any(stage in self.dockerfile.lineage(each) for each in found if each)

    def builds_on(self, stage: Stage) -> list[Stage]:
        """Return the later stages that build on a stage."""
        later = self.dockerfile.stages[stage.number + 1 :]
        return [each for each in later if stage in self.dockerfile.lineage(each)]


Result: TypeAlias = Applied | Skipped | PassNote | ReplacementFile
Pass: TypeAlias = Callable[[PassInput], Iterator[Result]]
"""A function that requests changes from `work.rewriting` and yields the results."""
