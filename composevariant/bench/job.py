"""What is built of a service, read and ready: Dockerfiles, ignore files, and what both sides need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.bench.mounts import mount_names, mount_targets
from composevariant.bench.sources import copied, manifest_to_edit, source_to_edit
from composevariant.dockerfile.ignore import is_ignored, read_rules
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from composevariant.bench.plan import Side
    from composevariant.bench.settings import Build
    from composevariant.disk import Found
    from composevariant.dockerfile.stages import Dockerfile
    from composevariant.source import Source


class Half(NamedTuple):
    """One side of a job."""

    build: Build
    source: Source
    """The Dockerfile."""
    ignore: str | None
    """The text of `<Dockerfile>.dockerignore`, which counts instead of the context's `.dockerignore`."""
    context_ignore: str
    """The text of the context's `.dockerignore`; "" when there is none."""

    def dockerfile(self) -> Dockerfile:
        return read_dockerfile(self.source)

    def ignored(self) -> Callable[[str], bool]:
        """Whether a file or folder of the context is not sent."""
        rules = read_rules(self.context_ignore if self.ignore is None else self.ignore)
        return lambda path: is_ignored(path, rules)

    def leaves_out(self) -> Callable[[str], bool]:
        """Whether a folder need not be copied; where some patterns bring files back, every folder is."""
        rules = read_rules(self.context_ignore if self.ignore is None else self.ignore)
        brings_back = any(not rule.excludes for rule in rules)
        return lambda path: (not brings_back or path == ".git") and is_ignored(path, rules)

    def mounts(self) -> frozenset[str]:
        """The names of its cache mounts."""
        return mount_names(self.dockerfile(), self._arguments())

    def mount_targets(self) -> frozenset[str]:
        """Where they are mounted."""
        return mount_targets(self.dockerfile(), self._arguments())

    def _arguments(self) -> dict[str, str | None]:
        return dict(word.partition("=")[::2] for word in self.build.options if "=" in word)

    def with_label(self, mark: str) -> str:
        """The Dockerfile with another last instruction in the stage that is built."""
        dockerfile = self.dockerfile()
        stage = dockerfile.target(self.build.target)
        if stage is None:
            raise UnusableInput(f"has no stage {self.build.target}", self.source.location(0))
        end = (stage.instructions[-1] if stage.instructions else stage.start).end
        before = self.source.text[:end]
        return f"{before}{'' if before.endswith(chr(10)) else chr(10)}LABEL cvbench={mark}\n{self.source.text[end:]}"


class Job(NamedTuple):
    """A service of which both sides are built."""

    service: str
    halves: Mapping[Side, Half]
    edit: str = ""
    """The file to edit, relative to the context; "" to choose one."""
    replacements: tuple[tuple[str, str], ...] = ()
    """Files of the context and the texts that they have in the scenario `dependency`."""

    @property
    def is_same(self) -> bool:
        """Whether both sides are built alike."""
        base, variant = self.halves["base"], self.halves["variant"]
        settings = base.build._replace(dockerfile="") == variant.build._replace(dockerfile="")
        return settings and base.ignore == variant.ignore and base.source.text == variant.source.text


def edited_file(job: Job, files: Sequence[Found], read: Callable[[str], str | None]) -> str:
    """The file to edit, which both Dockerfiles copy.

    Raises:
        UnusableInput: there is none, or the one that was named cannot be edited.
    """
    halves = [(half.dockerfile(), half.ignored()) for half in job.halves.values()]
    reached = [
        file for file in files if all(copied(each, file.path) and not ignored(file.path) for each, ignored in halves)
    ]
    if job.edit:
        if job.edit not in {file.path for file in files}:
            raise UnusableInput(f"--edit names {job.edit}, which is not in the context of {job.service}")
        if job.edit not in {file.path for file in reached}:
            raise UnusableInput(f"--edit names {job.edit}, which the Dockerfiles of {job.service} do not both copy")
        reached = [file for file in reached if file.path == job.edit]
        if read(job.edit) is None:
            raise UnusableInput(f"--edit names {job.edit}, which is not a text")
        return job.edit
    found = source_to_edit(reached, read)
    if found is None:
        hint = f"--edit {job.service}=FILE names one, relative to the context"
        raise UnusableInput(f"no source file of {job.service} is found that both Dockerfiles copy", None, hint)
    return found


def manifest_file(job: Job, source: str, files: Sequence[Found], read: Callable[[str], str | None]) -> str:
    """The manifest to edit; "" when there is none."""
    ignored = [half.ignored() for half in job.halves.values()]
    reached = [file for file in files if not any(each(file.path) for each in ignored)]
    return manifest_to_edit(reached, source, read) or ""
