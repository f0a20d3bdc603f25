"""An engine that only pretends: what it builds is what the context says, unless it is told to forget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from composevariant.bench.engine import BuildFailed, BuildResult, EngineInfo, Image, Layer, Mount
from composevariant.bench.marks import PATTERN, Contents, File
from composevariant.bench.progress import BuildStep, Log
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from composevariant.bench.engine import Request

ABOUT = EngineInfo("20.10.24", "28.2.2, buildx 0.29.1", "rawjson", "Debian, x86_64", 2, 4_000_000_000)


class Pretended:
    """Takes one second for a base and a tenth for a variant; notes what it was asked to do."""

    def __init__(self, ships: Callable[[Request, str], str] | None = None) -> None:
        self._ships = ships or (lambda _, source: source)
        """What the program holds, made of the request and the source."""
        self.requests: list[Request] = []
        self.sources: list[str] = []
        self.manifests: list[str] = []
        self.forgotten: list[tuple[str, list[str]]] = []
        self.images: dict[str, str] = {}
        self.fails_at = 0
        self.is_gone = False

    def about(self) -> EngineInfo:
        return ABOUT

    def build(self, request: Request) -> BuildResult:
        self.requests.append(request)
        if len(self.requests) == self.fails_at:
            raise BuildFailed("cc: no such file\nwith hunter2")
        files = sorted(path for path in Path(request.context).rglob("*") if path.is_file())
        source = "".join(path.read_text() for path in files if path.suffix == ".py")
        self.sources.append(source)
        self.manifests += [path.read_text() for path in files if path.name == "requirements.txt"]
        self.images[request.tag] = self._ships(request, source)
        seconds = 1.0 if request.namespace.endswith("base") else 0.1
        steps = (
            BuildStep("[1/2] FROM x"),
            BuildStep("[2/2] RUN make", seconds, cached=False),
            BuildStep("exporting to image", 0.01),
        )
        return BuildResult(
            seconds, Log(steps, context_bytes=sum(path.stat().st_size for path in files)), 2 * seconds, 100
        )

    def image(self, tag: str) -> Image:
        held = self.images[tag]
        layers = (Layer(len(held), "RUN make"), Layer(2_000_000, ""))
        return Image(f"sha256:{hash(held)}", 2_000_000 + len(held), layers, ("/app",), "/", "/bin")

    def contents(self, tag: str, run: str) -> Contents:
        held = self.images[tag]
        marks = {mark for each in PATTERN.findall(held.encode()) if (mark := each.decode()).startswith(f"cvbench{run}")}
        marked = frozenset(("app",) if marks else ())
        return Contents({"app": File(len(held), str(hash(held)))}, frozenset(marks), marked)

    def mounts(self) -> Mapping[str, Mount]:
        used = [request for request in self.requests if request.no_cache]
        return {str(number): Mount("/cache", 1000) for number, _ in enumerate(used)}

    def forget_mounts(self, namespace: str, names: Iterable[str]) -> None:
        self.forgotten.append((namespace, sorted(names)))

    def remove_images(self, run: str) -> None:
        if self.is_gone:
            raise UnusableInput("Cannot connect to the Docker daemon")
        self.images = {tag: held for tag, held in self.images.items() if run not in tag}
