"""The builds of a service, one after the other, each with its edit before and its checks behind."""

from __future__ import annotations

import os
from posixpath import dirname, join
from typing import TYPE_CHECKING, NamedTuple, Protocol

from composevariant.bench.contents import main_program
from composevariant.bench.engine import BuildFailed, Request
from composevariant.bench.job import edited_file, manifest_file
from composevariant.bench.judging import Program, Shipped, differences, same_program, traces
from composevariant.bench.marks import manifest_edit, mark, marked
from composevariant.bench.plan import MEANINGS, SIDES
from composevariant.bench.results import Sample, ServiceResult, SideResult
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.bench.contents import Contents
    from composevariant.bench.engine import Built, Engine, Image
    from composevariant.bench.job import Half, Job
    from composevariant.bench.judging import Finding
    from composevariant.bench.plan import Side, Turn
    from composevariant.bench.workplace import Tree, Workplace


class Watcher(Protocol):
    """Who is told what is going on."""

    def building(self, service: str, turn: Turn) -> None:
        """A build begins."""

    def built(self, service: str, turn: Turn, seconds: float) -> None:
        """A build is done."""


class _Edits(NamedTuple):
    """What is edited in both copies of the context."""

    source: str
    source_text: str
    manifest: str
    manifest_text: str


class _Side:
    """One side while it is built."""

    def __init__(self, half: Half, tree: Tree, dockerfile: str, namespace: str) -> None:
        self.half = half
        self.tree = tree
        self.dockerfile = dockerfile
        self.namespace = namespace
        self.expected = ""
        self.start = ""
        self.image: Image | None = None
        self.first: tuple[Image, Contents] | None = None
        self.contents: Contents | None = None
        self.samples: list[Sample] = []
        self.mounts: dict[str, str] = {}


class Bench:
    """Builds with an engine in a workplace. `clean` takes away whatever was made, at any time."""

    def __init__(self, engine: Engine, place: Workplace, run: str, watcher: Watcher) -> None:
        self._engine = engine
        self._place = place
        self._run = run
        self._watcher = watcher
        self._marks = 0
        self._tags = 0
        self._namespaces: dict[str, frozenset[str]] = {}
        self._used = False
        self.loads: list[float] = []

    def clean(self) -> None:
        """Remove images, containers and cache mounts that were made; nothing of anybody else."""
        for namespace, names in list(self._namespaces.items()):
            self._engine.forget_mounts(namespace, names)
            del self._namespaces[namespace]
        if self._used:
            self._engine.remove_images(self._run)
            self._used = False

    def measure(self, job: Job, turns: Sequence[Turn]) -> ServiceResult:
        """Build all turns.

        Raises:
            UnusableInput: a side does not build, or there is nothing to edit.
        """
        sides = {side: self._prepared(job, side) for side in SIDES}
        edits = _edits(job, sides["base"].tree)
        for side in sides.values():
            side.start = side.expected = self._edited(side.tree, edits)
            side.tree.settle(edits.source)
        without = not edits.manifest and any(turn.scenario == "manifest" for turn in turns)
        if without:
            turns = [turn for turn in turns if turn.scenario != "manifest"]
        if not job.replacements:
            turns = [turn for turn in turns if turn.scenario != "dependency"]
        shipped: list[Shipped] = []
        for turn in turns:
            side = sides[turn.side]
            dockerfile = self._changed(job, side, turn, edits)
            self._built(job, side, turn, dockerfile)
            if side.contents is not None:
                shipped.append(Shipped(turn, side.expected, side.contents.marks))
        result = self._result(job, sides, edits, shipped)
        if without:
            note = f"no manifest is found beside {edits.source}, so there is no scenario manifest"
            result = result._replace(notes=(note, *result.notes))
        self.clean()
        return result

    def _prepared(self, job: Job, name: Side) -> _Side:
        half = job.halves[name]
        tree = self._place.tree(f"{job.service}-{name}", half.build.context, half.leaves_out())
        dockerfile = self._place.dockerfile(f"{job.service}-{name}-file", half.source.text, half.ignore)
        return _Side(half, tree, dockerfile, f"cvbench-{self._run}-{job.service}-{name}")

    def _next_mark(self) -> str:
        self._marks += 1
        return mark(self._run, self._marks)

    def _edited(self, tree: Tree, edits: _Edits) -> str:
        new = self._next_mark()
        text = marked(edits.source, edits.source_text, new)
        tree.replace(edits.source, text if text is not None else f"{edits.source_text}\n{new}\n")
        return new

    def _changed(self, job: Job, side: _Side, turn: Turn, edits: _Edits) -> str:
        """Make the context what the turn asks for; gives the Dockerfile."""
        tree = side.tree
        if turn.scenario == "cold":
            tree.renew()
        elif turn.scenario == "code":
            side.expected = self._edited(tree, edits)
        elif turn.scenario == "undo":
            tree.restore(edits.source)
            side.expected = side.start
            # Without a change beside it, all steps could be cached and nothing would be put to the test.
            tree.add(join(dirname(edits.source), f"{self._next_mark()}.txt"), "composevariant bench put this here\n")
        elif turn.scenario in ("manifest", "dependency"):
            self._change_manifest(job, tree, turn, edits)
        elif turn.scenario == "dockerfile":
            labelled = side.half.with_label(self._next_mark())
            return self._place.dockerfile(f"{job.service}-{turn.side}-label", labelled, side.half.ignore)
        return side.dockerfile

    def _change_manifest(self, job: Job, tree: Tree, turn: Turn, edits: _Edits) -> None:
        if turn.scenario == "dependency":
            for path, text in job.replacements:
                tree.replace(path, text)
            return
        # Not a mark of ours: a manifest may be shipped, and would look like an earlier source.
        new = manifest_edit(edits.manifest, edits.manifest_text, self._next_mark().removeprefix("cvbench"))
        tree.replace(edits.manifest, new or edits.manifest_text)

    def _built(self, job: Job, side: _Side, turn: Turn, dockerfile: str) -> None:
        self._watcher.building(job.service, turn)
        self.loads.append(os.getloadavg()[0])
        before = self._engine.mounts() if turn.scenario == "cold" else {}
        built = self._build(job, side, turn, dockerfile)
        side.samples.append(Sample(turn, built.seconds, built.cpu_seconds, built.log, built.received))
        if turn.scenario == "cold":
            ours = side.half.mount_targets()
            new = {name: mount.target for name, mount in self._engine.mounts().items() if name not in before}
            side.mounts = {name: target for name, target in new.items() if target in ours}
        self._watcher.built(job.service, turn, built.seconds)

    def _build(self, job: Job, side: _Side, turn: Turn, dockerfile: str) -> Built:
        self._tags += 1
        tag = f"composevariant-bench-{self._run}:{self._tags}"
        self._used = True
        if side.namespace not in self._namespaces:
            self._namespaces[side.namespace] = side.half.mounts()
            self._place.remember(side.namespace, side.half.mounts())
        options = side.half.build.options
        if side.half.build.target:
            options = ("--target", side.half.build.target, *options)
        try:
            built = self._engine.build(
                Request(side.tree.path, dockerfile, options, tag, side.namespace, no_cache=turn.scenario == "cold")
            )
        except BuildFailed as failed:
            what = f"{job.service}: {side.half.source.name} does not build ({turn.side}, {MEANINGS[turn.scenario]})"
            raise BuildFailed(f"{what}:\n{_indented(side.half.build.without_secrets(failed.message))}") from None
        image = self._engine.image(tag)
        if side.image is None or side.image.id != image.id or side.contents is None:
            side.contents = self._engine.contents(tag, self._run)
        side.image = image
        side.first = side.first or (image, side.contents)
        return built

    def _result(self, job: Job, sides: dict[Side, _Side], edits: _Edits, shipped: Sequence[Shipped]) -> ServiceResult:
        firsts = {name: side.first for name, side in sides.items() if side.first is not None}
        programs = {name: _program(image, contents) for name, (image, contents) in firsts.items()}
        base, variant = (firsts[side][1] for side in SIDES)
        sizes = self._engine.mounts()
        findings: list[Finding] = [*traces(shipped, edits.source), same_program(programs)]
        return ServiceResult(
            service=job.service,
            sides={
                name: SideResult(
                    side.half.source.name,
                    firsts[name][0],
                    {target: sizes[mount].size for mount, target in side.mounts.items() if mount in sizes},
                    side.samples,
                )
                for name, side in sides.items()
            },
            edited=edits.source,
            manifest=edits.manifest,
            findings=findings,
            differences=differences(base.files, variant.files, base.marked | variant.marked),
            notes=_notes(sides),
        )


def _edits(job: Job, tree: Tree) -> _Edits:
    files = sorted(tree.files())
    source = edited_file(job, files, tree.read)
    manifest = manifest_file(job, source, files, tree.read)
    manifest = manifest if manifest != source else ""
    for path, _ in job.replacements:
        if path not in {file.path for file in files}:
            raise UnusableInput(f"--dependency names {path}, which is not in the context of {job.service}")
    return _Edits(source, tree.read(source) or "", manifest, tree.read(manifest) or "" if manifest else "")


def _program(image: Image, contents: Contents) -> Program | None:
    path = main_program(image.command, image.workdir, image.path, contents.files)
    return Program(path, contents.files[path]) if path else None


def _notes(sides: dict[Side, _Side]) -> list[str]:
    notes: list[str] = []
    if not all(side.tree.linked for side in sides.values()):
        notes.append("files of the context were copied, as they could not be linked")
    left_out = {key for side in sides.values() for key in side.half.build.left_out}
    return notes + ([f"of build, {', '.join(sorted(left_out))} does not count here"] if left_out else [])


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
