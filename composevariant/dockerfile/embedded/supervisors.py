"""Configuration of what starts several programs: the sidecar's section goes, the supervisor and the others stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.embedded.scripts import Edited, ScriptPiece

if TYPE_CHECKING:
    from composevariant.dockerfile.embedded.marks import Marks

_SECTION: Final = re.compile(r"^\[(?P<kind>[\w-]+)(?::(?P<name>[^\]]*))?\]", re.MULTILINE)
_PROCESS: Final = re.compile(r"^[\w-]+:[ \t]*\S.*$", re.MULTILINE)


def is_supervisor(text: str) -> bool:
    """Whether a file is a configuration of supervisord."""
    return any(found["kind"] in ("program", "supervisord", "group") for found in _SECTION.finditer(text))


def supervisor_without(text: str, marks: Marks) -> Edited:
    """Supervisord's configuration without the `[program:...]` of the sidecar."""
    starts = [found.start() for found in _SECTION.finditer(text)]
    pieces: list[ScriptPiece] = []
    kept, programs = [text[: starts[0]]] if starts else [text], 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        section = text[start:end]
        found = _SECTION.match(section)
        lines = [line for line in section.splitlines() if not line.lstrip().startswith((";", "#"))]
        about = marks.about("\n".join(lines))
        is_program = found is not None and found["kind"] == "program"
        if about and is_program and _runs_it(lines, marks):
            pieces.append(ScriptPiece("start", "supervisord", text.count("\n", 0, start) + 1))
            kept[-1] = _without_heading(kept[-1])
            kept.append(_banner(section, marks))
            continue
        programs += is_program
        if about:
            reason = f"the section {found[0] if found else ''} speaks of {marks.title}"
            pieces.append(ScriptPiece("start", "supervisord", text.count("\n", 0, start) + 1, reason))
        kept.append(section)
    if pieces and not programs and not pieces[0].reason:
        pieces[0] = pieces[0]._replace(reason=f"it starts nothing but {marks.title}")
    return Edited(tuple(pieces), "".join(kept))


def _runs_it(lines: list[str], marks: Marks) -> bool:
    """Whether the command of the section is the sidecar, and not a shell that starts other programs as well."""
    command = next((line.partition("=")[2] for line in lines if re.match(r"command[ \t]*=", line)), "")
    return bool(command.split()) and marks.about(command) and not re.search(r"[;&|]", command)


def _without_heading(before: str) -> str:
    """What stands before the section, without the comments directly above it."""
    lines = before.splitlines(keepends=True)
    at = len(lines)
    while at and lines[at - 1].lstrip().startswith((";", "#")):
        at -= 1
    return "".join(lines[:at])


def _banner(section: str, marks: Marks) -> str:
    """The comments at the end of a section, which head the next one."""
    lines = section.splitlines(keepends=True)
    at = len(lines)
    while at and lines[at - 1].lstrip().startswith((";", "#")):
        at -= 1
    return "".join(line for line in lines[at:] if not marks.about(line))


def procfile_without(text: str, marks: Marks) -> Edited:
    """A Procfile without the process of the sidecar."""
    pieces: list[ScriptPiece] = []
    kept: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        process = _PROCESS.match(line)
        if process and marks.about(line):
            reason = f"the process starts other things beside {marks.title}" if re.search(r"[;&|]", line) else ""
            pieces.append(ScriptPiece("start", "Procfile", number, reason))
        else:
            kept.append(line)
    if pieces and not any(_PROCESS.match(line) for line in kept):
        pieces[0] = pieces[0]._replace(reason=f"it starts nothing but {marks.title}")
    return Edited(tuple(pieces), "".join(kept))
