"""An empty program that takes the place of the real one, so that crates are compiled in a layer of their own.

COPY keeps the time of the sources, and cargo goes by times: sources that are older than what was built of the empty
program count as built, and the image ships the empty program (measured). `cargo clean -p` without `--release` does not
help where `--release` is built (measured).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.hazards.hazard import CARGO_BUILDS, Hazard
from composevariant.dockerfile.scripts import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

CHECK: Final = "dockerfile.stale-dummy"
_DUMMY: Final = re.compile(r">>?[ \t]*\S*\.rs\b|\b(?:tee|touch)\b[^;&|\n]*\.rs\b|\bcargo[ \t]+(?:init|new)\b")
_TOUCHED: Final = re.compile(r"\btouch\b")
_CLEANED: Final = re.compile(r"\bcargo[ \t]+clean\b([^;&|\n]*)")
_REMOVED: Final = re.compile(r"\brm\b[^;&|\n]*(?:\btarget\b|fingerprint)")


def stale_dummy(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Steps that compile the sources where something was compiled of an empty program before."""
    for stage in stages:
        if any(stage in dockerfile.lineage(other) for other in stages if other is not stage):
            continue  # it is looked at with what builds on it
        yield from _in_order(list(_history(dockerfile, stage)))


def _history(dockerfile: Dockerfile, stage: Stage) -> Iterator[Instruction]:
    """What was done to what the stage has, other stages included from which it copies what was compiled."""
    for part in dockerfile.lineage(stage):
        for instruction in part.instructions:
            origin = instruction.flag("from") if instruction.name == "COPY" else None
            copied = dockerfile.stage(origin) if origin else None
            has_target = any("target" in word.value for word in instruction.words[:-1])
            if copied is not None and copied.number < stage.number and has_target:
                yield from _history(dockerfile, copied)
            else:
                yield instruction


def _in_order(history: list[Instruction]) -> Iterator[Hazard]:
    dummy = built = copied = None
    for instruction in history:
        if _writes_dummy(instruction):
            dummy, built, copied = instruction, None, None
            continue
        if instruction.name in ("COPY", "ADD"):
            copied = instruction if built is not None else None
        if instruction.name != "RUN":
            continue
        script = script_of(instruction)
        builds = CARGO_BUILDS.search(script)
        if _is_dummy(script, builds):
            dummy, built, copied = instruction, None, None
        elif built is not None and _is_cured(script):
            dummy = built = copied = None
        if dummy is None or builds is None:
            continue
        if built is not None and copied is not None and instruction is not built:
            message = (
                f"the empty program of line {dummy.location().line} may be shipped: cargo takes sources that are older "
                "than what was built of it for built; touch them in the same step, before cargo build"
            )
            yield Hazard(CHECK, message, instruction.location())
            return
        cleaned = _is_cured(script[builds.end() :])
        dummy, built = (None, None) if cleaned else (dummy, instruction)


def _writes_dummy(instruction: Instruction) -> bool:
    """Whether a `COPY` of a here-document writes a program."""
    return bool(instruction.heredocs) and instruction.name == "COPY" and instruction.words[-1].value.endswith(".rs")


def _is_dummy(script: str, builds: re.Match[str] | None) -> bool:
    """Whether a step writes an empty program, and not after it has compiled the real one."""
    found = _DUMMY.search(script)
    writes = found is not None and not re.search(r"\bfind\b[^\n;&|]*-exec[ \t]+touch", script)
    if not writes or found is None:
        return False
    if found[0].startswith("touch"):
        return bool(re.search(r"\bmkdir\b", script[: found.start()]))
    return builds is None or found.start() < builds.start()


def _is_cured(script: str) -> bool:
    """Whether cargo has to compile the program again: its sources are touched, or what was built of it is removed."""
    if _TOUCHED.search(script) or _REMOVED.search(script):
        return True
    releases = "--release" in script
    cleaned = [found[1] for found in _CLEANED.finditer(script)]
    return any("-p" not in options or "--release" in options or not releases for options in cleaned)
