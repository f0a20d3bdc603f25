"""What `bench` needs of a Docker engine. The tests have one that only pretends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from composevariant.errors import UnusableInput
from composevariant.preview import mask_passwords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from composevariant.bench.marks import Contents
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


# The layers of an image, and bytes that are in it twice.

_SHELL: Final = re.compile(r"^(RUN )?(\|\d+ .*?)?/bin/(ba)?sh -c (#\(nop\) +)?", re.DOTALL)


_SMALLEST: Final = 1_000_000


_CHANGES_FILES: Final = re.compile(r"\b(chown|chmod|chgrp|mv|cp|strip)\b")


class Layer(NamedTuple):
    """What one instruction added."""

    size: int
    created_by: str
    """The instruction, without the values of build arguments, which Docker puts before the command."""


def named(created_by: str) -> str:
    """The instruction in `docker history`'s words: `RUN |1 TOKEN=x /bin/sh -c make # buildkit` is `RUN make`."""
    words = mask_passwords(created_by.removesuffix(" # buildkit"))
    found = _SHELL.match(words)
    if not found:
        return words
    rest = words[found.end() :]
    return rest if found[4] else f"RUN {rest}"


def repeated(layers: Sequence[Layer]) -> list[Layer]:
    """The layers that have the size of an earlier one and come of a command that only changes files.

    `layers` as Docker lists them, the last one first. A `chown -R` writes every file again.
    """
    found: list[Layer] = []
    earlier: list[int] = []
    for layer in reversed(layers):
        if layer.size >= _SMALLEST and _CHANGES_FILES.search(layer.created_by) and layer.size in earlier:
            found.append(layer)
        earlier.append(layer.size)
    return found


def repeated_bytes(layers: Sequence[Layer]) -> int:
    """What the image has twice."""
    return sum(layer.size for layer in repeated(layers))
