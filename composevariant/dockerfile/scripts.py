"""What an instruction gives a shell or a program to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from composevariant.dockerfile.items import Instruction


def script_of(instruction: Instruction) -> str:
    """What a `RUN` runs, here-documents included."""
    docs = (instruction.source.text[doc.start : doc.end] for doc in instruction.heredocs)
    words = (word.value for word in instruction.words) if instruction.json else (instruction.arguments.value,)
    return "\n".join((" ".join(words), *docs))
