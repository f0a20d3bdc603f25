"""Build the images of base and variant, and compare their build times, sizes, layers and downloads.

All modules are pure except for the engine and the work folder, which use the package `disk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.bench.docker import Docker
    from composevariant.bench.html import bench_page
    from composevariant.bench.job import Build, Job, JobSide, builds_of, built_services
    from composevariant.bench.json_form import as_json
    from composevariant.bench.measuring import Bench
    from composevariant.bench.plan import MEANINGS, ON_REQUEST, SCENARIOS, Scenario, Turn, mapping, runs_of, turns
    from composevariant.bench.results import Report, ServiceResult
    from composevariant.bench.table import missed_thresholds, read_threshold, scenario_by_name
    from composevariant.bench.text_form import as_markdown, as_text

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "docker": "Docker",
        "html": "bench_page",
        "job": "Build Job JobSide builds_of built_services",
        "json_form": "as_json",
        "measuring": "Bench",
        "plan": "MEANINGS ON_REQUEST SCENARIOS Scenario Turn mapping runs_of turns",
        "results": "Report ServiceResult",
        "table": "missed_thresholds read_threshold scenario_by_name",
        "text_form": "as_markdown as_text",
    },
)
