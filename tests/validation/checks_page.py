"""The page docs/checks.md: each check with its sentence and its examples, from a row of a table or a section.

The heading of a column, or the words after the three backticks, say what an example is: `yaml service` the service,
`dockerfile standard` its Dockerfile, `dockerfile refused` and `better` the variant's; `yaml into` the service of the
base, `yaml refused` and `better` what an overlay merges into it or, of other checks, a whole file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

PAGE: Final = Path(__file__).parents[2] / "docs" / "checks.md"
_COLUMNS: Final = {
    "Example": "yaml refused",
    "Better": "yaml better",
    "Base": "yaml into",
    "Overlay": "yaml refused",
    "Service": "yaml service",
    "Dockerfile": "dockerfile refused",
    "Better Dockerfile": "dockerfile better",
    "Base's Dockerfile": "dockerfile standard",
    "Variant's Dockerfile": "dockerfile refused",
}
_TOP_LEVEL: Final = ("definition.", "unused.", "network.gateway", "network.subnet", "document.version", "file.include")
"""Checks whose examples in tables are definitions. Other examples without services are settings of a service."""


class Entry(NamedTuple):
    """What the page has on a check."""

    text: str
    """It begins with the sentence of the catalogue."""
    examples: list[tuple[str, str]]
    """What each is, and its text."""

    def one(self, kind: str) -> str:
        """The one example of that kind."""
        (found,) = (text for name, text in self.examples if name == kind)
        return found


def entries() -> list[tuple[str, Entry]]:
    """All checks in the order of the page."""
    page = PAGE.read_text(encoding="utf-8")
    found: list[tuple[str, Entry]] = []
    for part in re.split(r"^##+ ", page, flags=re.MULTILINE):
        title, _, text = part.partition("\n")
        if heading := re.fullmatch(r"`([\w.-]+)`", title):
            blocks = re.findall(r"^```(\w+ \w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
            found.append((heading[1], Entry(text.lstrip(), blocks)))
        else:
            found += _rows(text)
    return found


def _rows(text: str) -> list[tuple[str, Entry]]:
    columns: list[str] = []
    found: list[tuple[str, Entry]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if cells[:1] == ["Check"]:
            columns = cells[2:]
        elif cells and cells[0].startswith("`"):
            check = cells[0].strip("`")
            examples = [
                (_COLUMNS[column], _whole(check, _COLUMNS[column], cell.strip("`")))
                for column, cell in zip(columns, cells[2:], strict=True)
                if cell or _COLUMNS[column].startswith("dockerfile") or check == "document.version"
            ]
            if check.startswith("dockerfile.") and "Variant's Dockerfile" in columns:
                examples.append(("dockerfile better", examples[0][1]))
            found.append((check, Entry(cells[1], examples)))
    return found


def _whole(check: str, kind: str, example: str) -> str:
    """The file of an example, of which a table shows what matters."""
    if kind.startswith("dockerfile"):
        return f"{example}\n" if example.startswith("FROM ") else f"FROM debian\n{example}\n"
    if kind == "yaml service" or check == "build.same-image":
        return f"{{{example}}}\n"
    if check.startswith("merge.") or example.startswith(("services:", "{", "[")):
        return f"{example}\n"
    if "#" in example:
        return f"services:\n  web:\n    {example}\n"
    if check.startswith(_TOP_LEVEL):
        return f"services: {{web: {{image: x}}}}\n{example}\n"
    image = "" if example.startswith("image:") else "image: x, "
    return f"services: {{web: {{{image}{example}}}}}\n"
