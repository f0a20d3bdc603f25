"""Which stages of a Dockerfile are built at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_MOUNTED: Final = re.compile(r"--mount=.*?\bfrom=([^,]+)")


def shipped(dockerfile: Dockerfile, targets: frozenset[str] | None) -> list[Stage]:
    """The stages that become images; without known targets, any stage may."""
    if targets is None:
        return list(dockerfile.stages)
    found = {stage.number: stage for name in targets if (stage := dockerfile.target(name)) is not None}
    return [found[number] for number in sorted(found)]


def built(dockerfile: Dockerfile, targets: frozenset[str] | None, without: Collection[Instruction] = ()) -> list[Stage]:
    """The stages that are needed for these, in order, if some instructions were not there."""
    needed: set[int] = set()
    waiting = shipped(dockerfile, targets)
    while waiting:
        stage = waiting.pop()
        if stage.number in needed:
            continue
        needed.add(stage.number)
        base = dockerfile.base_of(stage, stage.base)
        waiting += [base] if base else []
        for instruction in stage.instructions:
            if instruction not in without:
                found = (dockerfile.stage(name) for name in origins(instruction))
                waiting += [origin for origin in found if origin and origin.number < stage.number]
    return [stage for stage in dockerfile.stages if stage.number in needed]


def origins(instruction: Instruction) -> Iterator[str]:
    """What an instruction takes files from: names or numbers of stages, or images."""
    origin = instruction.flag("from")
    if instruction.name in ("COPY", "ADD") and origin:
        yield origin
    if instruction.name == "RUN":
        for flag in instruction.flags:
            mounted = _MOUNTED.match(flag.value)
            if mounted:
                yield mounted[1]
