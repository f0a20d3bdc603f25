"""docs/design.md names the rooms that exist, and what the code cites is in the repository."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_house import FLOORS, ROOMS

ROOT = Path(__file__).parents[1]
DESIGN = (ROOT / "docs" / "design.md").read_text("utf-8")
CITING = sorted(
    path
    for pattern in ("composevariant/**/*.py", "tests/**/*.py", "benchmarks/*.py", "docs/*.md", "*.md")
    for path in ROOT.glob(pattern)
    if path != Path(__file__)
)
"""What may cite a rule: source, tests and documentation."""
CITED = re.compile(r"(?<![\w/.-])((?:docs|tests|schemas|samples|benchmarks)/[\w/.-]+\.(?:md|py|json|ya?ml))\b")


def rooms_of_the_table() -> list[list[str]]:
    table = DESIGN.partition("## Rooms")[2].partition("\n## ")[0]
    return [re.findall(r"`([\w.]+)`", row.split("|")[1]) for row in table.splitlines() if row.startswith("| `")]


def test_the_table_of_rooms_is_complete() -> None:
    named = [room for row in rooms_of_the_table() for room in row]

    assert sorted(named) == sorted(room for room in ROOMS if room != "__main__")


def test_the_table_of_rooms_is_in_the_order_of_the_floors() -> None:
    floor_of = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    packages = [row[0] for row in rooms_of_the_table() if len(row) == 1]

    floors = [floor_of[room] for room in packages]

    assert floors == sorted(floors)


def test_what_is_cited_is_in_the_repository() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in CITING
        for name in CITED.findall(path.read_text("utf-8"))
        if not (ROOT / name).is_file()
    ]

    assert lost == []


def test_nothing_outside_of_the_repository_is_cited() -> None:
    outside = re.compile(r"\bDESIGN\.md|\.\./shared|\breference/\w+\.md")

    assert [str(path) for path in CITING if outside.search(path.read_text("utf-8"))] == []


def test_sections_that_are_cited_exist() -> None:
    headings = set(re.findall(r"^#+ (.+)$", DESIGN, re.MULTILINE))
    cited = {
        section for path in CITING for section in re.findall(r'docs/design\.md[,:]? "([^"]+)"', path.read_text("utf-8"))
    }

    assert cited <= headings
