"""SARIF 2.1.0, as GitHub's code scanning reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from composevariant import __version__
from composevariant.header import digest
from composevariant.validation.catalog import ADVICE, ERRORS, TITLES
from composevariant.validation.problem import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.validation.problem import Problem, Severity

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "advice": "note"}


def as_sarif(problems: Sequence[Problem]) -> str:
    """One run with all problems, and the rules that they break."""
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
        # The same finding on another line is the same finding.
        "partialFingerprints": {"composevariant/v1": digest(problem.check, shown(problem.path), *problem.args)},
    }
    place = problem.location
    if place:
        region = {"startLine": place.line, "startColumn": place.column}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": quote(place.file)}, "region": region}}]
    return result
