"""The interface to the Docker engine for `bench`, which the tests implement with a fake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from composevariant.errors import UnusableInput
from composevariant.preview import mask_passwords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from composevariant.bench.marks import Contents
    from composevariant.bench.progress import Log


class EngineInfo(NamedTuple):
    """The engine, client and machine, as named in the report."""

    engine: str
    client: str
    progress: str
    """The client's progress format: `rawjson` or `plain`."""
    system: str
    cores: int
    memory: int


class Request(NamedTuple):
    """A request for one build."""

    context: str
    dockerfile: str
    options: tuple[str, ...]
    tag: str
    namespace: str
    """The namespace for cache mounts. Builds share cache mounts only with builds in the same namespace."""
    no_cache: bool


class BuildResult(NamedTuple):
    """A build that succeeded."""

    seconds: float
    log: Log
    cpu_seconds: float | None
    """The CPU seconds, or None if the counter cannot be read. None has the same meaning in the field below."""
    received: int | None = None
    """The number of bytes that containers received during the build."""


class Image(NamedTuple):
    """An image as the engine describes it."""

    id: str
    size: int
    layers: tuple[Layer, ...]
    """The layers in the order in which Docker lists them, with the last layer first."""
    command: tuple[str, ...]
    """The entrypoint followed by the command."""
    workdir: str
    path: str


class Mount(NamedTuple):
    """A cache mount in the engine's build cache."""

    target: str
    size: int


class BuildFailed(UnusableInput):
    """The build of a Dockerfile failed."""


class Engine(Protocol):
    """The engine and its client."""

    def about(self) -> EngineInfo:
        """Return a description of the Docker engine, the client and the machine."""

    def build(self, request: Request) -> BuildResult:
        """Build an image and tag it.

        Raises:
            BuildFailed: the build failed. The message contains the last lines of its output.
        """

    def image(self, tag: str) -> Image:
        """Return the engine's description of an image."""

    def contents(self, tag: str, run: str) -> Contents:
        """Return the files of an image, and this run's marks in these files."""

    def mounts(self) -> Mapping[str, Mount]:
        """Return all cache mounts, by the ids that the engine gave them."""

    def forget_mounts(self, namespace: str, names: Iterable[str]) -> None:
        """Remove only the cache mounts with these names in the given namespace."""

    def remove_images(self, run: str) -> None:
        """Remove the images and containers of a run.

        Raises:
            UnusableInput: the engine no longer answers.
        """


# The layers of an image, and the bytes that the image contains twice.

_SHELL: Final = re.compile(r"^(RUN )?(\|\d+ .*?)?/bin/(ba)?sh -c (#\(nop\) +)?", re.DOTALL)

_SMALLEST: Final = 1_000_000

_CHANGES_FILES: Final = re.compile(r"\b(chown|chmod|chgrp|mv|cp|strip)\b")


class Layer(NamedTuple):
    """A layer of an image, which is the result of one instruction."""

    size: int
    created_by: str
    """The instruction, without the values of build arguments, which Docker puts before the command."""


def instruction_of(created_by: str) -> str:
    """Return the instruction for an entry in `docker history`.

    For example, the instruction for `RUN |1 TOKEN=x /bin/sh -c make # buildkit` is `RUN make`.
    """
    words = mask_passwords(created_by.removesuffix(" # buildkit"))
    found = _SHELL.match(words)
    if not found:
        return words
    rest = words[found.end() :]
    return rest if found[4] else f"RUN {rest}"


def repeated_layers(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers that are as large as an earlier layer and whose command only changes existing files.

    For example, a `chown -R` writes every file again. `layers` must be in Docker's order, with the last layer first.
    """
    found: list[Layer] = []
    earlier: list[int] = []
    for layer in reversed(layers):
        if layer.size >= _SMALLEST and _CHANGES_FILES.search(layer.created_by) and layer.size in earlier:
            found.append(layer)
        earlier.append(layer.size)
    return found


def repeated_bytes(layers: Sequence[Layer]) -> int:
    """Return the bytes that the image contains twice."""
    return sum(layer.size for layer in repeated_layers(layers))
