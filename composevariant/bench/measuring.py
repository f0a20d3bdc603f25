"""The builds of a service, one after the other, each with its edit before and its checks behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from composevariant.bench.contents import main_program
from composevariant.bench.editing import EditedContext, edits_of
from composevariant.bench.engine import BuildFailed, Request
from composevariant.bench.judging import Program, Shipped, differences, same_program, traces
from composevariant.bench.marks import marks
from composevariant.bench.plan import MEANINGS, SIDES
from composevariant.bench.results import Sample, ServiceResult, SideResult
from composevariant.disk import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.bench.contents import Contents
    from composevariant.bench.editing import Edits
    from composevariant.bench.engine import Built, Engine, Image
    from composevariant.bench.job import Half, Job
    from composevariant.bench.plan import Side, Turn
    from composevariant.disk import WorkFolder


class Watcher(Protocol):
    """Who is told what is going on."""

    def building(self, service: str, turn: Turn) -> None:
        """A build begins."""

    def built(self, service: str, turn: Turn, seconds: float) -> None:
        """A build is done."""


class _Side:
    """One side while it is built."""

    def __init__(self, half: Half, context: EditedContext, namespace: str) -> None:
        self.half = half
        self.context = context
        self.namespace = namespace
        self.image: Image | None = None
        self.contents: Contents | None = None
        self.first: tuple[Image, Contents] | None = None
        self.samples: list[Sample] = []
        self.shipped: list[Shipped] = []
        self.mounts: dict[str, str] = {}


class Bench:
    """Builds with an engine in a work folder. `clean` takes away whatever was made, at any time."""

    def __init__(self, engine: Engine, place: WorkFolder, run: str, watcher: Watcher) -> None:
        self._engine = engine
        self._place = place
        self._run = run
        self._watcher = watcher
        self._marks = marks(run)
        self._tags = 0
        self._namespaces: dict[str, frozenset[str]] = {}
        self._used = False
        self.loads: list[float] = []

    def clean(self) -> None:
        """Remove images, containers and cache mounts that were made; nothing of anybody else.

        Raises:
            UnusableInput: the engine no longer answers. The folder then keeps its notes, for the next run to do it.
        """
        if not self._used:
            return
        self._place.keeps_notes = True
        self._engine.remove_images(self._run)
        for namespace, names in self._namespaces.items():
            self._engine.forget_mounts(namespace, names)
        self._namespaces.clear()
        self._used = self._place.keeps_notes = False

    def measure(self, job: Job, turns: Sequence[Turn]) -> ServiceResult:
        """Build all turns that there is something to edit for.

        Raises:
            UnusableInput: a side does not build, or there is nothing to edit.
        """
        sides = {side: self._prepared(job, side) for side in SIDES}
        edits = edits_of(job, sides["base"].context.tree)
        for side in sides.values():
            side.context.start_with(edits)
        for turn in turns:
            if (turn.scenario != "manifest" or edits.manifest) and (
                turn.scenario != "dependency" or edits.replacements
            ):
                self._take(job, sides[turn.side], turn, edits)
        sizes = {name: mount.size for name, mount in self._engine.mounts().items()}
        self.clean()
        return _result(job, sides, edits, sizes, _notes(sides, edits, turns))

    def _prepared(self, job: Job, name: Side) -> _Side:
        half = job.halves[name]
        context = EditedContext(half, self._place, f"{job.service}-{name}", self._marks)
        return _Side(half, context, f"cvbench-{self._run}-{job.service}-{name}")

    def _take(self, job: Job, side: _Side, turn: Turn, edits: Edits) -> None:
        """Edit, build and look."""
        dockerfile = side.context.change_for(turn.scenario, edits)
        self._watcher.building(job.service, turn)
        self.loads.append(load())
        before = self._engine.mounts() if turn.scenario == "cold" else {}
        tag, built = self._built(job, side, turn, dockerfile)
        if turn.scenario == "cold":
            targets = side.half.mount_targets()
            new = {name: mount.target for name, mount in self._engine.mounts().items() if name not in before}
            side.mounts = {name: target for name, target in new.items() if target in targets}
        side.samples.append(Sample(turn, built.seconds, built.cpu_seconds, built.log, built.received))
        self._look(side, turn, tag)
        self._watcher.built(job.service, turn, built.seconds)

    def _built(self, job: Job, side: _Side, turn: Turn, dockerfile: str) -> tuple[str, Built]:
        self._tags += 1
        tag = f"composevariant-bench-{self._run}:{self._tags}"
        self._used = True
        if side.namespace not in self._namespaces:
            self._namespaces[side.namespace] = side.half.mounts()
            self._place.remember(side.namespace, side.half.mounts())
        build = side.half.build
        options = (*(("--target", build.target) if build.target else ()), *build.options)
        context, no_cache = side.context.tree.path, turn.scenario == "cold"
        try:
            return tag, self._engine.build(Request(context, dockerfile, options, tag, side.namespace, no_cache))
        except BuildFailed as failed:
            what = f"{job.service}: {side.half.source.name} does not build ({turn.side}, {MEANINGS[turn.scenario]})"
            raise BuildFailed(f"{what}:\n{_indented(build.without_secrets(failed.message))}") from None

    def _look(self, side: _Side, turn: Turn, tag: str) -> None:
        """Read the image's files, unless it is the very image of the build before."""
        image = self._engine.image(tag)
        if side.contents is None or side.image is None or side.image.id != image.id:
            side.contents = self._engine.contents(tag, self._run)
        side.image = image
        side.first = side.first or (image, side.contents)
        side.shipped.append(Shipped(turn, side.context.expected, side.contents.marks, side.contents.files))


def _result(
    job: Job, sides: Mapping[Side, _Side], edits: Edits, sizes: Mapping[str, int], notes: Sequence[str]
) -> ServiceResult:
    firsts = {name: side.first for name, side in sides.items() if side.first is not None}
    base, variant = (firsts[side][1] for side in SIDES)
    shipped = [each for side in sides.values() for each in side.shipped]
    programs = {name: _program(image, contents) for name, (image, contents) in firsts.items()}
    measured = {
        name: SideResult(
            side.half.source.name,
            firsts[name][0],
            {target: sizes[mount] for mount, target in side.mounts.items() if mount in sizes},
            side.samples,
        )
        for name, side in sides.items()
    }
    return ServiceResult(
        service=job.service,
        sides=measured,
        edited=edits.source,
        manifest=edits.manifest,
        findings=[*traces(shipped, edits.source), same_program(programs)],
        differences=differences(base.files, variant.files, base.marked | variant.marked),
        notes=notes,
    )


def _program(image: Image, contents: Contents) -> Program | None:
    path = main_program(image.command, image.workdir, image.path, contents.files)
    return Program(path, contents.files[path]) if path else None


def _notes(sides: Mapping[Side, _Side], edits: Edits, turns: Sequence[Turn]) -> list[str]:
    notes: list[str] = []
    if not edits.manifest and any(turn.scenario == "manifest" for turn in turns):
        notes.append(f"no manifest is found beside {edits.source}, so there is no scenario manifest")
    if not all(side.context.tree.linked for side in sides.values()):
        notes.append("files of the context were copied, as they could not be linked")
    left_out = sorted({key for side in sides.values() for key in side.half.build.left_out})
    return [*notes, f"of build, {', '.join(left_out)} does not count here"] if left_out else notes


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
