"""What `bench` needs of a Docker engine. The tests have one that only pretends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from composevariant.bench.contents import Contents
    from composevariant.bench.layers import Layer
    from composevariant.bench.progress import Log


class About(NamedTuple):
    """Engine, client and machine, as they are named in the report."""

    engine: str
    client: str
    progress: str
    """How the client tells of a build: `rawjson` or `plain`."""
    system: str
    cores: int
    memory: int


class Request(NamedTuple):
    """One build."""

    context: str
    dockerfile: str
    options: tuple[str, ...]
    tag: str
    namespace: str
    """The cache mounts of builds with this word are theirs alone."""
    no_cache: bool


class Built(NamedTuple):
    """A build that succeeded."""

    seconds: float
    log: Log
    cpu_seconds: float | None
    """None where the engine's own account cannot be read, here and below."""
    received: int | None = None
    """Bytes that containers received meanwhile."""


class Image(NamedTuple):
    """What the engine knows of an image."""

    id: str
    size: int
    layers: tuple[Layer, ...]
    """The last one first, as Docker lists them."""
    command: tuple[str, ...]
    """Entrypoint and command."""
    workdir: str
    path: str


class Mount(NamedTuple):
    """A cache mount that the engine keeps."""

    target: str
    size: int


class BuildFailed(UnusableInput):
    """A Dockerfile that does not build."""


class Engine(Protocol):
    """The engine and its client."""

    def about(self) -> About:
        """What is measured on."""

    def build(self, request: Request) -> Built:
        """Build an image and name it.

        Raises:
            BuildFailed: it cannot be built; with the last lines that were printed.
        """

    def image(self, tag: str) -> Image:
        """What an image is."""

    def contents(self, tag: str, run: str) -> Contents:
        """The files of an image, and the marks of the run that are in them."""

    def mounts(self) -> Mapping[str, Mount]:
        """All cache mounts, by the engine's names for them."""

    def forget_mounts(self, namespace: str, names: Iterable[str]) -> None:
        """Remove the cache mounts of these names in a namespace of ours, and no others."""

    def remove_images(self, run: str) -> None:
        """Remove the images and containers of a run.

        Raises:
            UnusableInput: the engine no longer answers.
        """
