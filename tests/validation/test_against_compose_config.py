"""Every verdict is that of the real Docker Compose, and it comes from the check that should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.validation.accepted_files import ACCEPTED
from tests.validation.broken_files import BROKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.findings import Problem


@pytest.mark.parametrize(("text", "checks"), BROKEN)
def test_what_is_broken_is_found_once(text: str, checks: list[str], validate: Callable[[str], list[Problem]]) -> None:
    assert [problem.check for problem in validate(text)] == checks


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_compose_accepts_has_no_problems(text: str, validate: Callable[[str], list[Problem]]) -> None:
    assert validate(text) == []


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "checks"), BROKEN)
def test_compose_refuses_what_is_broken(text: str, checks: list[str], refusal: Callable[[str], str]) -> None:
    assert refusal(text), checks


@pytest.mark.oracle
@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_compose_accepts_what_has_no_problems(text: str, refusal: Callable[[str], str]) -> None:
    assert refusal(text) == ""
