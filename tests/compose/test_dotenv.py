"""What a `.env` sets, and values that come back as they were, by Docker Compose's own reading."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.files.env_files import assignments, quote_value

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "",
    " ",
    "plain",
    "two words",
    "$HOME",
    "${HOME:-x}",
    "$(id)",
    "`id`",
    "it's",
    'say "hi"',
    "both ' and \"",
    "back\\slash",
    "ends in \\",
    "'",
    '"',
    "\\'",
    "a\nb",
    "\n",
    "a\r\nb",
    "tab\there",
    "a # b",
    "#",
    "a=b",
    "é ü 漢",
    "$$",
    "\\n",
    "\\$x",
    "%PATH%",
    "!",
    "trailing ",
    "; rm x",
    "&& false",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A=1\n", [("A", "1", 1)], id="a plain value"),
        pytest.param("A=1", [("A", "1", 1)], id="no line break at the end"),
        pytest.param("# A=0\n\nA=1 # one\n", [("A", "1", 3)], id="comments and blank lines are none"),
        pytest.param("export A=1\n", [("A", "1", 1)], id="export"),
        pytest.param("A='x # y'\n", [("A", "x # y", 1)], id="single quotes"),
        pytest.param("A='it\\'s'\n", [("A", "it's", 1)], id="an escaped quote in single quotes"),
        pytest.param('A="a\\nb"\n', [("A", "a\nb", 1)], id="escapes in double quotes"),
        pytest.param("A='x\nB=2\n'\nC=3\n", [("A", "x\nB=2\n", 1), ("C", "3", 4)], id="a value over several lines"),
        pytest.param("A=1\r\nB=2\r\n", [("A", "1", 1), ("B", "2", 2)], id="CRLF"),
        pytest.param("A=1\nA=2\n", [("A", "1", 1), ("A", "2", 2)], id="twice"),
        pytest.param("A=\n", [("A", "", 1)], id="empty"),
        pytest.param("A: 1\n", [("A", "1", 1)], id="a colon"),
        pytest.param("A\n", [], id="a name alone sets nothing"),
    ],
)
def test_what_a_file_sets(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [tuple(assigned) for assigned in assignments(text)] == expected


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_a_quoted_value_comes_back(value: str) -> None:
    assert [assigned.value for assigned in assignments(f"A={quote_value(value)}\nB=2\n")] == [value, "2"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_quoted_value_comes_back(value: str) -> None:
    assert [assigned.value for assigned in assignments(f"A={quote_value(value)}\nB=2\n")] == [value, "2"]


@pytest.mark.oracle
def test_docker_compose_reads_quoted_values_back(tmp_path: Path) -> None:
    names = [f"V{number}" for number in range(len(HOSTILE))]
    pairs = dict(zip(names, HOSTILE, strict=True))
    dotenv = "".join(f"{name}={quote_value(value)}\n" for name, value in pairs.items())
    (tmp_path / ".env").write_bytes(dotenv.encode())
    environment = {name: f"${{{name}}}" for name in names}
    compose = {"services": {"a": {"image": "x", "environment": environment}}}
    (tmp_path / "docker-compose.yml").write_text(json.dumps(compose))

    ran = subprocess.run(
        ["docker", "compose", "config", "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    read = json.loads(ran.stdout)["services"]["a"]["environment"]
    assert {name: value.replace("$$", "$") for name, value in read.items()} == pairs  # `config` doubles each $
