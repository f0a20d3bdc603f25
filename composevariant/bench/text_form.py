"""The report as text for a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.bench.judging import first_few
from composevariant.bench.plan import SIDES, format_size
from composevariant.bench.table import Row, about_lines, layers_of, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.bench.results import Report, ServiceResult

_KINDS: Final = {"ok": "ok", "doubt": "look", "WRONG": "WRONG"}


def as_text(report: Report) -> str:
    """Return the report as text, with a table for each service."""
    parts = [line for result in report.services for line in (*_service(report, result), "")]
    return "\n".join((*parts, *machine_lines(report), ""))


def as_markdown(report: Report) -> str:
    """Return the report as Markdown, with a table for each service."""
    parts: list[str] = []
    for result in report.services:
        parts += [f"### {_cell(result.service)}", "", *_markdown_table(report, result), ""]
        parts += [f"- {_cell(line)}" for line in (*findings_lines(result), *about_lines(result), *result.notes)]
        parts += [f"- Layers of the {side}: {_cell('; '.join(layers_of(result.sides[side])))}" for side in SIDES]
        parts.append("")
    return "\n".join((*parts, *(f"{_cell(line)}  " for line in machine_lines(report)), ""))


def _service(report: Report, result: ServiceResult) -> Iterator[str]:
    head = Row(result.service, "base", report.variant, "change")
    found = [head, *rows(result)]
    cells = [(f"  {row.label}" if row.under else row.label, *row[1:4]) for row in found]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    yield from ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
    yield from findings_lines(result)
    for side in SIDES:
        yield f"layers, {side}: {'; '.join(layers_of(result.sides[side])) or 'only small ones'}"
    yield from about_lines(result)
    yield from (f"note: {note}" for note in result.notes)


def _markdown_table(report: Report, result: ServiceResult) -> Iterator[str]:
    yield f"| | base | {_cell(report.variant)} | change |"
    yield "|---|---:|---:|---:|"
    for row in rows(result):
        label = f"&emsp;{_cell(row.label)}" if row.under else f"**{_cell(row.label)}**"
        yield f"| {label} | {_cell(row.base)} | {_cell(row.variant)} | {_cell(row.change)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def findings_lines(result: ServiceResult) -> Iterator[str]:
    """Yield the check results, starting with the failures, and the differences between the files."""
    for finding in sorted(result.findings, key=lambda each: ("WRONG", "doubt", "ok").index(each.kind)):
        about = f"{finding.side}: " if finding.side else ""
        yield f"{_KINDS[finding.kind]}: {about}{finding.message}"
    yield files_line(result)


def files_line(result: ServiceResult) -> str:
    """Return the line about the differences between the files in the final images."""
    only_base, only_variant, differing = result.differences
    groups = (
        ("only in the base", only_base),
        ("only in the variant", only_variant),
        ("in both and different", differing),
    )
    found = [f"{len(paths)} {words} ({first_few(paths)})" for words, paths in groups if paths]
    same = "the same in both, except for edited ones"
    return f"files: {'; '.join(found)}" if found else f"files: {same}"


def machine_lines(report: Report) -> list[str]:
    """Return the lines about the machine and the method."""
    about, (low, high) = report.about, report.load
    client = f"engine {about.engine}, client {about.client}, progress as {about.progress}"
    lines = [
        f"measured on {about.cores} cores, {format_size(about.memory)}, {about.system}; load {low:.1f} to {high:.1f}",
        f"{client}; cache mounts isolated by namespace, cold builds without cache, base images already pulled",
        "CPU and downloads include all other builds of the engine at the time",
        "median (lowest-highest); a change is shown only if three or more runs support it",
    ]
    return lines + [f"note: {note}" for note in report.notes]
