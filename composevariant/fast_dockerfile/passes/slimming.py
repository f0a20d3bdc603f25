"""Replace `RUN chown -R` after a `COPY`, which stores all files again in a second layer, with `COPY --chown`.

The copied files get the same owner, and a `chown` without `-R` sets the owner of the folder itself. The result is the
same only if nothing but these `COPY`s has written into the folder, and if the owner exists before the first `COPY`. In
a measurement with a 2 MB program, the layer of `chown -R` had 2,117,432 bytes, the same as the layer of `COPY`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import destination, is_within, official_name, workdir_at
from composevariant.errors import Refused
from composevariant.fast_dockerfile.passes.base import Applied, Skipped
from composevariant.fast_dockerfile.passes.steps import ROOT, Step, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Command, Instruction
    from composevariant.fast_dockerfile.passes.base import PassInput

NAME: Final = "slimming"
_RECURSIVE: Final = frozenset(("-R", "--recursive"))
_OWNER: Final = re.compile(r"[A-Za-z0-9_][\w-]*(?::[A-Za-z0-9_][\w-]*)?")
_SYSTEM_FOLDERS: Final = frozenset(
    (
        *("bin", "boot", "data", "dev", "docker-entrypoint.d", "etc", "go", "home", "lib", "lib32", "lib64", "media"),
        *("mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"),
    )
)
"""Folders that may exist in the base image, with files whose owner would not change."""
_WRITES_NOTHING: Final = frozenset(("ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL"))


class _Ownership(NamedTuple):
    """A folder, its new owner and the `COPY`s that fill it."""

    owner: str
    folder: str
    copies: list[Instruction]


def slim_ownership(work: PassInput) -> Iterator[Applied | Skipped]:
    """Set the owner in `COPY` instead of in a `chown -R`, and yield the result for each `chown -R`."""
    for step in steps(work):
        for at, command in enumerate(step.chain.commands if step.chain else ()):
            words = command.words
            if not words or words[0] != "chown" or _RECURSIVE.isdisjoint(words):
                continue
            try:
                with work.rewriting.all_or_nothing():
                    _rewrite(step, at, _find_ownership(step, at, command))
            except Refused as refused:
                yield Skipped(NAME, f"chown -R: {refused.message}", step.run.location())
            else:
                yield Applied(NAME, "COPY --chown", step.run.location())


def _rewrite(step: Step, at: int, ownership: _Ownership) -> None:
    owner = (
        ownership.owner if ":" in ownership.owner else f"{ownership.owner}:0"
    )  # chown leaves the group, which is root's
    for copy in ownership.copies:
        step.work.rewriting.add_flag(copy, f"--chown={owner}")
    step.work.rewriting.replace_command(step.run, at, f"chown {ownership.owner} {ownership.folder}")


def _find_ownership(step: Step, at: int, command: Command) -> _Ownership:
    """Return the owner and the folder of a `chown -R`, and the `COPY`s that fill the folder.

    Raises:
        Refused: The command cannot be replaced.
    """
    words = [word for word in command.words if word not in _RECURSIVE]
    if len(words) != 3 or not _OWNER.fullmatch(words[1]) or " ".join(command.words) != command.text:  # noqa: PLR2004
        raise Refused("it has more arguments than an owner and a folder")
    workdir = workdir_at(step.work.dockerfile, step.stage, step.run)
    folder = workdir if words[2] in (".", "./") else words[2].rstrip("/")
    if folder is None or not re.fullmatch(r"/[\w./-]+", folder) or ".." in folder:
        raise Refused("the folder is unknown")
    if at:
        raise Refused("an earlier command of the step may create the owner or files")
    if step.user not in ROOT:
        raise Refused("the step is not run by root")
    if not official_name(step.stage.base) or folder.split("/")[1] in _SYSTEM_FOLDERS:
        raise Refused(f"the base image may already have files in {folder}")
    return _Ownership(words[1], folder, _copies(step, folder))


def _copies(step: Step, folder: str) -> list[Instruction]:
    """Return the `COPY`s above the step that fill the folder, and refuse if anything else writes into the folder."""
    above = step.stage.instructions[: step.stage.instructions.index(step.run)]
    copies: list[Instruction] = []
    for instruction in reversed(above):
        if instruction.name == "COPY" and _copies_into(step, instruction, folder):
            copies.append(instruction)
        elif instruction.name not in (*_WRITES_NOTHING, "COPY", "FROM", "WORKDIR", "USER", "SHELL"):
            _check_other(step, instruction, folder, copied=bool(copies), last=not copies)
    if not copies:
        raise Refused(f"nothing is copied into {folder}")
    for instruction in (*above, step.run):
        made = workdir_at(step.work.dockerfile, step.stage, instruction)
        if made is not None and made != folder and is_within(made, folder):
            raise Refused(f"WORKDIR creates {made}, which would still belong to root")
    return copies


def _copies_into(step: Step, copy: Instruction, folder: str) -> bool:
    place = destination(step.work.dockerfile, step.stage, copy)
    if place is None:
        raise Refused(f"line {copy.location().line} copies to an unknown path")
    if not is_within(place, folder):
        if is_within(folder, place) and place != "/":
            raise Refused(f"line {copy.location().line} copies to a parent of the folder")
        return False
    if any(flag.value.startswith(("--chown", "--link")) for flag in copy.flags) or copy.heredocs:
        raise Refused(f"line {copy.location().line} already uses --chown, --link or a here-document")
    return True


def _check_other(step: Step, instruction: Instruction, folder: str, *, copied: bool, last: bool) -> None:
    """Refuse an instruction that may write into the folder, or create the owner after the `COPY`."""
    line = instruction.location().line
    if instruction.name != "RUN":
        raise Refused(f"line {line} may write into {folder}")
    if last:
        raise Refused(f"line {line} is between COPY and chown")
    workdir = workdir_at(step.work.dockerfile, step.stage, instruction)
    if copied and (workdir is None or is_within(workdir, folder) or folder in instruction.line.text):
        raise Refused(f"line {line} may write into {folder}")
