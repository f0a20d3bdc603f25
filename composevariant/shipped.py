"""Files that come with the package: in the wheel inside it, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path


def schema_text(name: str) -> str:
    """The text of one of our schemas, such as `overlay.schema.json`."""
    here = Path(__file__).parent
    packed = here / "schemas"
    return ((packed if packed.is_dir() else here.parent / "schemas") / name).read_text(encoding="utf-8")
