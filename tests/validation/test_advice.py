"""Each check finds the example that docs/checks.md has for it, and leaves the better one alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from composevariant.compose.files.compose_files import ComposeFiles
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.validation.advice.all import advice_on
from composevariant.validation.catalog import ADVICE, ERRORS, TITLES, WARNINGS
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.ignores import without_ignored
from composevariant.validation.schema import installed_schema
from composevariant.yamltext.parser import parse
from tests.validation.broken_files import BROKEN_FILES
from tests.validation.checks_page import PAGE, entries

if TYPE_CHECKING:
    from composevariant.findings import Problem

RULES: Final = Rules(installed_schema())
OF_VARIANTS: Final = ("dockerfile.", "merge.", "build.args", "build.target", "build.same-image")
"""Checks of what a variant brings along, and of Dockerfiles: `test_checks_of_variants` has their examples."""
ENTRIES: Final = dict(entries())
HERE: Final = ("app", "app/Dockerfile", "settings.env", "key.pem", "data", "common.yml")
"""What is on the disk."""


class Disk:
    """A folder with the files of the examples."""

    def exists(self, path: str) -> bool:
        return path.removeprefix("./") in (*HERE, ".")

    def is_file(self, path: str) -> bool:
        return self.exists(path) and path.endswith((".env", ".pem", ".yml", "/Dockerfile"))

    def read(self, path: str, /) -> Source | None:
        text = self.read_text(path) if self.exists(path) else None
        return None if text is None else Source(path, text)

    def read_text(self, path: str) -> str | None:
        if path.endswith(".yml"):
            return "services: {app: {image: shop}}\n"
        return "A=1\n" if self.is_file(path) else None

    def glance(self, path: str) -> str | None:
        return self.read_text(path)

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        return ([], []) if folder else (sorted(HERE), [])


def found_in(text: str) -> list[Problem]:
    root = parse(Source("docker-compose.yml", text)).root
    found = find_problems(root, RULES, "docker-compose.yml", ComposeFiles(Disk()))
    more = advice_on(root, Disk(), {}) if isinstance(root, Mapping) else []
    return without_ignored([*found, *more], {"docker-compose.yml": text})


def test_every_check_that_broken_files_show_is_known() -> None:
    assert {check for _, checks in BROKEN_FILES.values() for check in checks.split()} <= set(ERRORS)


def test_the_page_has_each_check_once_and_no_other() -> None:
    assert sorted(check for check, _ in entries()) == sorted(TITLES)


@pytest.mark.parametrize("check", [check for check in TITLES if not check.startswith(OF_VARIANTS)])
def test_the_page_says_what_the_check_finds_and_shows_it(check: str) -> None:
    entry = ENTRIES[check]
    examples = [text for kind, text in entry.examples if kind == "yaml refused"]

    assert entry.text.startswith(TITLES[check])
    assert bool(examples) is (check not in ("schema.ambiguous", "schema.other"))
    for example in examples:
        (problem,) = [each for each in found_in(example) if each.severity == "error" or check not in ERRORS]
        severity = "error" if check in ERRORS else "warning" if check in WARNINGS else "advice"
        assert (problem.check, problem.severity) == (check, severity)
        assert problem.location is not None


@pytest.mark.parametrize("check", [each for each in (*WARNINGS, *ADVICE) if not each.startswith(OF_VARIANTS)])
def test_the_page_shows_what_is_better(check: str) -> None:
    better = ENTRIES[check].one("yaml better")

    assert check not in [problem.check for problem in found_in(better)]


def test_the_page_shows_how_to_silence() -> None:
    (silenced,) = re.findall(r"^```yaml silenced\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)

    assert "image.name" not in [problem.check for problem in found_in(silenced)]


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        pytest.param(
            "services:\n  app:\n    image: Shop # composevariant: ignore[image.name]\n", [], id="at the end of a line"
        ),
        pytest.param(
            "services:\n  # composevariant: ignore[image.name]\n  app:\n    image: Shop\n", [], id="above an entry"
        ),
        pytest.param(
            "services:\n  # composevariant: ignore[image.name]\n  a: {image: A}\n  b: {image: B}\n",
            ["image.name"],
            id="above an entry it holds for that alone",
        ),
        pytest.param(
            "# composevariant: ignore[image.name]\n\nservices:\n  a: {image: A}\n  b: {image: B}\n",
            [],
            id="at the top of the file",
        ),
        pytest.param(
            "services:\n  a:\n    image: A # composevariant: ignore[image.name, service.restart]\n    restart: x\n",
            ["service.restart", "ignore.unused"],
            id="two ids, one of which is on another line",
        ),
        pytest.param(
            "services:\n  a: {depends_on: [b], image: a} # composevariant: ignore[reference.depends-on]\n",
            ["reference.depends-on", "ignore.unknown"],
            id="an error cannot be silenced",
        ),
        pytest.param(
            "services:\n  a: {image: a, x-note: '# composevariant: ignore[image.name]'}\n",
            [],
            id="a text in quotes is no comment",
        ),
    ],
)
def test_comments_that_silence(text: str, checks: list[str]) -> None:
    assert [problem.check for problem in found_in(text)] == checks


@pytest.mark.parametrize(
    ("ports", "clash"),
    [
        pytest.param(("['80:80']", "['80:80']"), True, id="the same"),
        pytest.param(("['80:80']", "['80:80/udp']"), False, id="another protocol"),
        pytest.param(("['127.0.0.1:80:80']", "['127.0.0.2:80:80']"), False, id="other addresses"),
        pytest.param(("['127.0.0.1:80:80']", "['80:80']"), True, id="one of all addresses"),
        pytest.param(("['80-82:80-82']", "['81:90']"), True, id="in a range"),
        pytest.param(("['80-82:80']", "['81:90']"), False, id="one of a range, whichever is free"),
        pytest.param(("['80']", "['80']"), False, id="a port that Docker chooses"),
        pytest.param(("['${P:-80}:80']", "[{target: 1, published: '80'}]"), True, id="a default and a long form"),
        pytest.param(("['${P}:80']", "['${P}:80']"), False, id="variables without a default"),
    ],
)
def test_ports_of_the_host(ports: tuple[str, str], clash: bool) -> None:
    text = f"services:\n  a: {{image: a, ports: {ports[0]}}}\n  b: {{image: b, ports: {ports[1]}}}\n"

    assert ("port.taken" in [problem.check for problem in found_in(text)]) is clash


def test_a_healthcheck_that_is_none_is_disabled() -> None:
    waits = "{image: a, depends_on: {b: {condition: service_healthy}}}"
    text = f"services:\n  a: {waits}\n  b: {{image: b, healthcheck: {{test: [NONE]}}}}\n"

    assert [problem.check for problem in found_in(text)] == ["wait.disabled-healthcheck"]


def test_services_of_different_profiles_may_share_a_port() -> None:
    service = "{{image: a, profiles: [{}], ports: ['80:80']}}"
    text = f"services:\n  a: {service.format('x')}\n  b: {service.format('y')}\n"

    assert found_in(text) == []
