"""The JSON form, described by `schemas/report.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from composevariant.validation.problem import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.validation.problem import Problem


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
