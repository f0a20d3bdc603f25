"""An outline of what was read, to compare with: see `dockerfile_samples.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.dockerfile.items import Instruction
from composevariant.dockerfile.lexer import read_items
from composevariant.source import Source

if TYPE_CHECKING:
    from composevariant.dockerfile.items import Item


def read(text: str) -> tuple[Item, ...]:
    return read_items(Source("Dockerfile", text))


def outline(text: str) -> list[str]:
    return [_line(item) for item in read(text) if isinstance(item, Instruction)]


def _line(instruction: Instruction) -> str:
    source = instruction.source
    last = source.location(instruction.end - 1).line
    parts = [f"{instruction.location().line}-{last}", instruction.name]
    inner = instruction.trigger or instruction
    if inner is not instruction:
        parts.append(inner.name)
    parts += [word.value for word in inner.flags]
    parts += ["json"] if inner.json else []
    parts += [f"|{word.value}|" for word in inner.words]
    parts += [f"<<{heredoc.name} {source.text[heredoc.start : heredoc.end]}" for heredoc in instruction.heredocs]
    return " ".join(parts)
