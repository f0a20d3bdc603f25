"""Measure the builds of a service one after another. Each build edits the sources, builds, and checks the image."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.bench.engine import BuildFailed, Request
from composevariant.bench.job import edited_file, manifest_file
from composevariant.bench.judging import Program, Shipped, check_traces, compare_programs, differences
from composevariant.bench.marks import add_mark, main_program, manifest_edit, marks
from composevariant.bench.plan import MEANINGS, SIDES
from composevariant.bench.results import Sample, ServiceResult, SideResult
from composevariant.disk import load_average
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from composevariant.bench.engine import BuildResult, Engine, Image
    from composevariant.bench.job import Job, JobSide
    from composevariant.bench.marks import Contents
    from composevariant.bench.plan import Scenario, Side, Turn
    from composevariant.disk import ContextCopy, WorkFolder


class Watcher(Protocol):
    """A receiver of progress reports about a run."""

    def building(self, service: str, turn: Turn) -> None:
        """Report that a build is about to start."""

    def built(self, service: str, turn: Turn, seconds: float) -> None:
        """Report that a build has ended."""


class _Side:
    """The state of one side during the builds."""

    def __init__(self, job_side: JobSide, context: EditedContext, namespace: str) -> None:
        self.job_side = job_side
        self.context = context
        self.namespace = namespace
        self.image: Image | None = None
        self.contents: Contents | None = None
        self.first: tuple[Image, Contents] | None = None
        self.samples: list[Sample] = []
        self.shipped: list[Shipped] = []
        self.mounts: dict[str, str] = {}


class Bench:
    """A bench that measures an engine's builds in a work folder. `clean` can be called at any time."""

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
        """Remove the images, containers and cache mounts of this run, and nothing else.

        Raises:
            UnusableInput: the engine no longer answers. The folder keeps its notes so that the next run can clean up.
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
        """Run all builds whose edit is possible, and return the measurements.

        Raises:
            UnusableInput: a side does not build, or there is nothing to edit.
        """
        sides = {side: self._prepare(job, side) for side in SIDES}
        edits = edits_of(job, sides["base"].context.tree)
        for side in sides.values():
            side.context.start_with(edits)
        for turn in turns:
            if (turn.scenario != "manifest" or edits.manifest) and (
                turn.scenario != "dependency" or edits.replacements
            ):
                self._run_turn(job, sides[turn.side], turn, edits)
        sizes = {name: mount.size for name, mount in self._engine.mounts().items()}
        self.clean()
        return _result(job, sides, edits, sizes, _notes(sides, edits, turns))

    def _prepare(self, job: Job, name: Side) -> _Side:
        job_side = job.sides[name]
        context = EditedContext(job_side, self._place, f"{job.service}-{name}", self._marks)
        return _Side(job_side, context, f"cvbench-{self._run}-{job.service}-{name}")

    def _run_turn(self, job: Job, side: _Side, turn: Turn, edits: Edits) -> None:
        """Apply the edits, then build and inspect the image."""
        dockerfile = side.context.change_for(turn.scenario, edits)
        self._watcher.building(job.service, turn)
        self.loads.append(load_average())
        before = self._engine.mounts() if turn.scenario == "cold" else {}
        tag, built = self._build(job, side, turn, dockerfile)
        if turn.scenario == "cold":
            targets = side.job_side.mount_targets()
            new = {name: mount.target for name, mount in self._engine.mounts().items() if name not in before}
            side.mounts = {name: target for name, target in new.items() if target in targets}
        side.samples.append(Sample(turn, built.seconds, built.cpu_seconds, built.log, built.received))
        self._inspect(side, turn, tag)
        self._watcher.built(job.service, turn, built.seconds)

    def _build(self, job: Job, side: _Side, turn: Turn, dockerfile: str) -> tuple[str, BuildResult]:
        self._tags += 1
        tag = f"composevariant-bench-{self._run}:{self._tags}"
        self._used = True
        if side.namespace not in self._namespaces:
            self._namespaces[side.namespace] = side.job_side.mounts()
            self._place.remember(side.namespace, side.job_side.mounts())
        build = side.job_side.build
        options = (*(("--target", build.target) if build.target else ()), *build.options)
        context, no_cache = side.context.tree.path, turn.scenario == "cold"
        try:
            return tag, self._engine.build(Request(context, dockerfile, options, tag, side.namespace, no_cache))
        except BuildFailed as failed:
            what = f"{job.service}: {side.job_side.source.name} does not build ({turn.side}, {MEANINGS[turn.scenario]})"
            raise BuildFailed(f"{what}:\n{_indented(build.without_secrets(failed.message))}") from None

    def _inspect(self, side: _Side, turn: Turn, tag: str) -> None:
        """Read the image's files, unless the image is the same as in the previous build."""
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
            side.job_side.source.name,
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
        findings=[*check_traces(shipped, edits.source), compare_programs(programs)],
        differences=differences(base.files, variant.files, base.marked | variant.marked),
        notes=notes,
    )


def _program(image: Image, contents: Contents) -> Program | None:
    path = main_program(image.command, image.workdir, image.path, contents.files)
    return Program(path, contents.files[path]) if path else None


def _notes(sides: Mapping[Side, _Side], edits: Edits, turns: Sequence[Turn]) -> list[str]:
    notes: list[str] = []
    if not edits.manifest and any(turn.scenario == "manifest" for turn in turns):
        notes.append(f"found no manifest for {edits.source}, so the scenario manifest was skipped")
    if not all(side.context.tree.linked for side in sides.values()):
        notes.append("files of the context were copied, as they could not be linked")
    left_out = sorted({key for side in sides.values() for key in side.job_side.build.left_out})
    return [*notes, f"ignored settings of build: {', '.join(left_out)}"] if left_out else notes


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


# One side's copy of the context, edited before each build as its scenario requires.


class Edits(NamedTuple):
    """The original files to edit."""

    source: str
    source_text: str
    manifest: str
    """The manifest to edit, or an empty string if there is none."""
    manifest_text: str
    replacements: tuple[tuple[str, str], ...]
    """Files, with their texts in the scenario `dependency`."""


def edits_of(job: Job, tree: ContextCopy) -> Edits:
    """Choose the files to edit.

    Raises:
        UnusableInput: there is no file to edit, or a file of `--edit` or `--dependency` does not exist.
    """
    files = sorted(tree.files())
    source = edited_file(job, files, tree.read)
    manifest = manifest_file(job, source, files, tree.read)
    manifest = manifest if manifest != source else ""
    for path, _ in job.replacements:
        if path not in {file.path for file in files}:
            raise UnusableInput(f"--dependency names {path}, which is not in the context of {job.service}")
    return Edits(
        source, tree.read(source) or "", manifest, tree.read(manifest) or "" if manifest else "", job.replacements
    )


class EditedContext:
    """A side's copy of the context, and its Dockerfile. `expected` is the mark that the image must contain."""

    def __init__(self, job_side: JobSide, place: WorkFolder, name: str, marks: Iterator[str]) -> None:
        self.tree = place.copy_of(name, job_side.build.context, job_side.skips())
        self.expected = ""
        self._start = ""
        self._job_side = job_side
        self._place = place
        self._name = name
        self._marks = marks
        self._dockerfile = place.dockerfile(f"{name}-file", job_side.source.text, job_side.ignore)

    def start_with(self, edits: Edits) -> None:
        """Insert the first mark. The scenario `undo` restores this state."""
        self._mark(edits)
        self._start = self.expected
        self.tree.settle(edits.source)

    def change_for(self, scenario: Scenario, edits: Edits) -> str:
        """Apply only the scenario's change, and return the Dockerfile to build."""
        match scenario:
            case "cold":
                self.tree.renew()
            case "code":
                self._mark(edits)
            case "manifest":
                # Without `cvbench`, so that it is not a mark: an image may contain the manifest, which is not a source.
                new = manifest_edit(edits.manifest, edits.manifest_text, next(self._marks).removeprefix("cvbench"))
                self.tree.replace(edits.manifest, new or edits.manifest_text)
            case "dependency":
                for path, text in edits.replacements:
                    self.tree.replace(path, text)
            case "dockerfile":
                return self._place.dockerfile(
                    f"{self._name}-label", self._job_side.with_label(next(self._marks)), self._job_side.ignore
                )
            case "undo":
                self._undo(edits)
        return self._dockerfile

    def _mark(self, edits: Edits) -> None:
        self.expected = next(self._marks)
        text = add_mark(edits.source, edits.source_text, self.expected)
        # A file of `--edit` without a known language is data, to which a line can be added.
        self.tree.replace(edits.source, text if text is not None else f"{edits.source_text}\n{self.expected}\n")

    def _undo(self, edits: Edits) -> None:
        """Restore the source with its old modification time, although a version control system would set a new time.

        Also add a new file next to the source. Otherwise all steps could be cached, and the build would test nothing.
        """
        self.tree.restore(edits.source)
        self.expected = self._start
        self.tree.add(join(dirname(edits.source), f"{next(self._marks)}.txt"), "composevariant bench put this here\n")
