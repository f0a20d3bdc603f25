"""Machine-readable output of problems as GitHub Actions workflow commands, JSON and SARIF.

The workflow commands show problems next to the lines of a pull request. They are escaped as in the actions toolkit,
`core/src/command.ts`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from composevariant import __version__
from composevariant.findings import shown
from composevariant.text import digest
from composevariant.validation.catalog import ADVICE, ERRORS, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from composevariant.findings import Problem, Severity

_COMMANDS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "advice": "notice"}


def as_github(problems: Iterable[Problem]) -> str:
    """Return one workflow command per problem, each on its own line."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.location
    properties = {"title": problem.check}
    if place:
        properties = {"file": place.file, "line": str(place.line), "col": str(place.column), **properties}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {written}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# JSON, described by `schemas/report.schema.json`.


def as_json(problems: Iterable[Problem]) -> str:
    rows = [
        {
            "check": problem.check,
            "severity": problem.severity,
            "path": shown(problem.path),
            "message": problem.message,
            "location": problem.location._asdict() if problem.location else None,
        }
        for problem in problems
    ]
    return json.dumps({"problems": rows}, indent=2, ensure_ascii=False) + "\n"


# SARIF 2.1.0, for GitHub's code scanning.

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "advice": "note"}


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return a SARIF log with one run, which contains all problems and the rules that they break."""
    checks = sorted({problem.check for problem in problems})
    driver = {"name": "composevariant", "version": __version__, "rules": list(map(_rule, checks))}
    results = [_result(problem, checks.index(problem.check)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(check: str) -> dict[str, object]:
    title = TITLES.get(check, check)
    level = "error" if check in ERRORS else "note" if check in ADVICE else "warning"
    return {
        "id": check,
        "shortDescription": {"text": title},
        "help": {"text": f"{title} More is in docs/checks.md of composevariant."},
        "defaultConfiguration": {"level": level},
    }


def _result(problem: Problem, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.check,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": problem.message},
        # A finding that moves to another line is still the same finding.
        "partialFingerprints": {"composevariant/v1": digest(problem.check, shown(problem.path), *problem.args)},
    }
    place = problem.location
    if place:
        region = {"startLine": place.line, "startColumn": place.column}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": quote(place.file)}, "region": region}}]
    return result
