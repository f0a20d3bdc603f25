"""Variables in the words of a shell: hostile values stay values, shown by the real shells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import UnusableInput
from composevariant.project.active_variant import SHELLS, render_shell, shell_changes
from tests.compose.test_dotenv import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

PRINT = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
CALLS = {
    "bash": ("bash", 'eval "$(cat words)"'),
    "sh": ("dash", 'eval "$(cat words)"'),
    "zsh": ("zsh", 'eval "$(cat words)"'),
    "fish": ("fish", "cat words | source"),
}


@pytest.mark.parametrize("shell", CALLS)
def test_a_real_shell_gets_every_value_and_runs_none(shell: str, tmp_path: Path) -> None:
    program, call = CALLS[shell]
    if shutil.which(program) is None:
        missing = pytest.fail if os.environ.get("COMPOSEVARIANT_REQUIRE_ORACLE") else pytest.skip
        missing(f"{program} is not installed")
    pairs = {f"V{number}": value for number, value in enumerate(HOSTILE)}
    (tmp_path / "words").write_bytes(render_shell(shell, [*pairs.items(), ("GONE", None)]).encode())

    ran = subprocess.run(
        [program, "-c", f"{call}; {PRINT}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "GONE": "1", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
    )

    environment = json.loads(ran.stdout)
    assert {name: environment.get(name) for name in pairs} == pairs
    assert "GONE" not in environment
    assert sorted(path.name for path in tmp_path.iterdir() if path.name not in (".config", ".local", ".cache")) == [
        "words"
    ]


@pytest.mark.parametrize(
    ("shell", "text"),
    [
        pytest.param("bash", "export A='it'\"'\"'s'\nunset B\n", id="bash"),
        pytest.param("fish", "set -gx A 'it\\'s'\nset -e B\n", id="fish"),
        pytest.param(
            "powershell", "$env:A = 'it''s'\nRemove-Item -ErrorAction Ignore Env:B\n", id="powershell doubles quotes"
        ),
        pytest.param("cmd", 'set "A=it\'s"\nset "B="\n', id="cmd"),
        pytest.param("json", '{\n  "A": "it\'s",\n  "B": null\n}\n', id="json"),
        pytest.param("github", "A=it's\nB=\n", id="github cannot take a variable away"),
        pytest.param("dotenv", 'A="it\'s"\n', id="dotenv leaves out what is taken away"),
    ],
)
def test_a_form(shell: str, text: str) -> None:
    assert render_shell(shell, [("A", "it's"), ("B", None)]) == text


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"], ids=ascii)
def test_powershell_doubles_every_quote_that_it_knows(quote: str) -> None:
    assert render_shell("powershell", [("A", f"a{quote}b")]) == f"$env:A = 'a{quote}{quote}b'\n"


def test_github_gets_several_lines_behind_a_mark_that_they_do_not_hold() -> None:
    first, *middle, last = render_shell("github", [("A", "x\nEOF\ny")]).splitlines()

    assert first == f"A<<{last}"
    assert middle == ["x", "EOF", "y"]


@pytest.mark.parametrize("value", ['a"b', "%PATH%", "a!b", "a\nb"], ids=repr)
def test_cmd_refuses_what_it_cannot_quote(value: str) -> None:
    with pytest.raises(UnusableInput, match="cmd cannot set A"):
        render_shell("cmd", [("A", value)])


def test_all_forms_are_there() -> None:
    assert set(SHELLS) >= {"bash", "zsh", "fish", "powershell", "cmd", "json", "github", "dotenv"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param(
            {}, ["-COMPOSE_FILE", "-A", "-B", "-COMPOSEVARIANT_ENV"], id="no mark: what any variant sets goes"
        ),
        pytest.param(
            {"COMPOSEVARIANT_ENV": "COMPOSE_FILE A"}, ["-COMPOSE_FILE", "-A", "-COMPOSEVARIANT_ENV"], id="a mark"
        ),
    ],
)
def test_base_takes_back_what_was_set(environment: dict[str, str], expected: list[str]) -> None:
    assert [f"-{name}" for name, value in shell_changes([], environment, ["A", "B"]) if value is None] == expected


def test_another_variant_takes_back_what_only_the_first_sets() -> None:
    found = shell_changes([("COMPOSE_FILE", "x"), ("B", "2")], {"COMPOSEVARIANT_ENV": "COMPOSE_FILE A"}, ["A", "B"])

    assert found == [("A", None), ("COMPOSE_FILE", "x"), ("B", "2"), ("COMPOSEVARIANT_ENV", "COMPOSE_FILE B")]
