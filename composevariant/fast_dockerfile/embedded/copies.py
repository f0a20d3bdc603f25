"""The files that `COPY` and `ADD` copy from the build context, and the stages that a build needs."""

from __future__ import annotations

import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from composevariant.dockerfile import Dockerfile, Instruction, Stage

_NAMES: Final = (
    *("", "bin", "docker-entrypoint.d", "etc", "etc/supervisor", "etc/supervisor/conf.d", "etc/supervisord.d", "opt"),
    *("root", "sbin", "tmp", "usr/bin", "usr/local/bin", "usr/local/sbin", "usr/sbin"),
)
_FOLDERS: Final = frozenset(f"/{name}" for name in _NAMES)
"""Paths that are folders in the image even if a target is written without a trailing slash."""


class CopiedSource(NamedTuple):
    """One source of a `COPY` or `ADD`, which is a file or the content of a folder."""

    instruction: Instruction
    number: int
    """The index of this source among the sources."""
    source: str
    as_file: str
    """The absolute path in the image if the source is a file."""
    as_folder: str
    """The absolute path in the image where the content is placed if the source is a folder."""

    def source_at(self, path: str) -> list[str]:
        """Return the context paths that may be at `path` in the image."""
        found = [self.source] if path == self.as_file else []
        below = self.as_folder.rstrip("/") + "/"
        if path.startswith(below):
            found.append(join(self.source.lstrip("/") or ".", path.removeprefix(below)))
        return [normpath(each.lstrip("/") or ".") for each in found]


def context_copies(instructions: Iterable[Instruction]) -> Iterator[CopiedSource]:
    """Yield everything that is copied from the context, in order, except for paths that contain a variable."""
    workdir = "/"
    for instruction in instructions:
        if instruction.name == "WORKDIR":
            workdir = normpath(join(workdir, instruction.arguments.value.strip("\"'")))
        elif instruction.name in ("COPY", "ADD") and instruction.flag("from") is None and not instruction.heredocs:
            *sources, target = [word.value for word in instruction.words] or [""]
            folder = normpath(join(workdir, target))
            for number, source in enumerate(sources):
                if "$" not in source + target and "://" not in source:
                    into = target.endswith("/") or len(sources) > 1 or folder in _FOLDERS or folder == workdir
                    place = join(folder, basename(source.rstrip("/"))) if into else folder
                    yield CopiedSource(instruction, number, source, place, folder)


# The stages that a build needs.

_MOUNTED: Final = re.compile(r"--mount=.*?\bfrom=([^,]+)")


def target_stages(dockerfile: Dockerfile, targets: frozenset[str] | None) -> list[Stage]:
    """Return the stages that become images, or all stages if the targets are unknown."""
    if targets is None:
        return list(dockerfile.stages)
    found = {stage.number: stage for name in targets if (stage := dockerfile.target(name)) is not None}
    return [found[number] for number in sorted(found)]


def needed_stages(
    dockerfile: Dockerfile, targets: frozenset[str] | None, without: Collection[Instruction] = ()
) -> list[Stage]:
    """Return the stages that the targets need, in order, ignoring the instructions in `without`."""
    needed: set[int] = set()
    waiting = target_stages(dockerfile, targets)
    while waiting:
        stage = waiting.pop()
        if stage.number in needed:
            continue
        needed.add(stage.number)
        base = dockerfile.base_of(stage, stage.base)
        waiting += [base] if base else []
        for instruction in stage.instructions:
            if instruction not in without:
                found = (dockerfile.stage(name) for name in source_references(instruction))
                waiting += [origin for origin in found if origin and origin.number < stage.number]
    return [stage for stage in dockerfile.stages if stage.number in needed]


def source_references(instruction: Instruction) -> Iterator[str]:
    """Yield the stages and images from which an instruction takes files, by name or by stage number."""
    origin = instruction.flag("from")
    if instruction.name in ("COPY", "ADD") and origin:
        yield origin
    if instruction.name == "RUN":
        for flag in instruction.flags:
            mounted = _MOUNTED.match(flag.value)
            if mounted:
                yield mounted[1]
