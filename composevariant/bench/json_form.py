"""The report as JSON for other programs, as described by `schemas/bench.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from composevariant.bench.engine import repeated_bytes
from composevariant.bench.plan import SIDES

if TYPE_CHECKING:
    from composevariant.bench.plan import Scenario
    from composevariant.bench.results import Report, ServiceResult, SideResult


def as_json(report: Report) -> str:
    """Return all measurements as JSON, including those that the table omits."""
    low, high = report.load
    found = {
        "variant": report.variant,
        "machine": {**report.about._asdict(), "load": [low, high]},
        "notes": list(report.notes),
        "services": [_service(result) for result in report.services],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _service(result: ServiceResult) -> dict[str, object]:
    return {
        "service": result.service,
        "wrong": result.is_wrong,
        "edited": result.edited,
        "manifest": result.manifest or None,
        "scenarios": [_scenario(result, name) for name in result.scenarios],
        "images": {side: _image(result.sides[side]) for side in SIDES},
        "findings": [finding._asdict() for finding in result.findings],
        "files": {name: list(paths) for name, paths in result.differences._asdict().items()},
        "notes": list(result.notes),
    }


def _scenario(result: ServiceResult, scenario: Scenario) -> dict[str, object]:
    base, variant = (_side(result.sides[side], scenario) for side in SIDES)
    return {"scenario": scenario, "base": base, "variant": variant, "change": result.change(scenario)._asdict()}


def _side(side: SideResult, scenario: Scenario) -> dict[str, object]:
    figure, log = side.seconds(scenario), side.typical(scenario)
    return {
        "seconds": list(figure.values),
        "median": figure.median,
        "cpu_seconds": side.cpu_seconds(scenario),
        "received_bytes": side.received(scenario),
        "context_bytes": log.context_bytes,
        "steps": len(log.cacheable),
        "steps_cached": log.cached,
        "work_avoided": side.avoided(scenario),
        "step_seconds": side.kinds(scenario),
    }


def _image(side: SideResult) -> dict[str, object]:
    return {
        "dockerfile": side.dockerfile,
        "size": side.image.size,
        "layers": [layer._asdict() for layer in side.image.layers if layer.size],
        "repeated_bytes": repeated_bytes(side.image.layers),
        "cache_mounts": dict(side.mounts),
    }
