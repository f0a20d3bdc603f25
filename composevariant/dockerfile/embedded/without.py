"""What an instruction starts besides a sidecar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.dockerfile.embedded.command_lines import command_line, start_change
from composevariant.dockerfile.embedded.marks import Marks
from composevariant.dockerfile.items import Instruction
from composevariant.dockerfile.lexer import read_items
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.sidecars.preset import Preset


def started_without(instruction: Instruction, presets: Iterable[Preset], *, keeps_shell: bool) -> Instruction:
    """A `CMD` or `ENTRYPOINT` as it would be without these sidecars; as it is where they cannot be taken out."""
    for preset in presets:
        marks = Marks(preset.embedded, preset.title)
        change = start_change(instruction, command_line(instruction), marks, keeps_shell=keeps_shell)
        if change is not None and change.arguments is not None:
            (item,) = read_items(Source("", f"{instruction.name} {change.arguments}\n"))
            instruction = item if isinstance(item, Instruction) else instruction
    return instruction
