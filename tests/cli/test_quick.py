"""The quick reading of `migrate` calls gives what typer gives, or leaves the call to typer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.cli import app
from composevariant.cli.fast_migrate import MigrateCall, parse_migrate
from composevariant.commands import migrate as migrating

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = [
    *(
        "--dry-run",
        "--check",
        "--all",
        "--force",
        "--merge",
        "--as",
        "override",
        "--overlay",
        "-o",
        "--output",
        "--diff",
        "--against",
        "--schema",
    ),
    *(
        "-f",
        "--file",
        "-C",
        "fast",
        "a b",
        "-",
        "x.yml",
        "unified",
        "none",
        "semantic",
        "side-by-side",
        "html",
        "sideways",
        "base",
        "",
        "--",
    ),
    *("--diff=none", "-fx.yml", "--dry", "-h", "--help", "-", "ci"),
]


def typer_call(arguments: list[str]) -> MigrateCall | None:
    """What typer makes of the arguments, None when it refuses them or shows help instead."""
    seen: list[MigrateCall] = []

    def record(folders: Sequence[str], wanted: migrating.MigrateOptions) -> int:
        seen.append(MigrateCall(tuple(folders), wanted))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "migrate", record)
        try:
            app.app(arguments, prog_name="composevariant", standalone_mode=False)
        except Exception:  # noqa: BLE001 - whatever typer refuses with
            return None
    return seen[0] if seen else None


@given(st.lists(st.sampled_from(WORDS), max_size=7))
def test_a_call_that_is_read_quickly_is_read_as_typer_reads_it(words: list[str]) -> None:
    quick = parse_migrate(["migrate", *words])

    assert quick is None or quick == typer_call(["migrate", *words])


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="no words"),
        pytest.param(["fast", "--dry-run"], id="a variant and a flag"),
        pytest.param(["-C", "a", "-C", "b", "--all", "--check"], id="two folders"),
        pytest.param(["-f", "a.yml", "-o", "-", "--overlay", "x.yml", "ci"], id="options with values"),
        pytest.param(["--dry-run", "--diff", "semantic", "--against", "output"], id="how to show the diff"),
    ],
)
def test_the_usual_calls_need_no_typer(words: list[str]) -> None:
    quick = parse_migrate(["migrate", *words])

    assert quick is not None
    assert quick == typer_call(["migrate", *words])


@pytest.mark.parametrize(
    "words", [["--help"], ["--diff", "sideways"], ["-o"], ["--dry"], ["--", "fast"], ["--diff=none"], ["-f", "--all"]]
)
def test_everything_else_is_left_to_typer(words: list[str]) -> None:
    assert parse_migrate(["migrate", *words]) is None
