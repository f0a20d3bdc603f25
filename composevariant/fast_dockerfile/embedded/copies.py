"""Which file of the build context stands at a place of the image, and how `COPY` and `ADD` brought it there."""

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
"""Places that are known to be folders when a destination has no slash at its end."""


class CopiedSource(NamedTuple):
    """What is copied from the build context: a file, or the content of a folder."""

    instruction: Instruction
    number: int
    """Which of the sources it is."""
    source: str
    as_file: str
    """The absolute place in the image, if it is a file."""
    as_folder: str
    """Where its content goes, if it is a folder."""

    def source_at(self, path: str) -> list[str]:
        """The paths in the context that may stand at a place of the image because of this."""
        found = [self.source] if path == self.as_file else []
        below = self.as_folder.rstrip("/") + "/"
        if path.startswith(below):
            found.append(join(self.source.lstrip("/") or ".", path.removeprefix(below)))
        return [normpath(each.lstrip("/") or ".") for each in found]


def context_copies(instructions: Iterable[Instruction]) -> Iterator[CopiedSource]:
    """Everything that is copied from the context, in order. What depends on a variable is left out."""
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


# Which stages of a Dockerfile are built at all.

_MOUNTED: Final = re.compile(r"--mount=.*?\bfrom=([^,]+)")


def target_stages(dockerfile: Dockerfile, targets: frozenset[str] | None) -> list[Stage]:
    """The stages that become images; without known targets, any stage may."""
    if targets is None:
        return list(dockerfile.stages)
    found = {stage.number: stage for name in targets if (stage := dockerfile.target(name)) is not None}
    return [found[number] for number in sorted(found)]


def needed_stages(
    dockerfile: Dockerfile, targets: frozenset[str] | None, without: Collection[Instruction] = ()
) -> list[Stage]:
    """The stages that are needed for these, in order, if some instructions were not there."""
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
    """What an instruction takes files from: names or numbers of stages, or images."""
    origin = instruction.flag("from")
    if instruction.name in ("COPY", "ADD") and origin:
        yield origin
    if instruction.name == "RUN":
        for flag in instruction.flags:
            mounted = _MOUNTED.match(flag.value)
            if mounted:
                yield mounted[1]
