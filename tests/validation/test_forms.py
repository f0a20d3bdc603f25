"""Problems as SARIF and as workflow commands of GitHub."""

from __future__ import annotations

import json
from typing import Final

from composevariant.findings import Problem
from composevariant.source import Location
from composevariant.validation.forms import as_github, as_sarif

PROBLEMS: Final = [
    Problem("image.name", "warning", ("services", "a", "image"), "50% wrong:\nbad", Location("a b/c,d.yml", 3, 7)),
    Problem("schema.type", "error", ("services",), "is a list", Location("x.yml", 1, 1)),
    Problem("unused.volume", "advice", ("volumes", "v"), "is unused"),
]


def test_workflow_commands_escape_what_would_end_them() -> None:
    assert as_github(PROBLEMS) == (
        "::warning file=a b/c%2Cd.yml,line=3,col=7,title=image.name::50%25 wrong:%0Abad\n"
        "::error file=x.yml,line=1,col=1,title=schema.type::is a list\n"
        "::notice title=unused.volume::is unused\n"
    )


def test_sarif_has_rules_levels_places_and_fingerprints() -> None:
    (run,) = json.loads(as_sarif(PROBLEMS))["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]

    assert [rule["id"] for rule in rules] == ["image.name", "schema.type", "unused.volume"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert [result["level"] for result in results] == ["warning", "error", "note"]
    assert results[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/c%2Cd.yml"},
                "region": {"startLine": 3, "startColumn": 7},
            }
        }
    ]
    assert "locations" not in results[2]
    assert all(result["partialFingerprints"]["composevariant/v1"] for result in results)


def test_a_finding_that_moved_keeps_its_fingerprint() -> None:
    def fingerprint(line: int) -> str:
        problem = Problem("image.name", "warning", ("services", "a", "image"), "x", Location("a.yml", line, 1), ("x",))
        found: str = json.loads(as_sarif([problem]))["runs"][0]["results"][0]["partialFingerprints"][
            "composevariant/v1"
        ]
        return found

    assert fingerprint(3) == fingerprint(30)


def test_no_problems_are_an_empty_run() -> None:
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []
    assert as_github([]) == ""
