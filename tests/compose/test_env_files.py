"""Files of variables that Docker Compose cannot read, and those that it can."""

from __future__ import annotations

import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from composevariant.compose.files.env_files import env_file_fault, raw_file_fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIECES: Final = (
    "A", "B_C", "=", ":", " ", "\t", "\n", "#", "'", '"', "\\", "$", "${", "}", "${A}", "${A:-x}", "x", "1", "-", ".",
    "[", "!", "@", "export ", "=1\n", "A=", "'x'", '"y"', "\r\n", "é", "${Q:?m}", "+", "a b",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("A B=1\n", "line 1 has a blank in the variable name", id="a blank in a name"),
        pytest.param("# c\n\nA=1\nB C=2", "line 4 has a blank in the variable name", id="on a later line"),
        pytest.param('A="1\n2"\nB C=2', "line 3 has a blank in the variable name", id="below two lines of value"),
        pytest.param("A=1\r\n!x=2\r\n", 'line 2 has "!" in the variable name', id="a letter no name has"),
        pytest.param("A='hunter2", "line 1 has a quote that is not closed", id="a quote; the value is not repeated"),
        pytest.param("A=${", "line 1 has an invalid reference to a variable after ${", id="a broken reference"),
        pytest.param("A=${X:?m}", "line 1 needs the variable X, which is not set", id="a required variable"),
        pytest.param("A=1\nexport ", "line 2 has an export without a variable", id="an export without a variable"),
    ],
)
def test_what_cannot_be_read(text: str, fault: str) -> None:
    assert env_file_fault(text, {}) == fault


@pytest.mark.parametrize(
    "text",
    ["", "A", "A: 1", "export A=1", "=1", "A=x'y", "A='${'", 'A="x" # y', "A=1\nB=${A:?m}", "A=1 # it's", "Ä[0]=1"],
)
def test_what_can_be_read(text: str) -> None:
    assert env_file_fault(text, {}) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("A=it's ${", ""),
        ("# A B\n\nA", ""),
        ("A=1\nB C=2\n", "line 2 has a blank in the variable name"),
        ("=1\n", "line 1 has no variable name"),
    ],
)
def test_raw_files_are_taken_as_they_are(text: str, fault: str) -> None:
    assert raw_file_fault(text) == fault


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "judge"), [("", env_file_fault), (", format: raw", lambda text, _: raw_file_fault(text))]
)
def test_compose_refuses_the_same_files(
    setting: str, judge: Callable[[str, dict[str, str]], str], tmp_path: Path
) -> None:
    rng = random.Random(5)  # noqa: S311 - examples, no secrets
    texts = ["".join(rng.choices(PIECES, k=rng.randint(1, 9))) for _ in range(300)]

    def is_refused(number: int) -> bool:
        (tmp_path / f"{number}.env").write_text(texts[number], encoding="utf-8", newline="")
        model = f"services: {{s: {{image: x, env_file: [{{path: {number}.env{setting}}}]}}}}\n"
        (tmp_path / f"{number}.yml").write_text(model)
        command = ["docker", "compose", "-f", f"{number}.yml", "config", "-q"]
        return bool(subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        refused = list(pool.map(is_refused, range(len(texts))))

    assert [text for text, no in zip(texts, refused, strict=True) if no != bool(judge(text, dict(os.environ)))] == []
    assert len(set(refused)) == 2
