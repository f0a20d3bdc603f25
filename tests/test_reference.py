"""docs/reference.md is what the schemas say."""

from __future__ import annotations

from pathlib import Path

from tests.reference_page import page


def test_the_reference_is_made_of_the_schemas() -> None:
    written = (Path(__file__).parents[1] / "docs" / "reference.md").read_text(encoding="utf-8")

    assert written == page(), "run `python -m tests.reference_page > docs/reference.md`"
