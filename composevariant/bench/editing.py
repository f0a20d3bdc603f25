"""One side's copy of the context, changed for each build into what its scenario asks for."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING, NamedTuple

from composevariant.bench.job import edited_file, manifest_file
from composevariant.bench.marks import manifest_edit, marked
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.bench.job import Half, Job
    from composevariant.bench.plan import Scenario
    from composevariant.disk import ContextCopy, WorkFolder


class Edits(NamedTuple):
    """The files that are edited, as they are in the user's context."""

    source: str
    source_text: str
    manifest: str
    """Empty where there is none."""
    manifest_text: str
    replacements: tuple[tuple[str, str], ...]
    """Files, and the texts that they have in the scenario `dependency`."""


def edits_of(job: Job, tree: ContextCopy) -> Edits:
    """Choose what to edit.

    Raises:
        UnusableInput: there is nothing, or a file that was named is not there.
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
    """The copy and its Dockerfile. `expected` is the mark that an image built from it must hold."""

    def __init__(self, half: Half, place: WorkFolder, name: str, marks: Iterator[str]) -> None:
        self.tree = place.copy_of(name, half.build.context, half.leaves_out())
        self.expected = ""
        self._start = ""
        self._half = half
        self._place = place
        self._name = name
        self._marks = marks
        self._dockerfile = place.dockerfile(f"{name}-file", half.source.text, half.ignore)

    def start_with(self, edits: Edits) -> None:
        """Put the first mark in; from here on, that counts as the state without a change."""
        self._mark(edits)
        self._start = self.expected
        self.tree.settle(edits.source)

    def change_for(self, scenario: Scenario, edits: Edits) -> str:
        """Change what the scenario changes, and nothing else; gives the Dockerfile to build."""
        match scenario:
            case "cold":
                self.tree.renew()
            case "code":
                self._mark(edits)
            case "manifest":
                # Without the word that makes a mark: a manifest may be shipped, and is no source.
                new = manifest_edit(edits.manifest, edits.manifest_text, next(self._marks).removeprefix("cvbench"))
                self.tree.replace(edits.manifest, new or edits.manifest_text)
            case "dependency":
                for path, text in edits.replacements:
                    self.tree.replace(path, text)
            case "dockerfile":
                return self._place.dockerfile(
                    f"{self._name}-label", self._half.with_label(next(self._marks)), self._half.ignore
                )
            case "undo":
                self._undo(edits)
        return self._dockerfile

    def _mark(self, edits: Edits) -> None:
        self.expected = next(self._marks)
        text = marked(edits.source, edits.source_text, self.expected)
        # A file that was named and has no language that we know is data; a line more does no harm.
        self.tree.replace(edits.source, text if text is not None else f"{edits.source_text}\n{self.expected}\n")

    def _undo(self, edits: Edits) -> None:
        """Bring the source back with its old time, as a version control system would not, but a cached `COPY` does.

        Without another change beside it, all steps could be cached and nothing would be put to the test.
        """
        self.tree.restore(edits.source)
        self.expected = self._start
        self.tree.add(join(dirname(edits.source), f"{next(self._marks)}.txt"), "composevariant bench put this here\n")
