"""Remove a sidecar from scripts and configurations that start several programs.

A script can only be changed at its top level, in lines that are lists of simple commands.
"""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.fast_dockerfile.embedded.command_lines import and_lists
from composevariant.fast_dockerfile.embedded.commands import KEEPERS, SERVICES, inspect_command, program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.fast_dockerfile.embedded.command_lines import AndList, Job
    from composevariant.fast_dockerfile.embedded.commands import Kind
    from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher

_OPENERS: Final = frozenset(("if", "case", "for", "while", "until", "select", "{", "("))
_CLOSERS: Final = frozenset(("fi", "esac", "done", "}", ")"))
_BEFORE_COMMAND: Final = frozenset((";", "&", "|", "&&", "||", "then", "do", "else", "elif", "{", "(", "!", ";;"))
_TOKEN: Final = re.compile(r"&&|\|\||;;|[;&|(){}]|[^\s;&|(){}]+")
_QUOTED: Final = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\{[^}]*\}|\$\([^)]*\)")
_WATCHES: Final = re.compile(r"\bwait[ \t]+-n\b|\bkill[ \t]+-0\b|\$!|\bpgrep\b|\bpidof\b|\bjobs\b")
_HEREDOC: Final = re.compile(r"(?<!<)<<-?[ \t]*(['\"]?)(\w+)\1")


class ScriptFinding(NamedTuple):
    """A line of a script that mentions the sidecar."""

    kind: Kind
    program: str
    line: int
    """The line number, counted from 1."""
    reason: str = ""


class Line(NamedTuple):
    """A logical line, including its continuation lines."""

    text: str
    number: int
    start: int
    end: int
    depth: int
    """The number of compound commands that enclose the line."""
    in_heredoc: bool = False

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith("#")


class EditedFile(NamedTuple):
    """The findings in a file, and its text without the sidecar."""

    findings: tuple[ScriptFinding, ...]
    text: str = ""

    @property
    def reason(self) -> str:
        return next((finding.reason for finding in self.findings if finding.reason), "")


def edit_script(text: str, matcher: SidecarMatcher) -> EditedFile:
    """Remove the sidecar from a script. If this is not possible, the findings contain the reason."""
    lines = list(_lines(text))
    about = [line for line in lines if not line.is_comment and matcher.matches(line.text)]
    if not about:
        return EditedFile((), text)
    findings: list[ScriptFinding] = []
    left: dict[int, str] = {}
    for line in about:
        found, rest = _edit_line(line, matcher)
        findings += found
        left[line.number] = rest
    if not any(finding.reason for finding in findings):
        reason = _reason_against(lines, left, matcher)
        if reason:
            findings[0] = findings[0]._replace(reason=reason)
    return EditedFile(tuple(findings), _join_lines(text, lines, left, matcher))


def _edit_line(line: Line, matcher: SidecarMatcher) -> tuple[list[ScriptFinding], str]:
    """Return the findings in a line, and the line without the commands that were found."""
    wrong = "is inside a condition, a loop or a function" if line.depth else ""
    if line.in_heredoc:
        wrong = "is in a here-document"
    lists = None if wrong else and_lists(line.text)
    if lists is None:
        wrong = wrong or "is more than simple commands"
        return [ScriptFinding("start", "", line.number, f"the line that mentions {matcher.title} {wrong}")], line.text
    findings: list[ScriptFinding] = []
    texts: list[str] = []
    for each in lists:
        kept: list[str] = []
        for job in each.jobs:
            finding, rest = _edit_job(job, each, line.number, matcher)
            findings += [finding] if finding else []
            kept += [rest] if rest else []
        if kept:
            texts.append(" && ".join(kept) + (f" {each.end}" if each.end == "&" else each.end))
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return findings, indent + " ".join(texts).rstrip(";") if texts else ""


def _edit_job(job: Job, whole: AndList, number: int, matcher: SidecarMatcher) -> tuple[ScriptFinding | None, str]:
    part = inspect_command(job.text, job.words, matcher)
    if part is None:
        return None, job.text
    reason = part.reason
    by_service = part.program in SERVICES or program_of(job.words)[0].startswith(("/etc/init.d/", "/etc/rc.d/"))
    if part.kind == "start" and whole.waits and not by_service:
        reason = reason or f"the script waits for {matcher.title}, which keeps the container alive"
    if "|" in job.words and part.kind == "start":
        reason = reason or f"the output of {matcher.title} is piped to another command"
    rest = ""
    if part.words:
        rest = job.text
        for word in part.words:
            rest = re.sub(rf"[ \t]+{re.escape(word)}(?![^ \t;&|<>])", "", rest, count=1)
    return ScriptFinding(part.kind, part.program, number, reason), rest


def _reason_against(lines: list[Line], left: dict[int, str], matcher: SidecarMatcher) -> str:
    """Return why the rest of the script would run differently, or an empty string if it would not."""
    if lines and (lines[-1].depth != 0 or any(line.depth < 0 for line in lines)):
        return "the conditions and loops of the script cannot be parsed"
    rest = [left.get(line.number, line.text) for line in lines if not line.is_comment]
    rest = [text.strip() for text in rest if text.strip()]
    watching = next((found[0] for text in rest if (found := _WATCHES.search(text))), "")
    if watching:
        return f"the script monitors the programs that it starts ({watching})"
    commands = [job for text in rest for each in and_lists(text) or () for job in each.jobs]
    opaque = any(and_lists(text) is None for text in rest)
    programs = [basename((program_of(job.words) or ("",))[0]) for job in commands]
    if not opaque and all(name in KEEPERS or name in ("", "export") for name in programs):
        return f"it starts nothing but {matcher.title}"
    if rest and re.search(r"(?<![&>])&$", rest[-1]):
        return "no program would stay in the foreground, so the container would exit"
    return ""


def _lines(text: str) -> Iterator[Line]:
    """Yield the logical lines, with their depth."""
    depth, number, at = 0, 1, 0
    awaited: list[str] = []
    while at < len(text):
        start, first = at, number
        joined = ""
        while True:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            physical = text[at:end].rstrip("\r")
            at, number = end + 1, number + 1
            continued = (
                physical.endswith("\\") and not awaited and not joined.lstrip().startswith("#") and at < len(text)
            )
            joined += physical[:-1] if continued else physical
            if not continued:
                break
        inside = bool(awaited)
        if inside and joined.strip() == awaited[0]:
            awaited.pop(0)
        change = 0 if inside or joined.lstrip().startswith("#") else _nesting(joined)
        yield Line(joined, first, start, min(at, len(text)), depth + min(change, 0), inside)
        depth += change
        if not inside and not joined.lstrip().startswith("#"):
            awaited += [found[2] for found in _HEREDOC.finditer(joined)]
    yield Line("", number, len(text), len(text), depth)


def _nesting(line: str) -> int:
    """Return the number of compound commands that a line opens, minus the number that it closes."""
    change, at_command = 0, True
    for symbol in _TOKEN.findall(_QUOTED.sub("_", line)):
        if symbol.startswith("#"):
            break
        if at_command and symbol in _OPENERS - {"{", "("}:
            change += 1
        elif at_command and symbol in _CLOSERS - {"}", ")"}:
            change -= 1
        elif symbol == "{":
            change += 1
        elif symbol == "}":
            change -= 1
        at_command = symbol in _BEFORE_COMMAND
    return change


def _join_lines(text: str, lines: list[Line], left: dict[int, str], matcher: SidecarMatcher) -> str:
    """Join the remaining lines, without comments that belong only to removed lines."""
    parts: list[str] = []
    comments: list[str] = []
    for at, line in enumerate(lines):
        whole = text[line.start : line.end]
        if line.is_comment and not whole.startswith("#!"):
            comments.append(whole)
            continue
        rest = left.get(line.number)
        gone = rest is not None and not rest
        following = next((each.text.strip() for each in lines[at + 1 :] if left.get(each.number, "-")), "")
        alone = not following or following.startswith("#")
        parts += [each for each in comments if not (gone and (alone or matcher.matches(each)))]
        comments = []
        if gone:
            continue
        if rest is not None:
            newline = whole[len(whole.rstrip("\r\n")) :]
            whole = f"{rest}{newline}"
        if not whole.strip() and parts and not parts[-1].strip() and left:
            continue
        parts.append(whole)
    return "".join((*parts, *comments))


# Configurations of supervisors, from which only the sidecar's section is removed.

_SECTION: Final = re.compile(r"^\[(?P<kind>[\w-]+)(?::(?P<name>[^\]]*))?\]", re.MULTILINE)
_PROCESS: Final = re.compile(r"^[\w-]+:[ \t]*\S.*$", re.MULTILINE)


def is_supervisor(text: str) -> bool:
    """Return whether a file is a configuration for supervisord."""
    return any(found["kind"] in ("program", "supervisord", "group") for found in _SECTION.finditer(text))


def edit_supervisor_config(text: str, matcher: SidecarMatcher) -> EditedFile:
    """Remove the sidecar's `[program:...]` section from a configuration for supervisord."""
    starts = [found.start() for found in _SECTION.finditer(text)]
    findings: list[ScriptFinding] = []
    kept, programs = [text[: starts[0]]] if starts else [text], 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        section = text[start:end]
        found = _SECTION.match(section)
        lines = [line for line in section.splitlines() if not line.lstrip().startswith((";", "#"))]
        about = matcher.matches("\n".join(lines))
        is_program = found is not None and found["kind"] == "program"
        if about and is_program and _runs_it(lines, matcher):
            findings.append(ScriptFinding("start", "supervisord", text.count("\n", 0, start) + 1))
            kept[-1] = _split_trailing_comments(kept[-1])[0]
            comments = _split_trailing_comments(section)[1].splitlines(keepends=True)  # they belong to the next section
            kept.append("".join(line for line in comments if not matcher.matches(line)))
            continue
        programs += is_program
        if about:
            reason = f"the section {found[0] if found else ''} mentions {matcher.title}"
            findings.append(ScriptFinding("start", "supervisord", text.count("\n", 0, start) + 1, reason))
        kept.append(section)
    if findings and not programs and not findings[0].reason:
        findings[0] = findings[0]._replace(reason=f"it starts nothing but {matcher.title}")
    return EditedFile(tuple(findings), "".join(kept))


def _runs_it(lines: list[str], matcher: SidecarMatcher) -> bool:
    """Return whether the command in the section starts only the sidecar."""
    command = next((line.partition("=")[2] for line in lines if re.match(r"command[ \t]*=", line)), "")
    return bool(command.split()) and matcher.matches(command) and not re.search(r"[;&|]", command)


def _split_trailing_comments(text: str) -> tuple[str, str]:
    """Split off the comments at the end of a text."""
    lines = text.splitlines(keepends=True)
    at = len(lines)
    while at and lines[at - 1].lstrip().startswith((";", "#")):
        at -= 1
    return "".join(lines[:at]), "".join(lines[at:])


def edit_procfile(text: str, matcher: SidecarMatcher) -> EditedFile:
    """Remove the sidecar's process from a Procfile."""
    findings: list[ScriptFinding] = []
    kept: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        process = _PROCESS.match(line)
        if process and matcher.matches(line):
            reason = f"the process starts other programs besides {matcher.title}" if re.search(r"[;&|]", line) else ""
            findings.append(ScriptFinding("start", "Procfile", number, reason))
        else:
            kept.append(line)
    if findings and not any(_PROCESS.match(line) for line in kept):
        findings[0] = findings[0]._replace(reason=f"it starts nothing but {matcher.title}")
    return EditedFile(tuple(findings), "".join(kept))
