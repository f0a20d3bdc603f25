"""Where the steps of a stage work, what they mount, and where `COPY` puts things."""

from __future__ import annotations

import re
from posixpath import isabs, join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.image import image_of
from composevariant.dockerfile.official import base_workdir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_SPECIAL: Final = re.compile(r"[$,'\"\\\s]")
_SAME: Final = {"src": "source", "dst": "target", "destination": "target"}


def workdir_at(dockerfile: Dockerfile, stage: Stage, instruction: Instruction) -> str | None:
    """The working directory of an instruction; None when it cannot be told, or cannot stand in a `--mount` as it is."""
    before = stage.instructions[: stage.instructions.index(instruction)]
    workdir = image_of(dockerfile, stage._replace(instructions=before)).workdir or ""
    if not isabs(workdir):
        start = base_workdir(dockerfile, stage)
        if start is None:
            return None
        workdir = normpath(join(start, workdir))
    return None if _SPECIAL.search(workdir) else workdir


def absolute_at(dockerfile: Dockerfile, stage: Stage, instruction: Instruction, path: str) -> str:
    """Where a path leads that an instruction names, such as the target of a mount; "" when it cannot be told."""
    if "$" in path or isabs(path):
        return "" if "$" in path else normpath(path)
    workdir = workdir_at(dockerfile, stage, instruction)
    return normpath(join(workdir, path)) if workdir else ""


def mounts_of(instruction: Instruction) -> Iterator[dict[str, str]]:
    """The options of each mount of a `RUN`; `type` is always there, and `source` and `target` have no other names."""
    for flag in instruction.flags if instruction.name == "RUN" else ():
        name, _, value = flag.value.partition("=")
        if name == "--mount":
            pairs = [part.partition("=")[::2] for part in value.split(",")]
            options = {_SAME.get(key.lower(), key.lower()): option for key, option in pairs}
            yield {**options, "type": options.get("type", "bind").lower()}


def destination(dockerfile: Dockerfile, stage: Stage, copy: Instruction) -> str | None:
    """Where a `COPY` or `ADD` puts what it copies, as written: absolute, a slash at its end kept."""
    target = copy.words[-1].value if len(copy.words) > 1 else "$"
    workdir = "/" if isabs(target) else workdir_at(dockerfile, stage, copy)
    if workdir is None or "$" in target:
        return None
    path = normpath(join(workdir, target))
    return f"{path.rstrip('/')}/" if target.endswith(("/", "/.")) or target in (".", "") else path


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or inside it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
