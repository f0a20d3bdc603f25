"""Our own small files, one for each format."""

from __future__ import annotations

from pathlib import Path

FORMATS = Path(__file__).parents[1] / "formats"
FILES = sorted(FORMATS.glob("*.yml"))


def text_of(path: Path) -> str:
    """The text of a file as `files.read` gives it to the parser: newlines as they are, no BOM."""
    return path.read_bytes().decode("utf-8-sig")


TEXTS = tuple(map(text_of, FILES))
