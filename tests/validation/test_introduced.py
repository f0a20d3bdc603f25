"""Which problems of a result are new: what was already wrong with the base does not count, wherever it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.validation.check import introduced
from tests.validation.broken_files import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.findings import Problem

BASE = web("hostname: 5", "ports: [abc, '80:80']")
SAME = {
    "the same file": BASE,
    "lines above": "# more\n\n" + BASE,
    "another position in a list": web("hostname: 5", "ports: ['81:81', '80:80', abc]"),
    "a problem less": web("ports: [abc]"),
}
NEW = {
    "another check": (web("hostname: 5", "ports: [abc]", "colour: red"), ["schema.unknown-key"]),
    "another place": (web("hostname: 5", "domainname: 5", "ports: [abc]"), ["schema.type"]),
    "another service": (BASE + "  db: {image: x, hostname: 5}\n", ["schema.type"]),
    "other arguments": (web("hostname: true", "ports: [abc]"), ["schema.type"]),
    "the same once more": (web("hostname: 5", "ports: [abc, abc]"), ["value.port"]),
}


@pytest.mark.parametrize("result", SAME.values(), ids=SAME.keys())
def test_what_was_wrong_before_is_not_new(result: str, validate: Callable[[str], list[Problem]]) -> None:
    assert introduced(validate(BASE), validate(result)) == []


def test_an_undefined_network_is_not_new_when_the_list_has_become_a_mapping(
    validate: Callable[[str], list[Problem]],
) -> None:
    base, result = web("networks: [away]"), web("networks: {away: {}, default: {aliases: [a]}}")

    assert introduced(validate(base), validate(result)) == []


@pytest.mark.parametrize(("result", "checks"), NEW.values(), ids=NEW.keys())
def test_what_was_right_before_is_new(result: str, checks: list[str], validate: Callable[[str], list[Problem]]) -> None:
    assert [problem.check for problem in introduced(validate(BASE), validate(result))] == checks
