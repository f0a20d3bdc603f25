"""CONTRIBUTING.md names every file that an addition touches: the files of a worked example in the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SOURCE = "composevariant/**/*.py"


class Example(NamedTuple):
    section: str
    patterns: dict[str, str]
    """By glob, what a file has in it that belongs to the example."""
    apart: frozenset[str] = frozenset()
    """Files with the same words that a new addition does not touch."""


EXAMPLES = (
    Example(
        "Add an operation",
        {
            SOURCE: r'^class Rename\b|import [^"\n]*\bRename\b|^    +Rename\b|"[\w ]*\bRename\b[\w ]*"|^    "rename\.',
            "schemas/*.json": r'"rename"',
            "README.md": r"^\| `rename:",
            "CHANGELOG.md": r"`rename`",
            "tests/overlay/test_*.py": r'"rename": Golden',
            "docs/*.md": r"^#+ .*rename|`rename\.",
            "tests/operations/test_*.py": r"\bRename\(",
        },
        frozenset({"composevariant/overlay/legacy_digest.py", "composevariant/operations/__init__.py"}),
    ),
    Example(
        "Add a preset (a sidecar)",
        {
            SOURCE: r"node-exporter",
            "composevariant/**/*.yml": r"node-exporter",
            "tests/*/**/test_*.py": r"node-exporter",
        },
    ),
    Example(
        "Add an ecosystem (a package manager)",
        {"composevariant/fast_dockerfile/**/*.py": r"\bbundler\b", "tests/**/golden/bundler/*.case": ""},
    ),
    Example(
        "Add a pass (a rewriting of Dockerfiles)",
        {SOURCE: r"import slim\b|^def slim\b", "tests/**/golden/slimming/*.case": ""},
    ),
    Example(
        "Add a check",
        {SOURCE: r'"(service\.no-image|value\.restart)"', "docs/*.md": r"`(service\.no-image|value\.restart)`"},
    ),
    Example(
        "Add an attribute of Compose",
        {"composevariant/compose/**/*.py": r"label_file", "tests/compose/*.py": r'label_file"?[:,]'},
        frozenset({"tests/compose/test_identities.py"}),
    ),
    Example(
        "Add a merge rule",
        {"composevariant/compose/**/*.py": r'"ssh"', "tests/compose/test_merge.py": r"\bssh\b"},
    ),
    Example(
        "Add an output form of diffs",
        {
            SOURCE: r"side_by_side|side-by-side",
            "docs/commands.md": r"side-by-side",
            "tests/preview/test_*.py": r"import .*side_by_side",
        },
        frozenset({"composevariant/project/starter_file.py", "composevariant/bench/progress.py"}),
    ),
)


def named_files(section: str) -> set[str]:
    """The first column of the table of a section."""
    part = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


def touched_files(example: Example) -> set[str]:
    found = set()
    for glob, pattern in example.patterns.items():
        for path in ROOT.glob(glob):
            name = str(path.relative_to(ROOT))
            text = f"{path.stem}\n{path.read_text('utf-8')}" if path.suffix != ".json" else path.read_text("utf-8")
            if name not in example.apart and re.search(pattern, text, re.MULTILINE):
                found.add(name if path.suffix != ".case" else f"{path.parent.relative_to(ROOT)}/")
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.section)
def test_the_table_names_all_files_of_the_example(example: Example) -> None:
    assert named_files(example.section) >= touched_files(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.section)
def test_the_files_of_the_table_exist(example: Example) -> None:
    assert named_files(example.section)
    assert [name for name in named_files(example.section) if not (ROOT / name).exists()] == []
